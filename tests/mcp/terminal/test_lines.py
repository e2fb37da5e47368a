"""The lines of ``pmi tape``: what one update says."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pmi_mcp_world import NOW, market

from pmi_core.models import LifecycleKind, LifecycleUpdate
from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.live.lines import tell
from pmi_mcp.terminal.screen import Screen


@pytest.mark.parametrize(
    "kind, known, said",
    [
        ("paused", True, "paused"),
        ("close_time_changed", True, "close time changed, closes 2026-01-06 15:00:00"),
        ("reopened", True, "reopened, closes 2026-01-06 15:00:00"),
        ("determined", True, "determined: yes"),
        ("settled", True, "settled: yes"),
        ("settled", False, "settled"),
        ("close_time_changed", False, "close time changed"),
    ],
)
def test_a_line_says_what_became_of_a_market(kind, known, said):
    shown = market(result="yes", close_time=NOW + timedelta(days=1))
    update = LifecycleUpdate(
        kind=LifecycleKind(kind), market_ref=shown.ref, market=shown if known else None, received_time=NOW
    )
    assert tell("alpha", update) == ("market", shown.ref, said)


def test_channels_are_not_left_aside_in_silence_by_the_view(pmi, world, tmp_path, monkeypatch):
    monkeypatch.setattr(Screen, "is_terminal", True)
    told = pmi("replay", str(tmp_path), "--channels", "trade", worlds=[world])
    assert told.status == Exit.USAGE
    assert "--tape" in told.err
    lines = pmi("replay", str(tmp_path), "--channels", "trade", "--tape", worlds=[world])
    assert "is no recording" in lines.err
