"""The practice account starts over from the terminal, and only when somebody agrees."""

import subprocess
import sys
from pathlib import Path

from pmi_core.blocking import open_venue
from pmi_core.models import OrderQuery, OrderRequest

PMI = str(Path(sys.executable).with_name("pmi"))


def pmi(*args):
    return subprocess.run([PMI, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def place_an_order():
    with open_venue("paper") as venue:
        (market, *_) = [
            one for one in venue.search.search(_open()).items if one.yes.bid and one.execution == "clob"
        ]
        venue.orders.place_order(
            OrderRequest(
                market_ref=market.ref,
                outcome="yes",
                action="buy",
                size="1",
                price="0.01",
                client_order_id="reset-1",
            )
        )


def _open():
    from pmi_core.models import SearchQuery

    return SearchQuery(text="rain")


def orders():
    with open_venue("paper") as venue:
        return venue.orders.list_orders(OrderQuery()).items


def test_reset_forgets_only_when_told_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PMI_HOME", str(tmp_path))
    monkeypatch.setenv("PMI_CONFIG", "/dev/null")
    place_an_order()
    assert len(orders()) == 1

    refused = pmi("reset", "paper")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert len(orders()) == 1

    done = pmi("reset", "paper", "--yes")
    assert done.returncode == 0, done.stderr
    assert orders() == ()
