"""The installed command serves an exchange to another process and ends when it is told to."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import pmi_core as pmi

pytestmark = pytest.mark.anyio
PATIENCE = 60


@pytest.mark.skipif(sys.platform == "win32", reason="a process is ended there without a word")
async def test_a_bot_trades_in_another_process(tmp_path, monkeypatch):
    monkeypatch.setenv("PMI_HOME", str(tmp_path))
    command = [str(Path(sys.executable).with_name("pmi")), "sandbox", "kalshi", "--option", "moving=no"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert set(told) == {"rest_url", "ws_url", "api_key_id", "private_key_path"}
        async with pmi.open_venue("kalshi", environment="custom", **told) as venue:
            page = await venue.markets.list_markets(pmi.MarketQuery(status="open", limit=1))
            wanted = pmi.OrderRequest(
                market_ref=page.items[0].ref,
                outcome="yes",
                action="buy",
                size=5,
                price="0.03",
                client_order_id="first",
            )
            placed = await venue.orders.place_order(wanted)
            assert (await venue.orders.cancel_order(placed.ref)).status == "canceled"
        process.send_signal(signal.SIGTERM)
        rest, said = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, rest, said) == (0, "", "")
    assert not Path(told["private_key_path"]).exists()
