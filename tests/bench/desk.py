"""How long the desk itself takes for one order, from draft to the last row, apart from the disk.

Usage: ``python tests/bench/desk.py [orders]``.  The venue is inside the process, and its time is
taken out.  The
disk's part is what a transaction with ``synchronous=FULL`` takes more than one with ``OFF``, so the
desk's own time is measured with ``OFF``; both are shown.
"""

from __future__ import annotations

import asyncio
import importlib.util
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

_double = Path(__file__).parent.parent / "core" / "desk" / "double.py"
_spec = importlib.util.spec_from_file_location("desk_double", _double)
assert _spec is not None
assert _spec.loader is not None
double = importlib.util.module_from_spec(_spec)
sys.modules["desk_double"] = double
_spec.loader.exec_module(double)

from pmi_core.desk import ApprovalChannel, OrderDraft  # noqa: E402
from pmi_core.desk import store as storing  # noqa: E402

CALLS = ("get_market", "get_book", "get_balance", "list_positions", "list_orders", "place_order")


class Venue(double.Double):  # type: ignore[misc,name-defined]
    """A venue whose own time is taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.own = 0.0
        for name in CALLS:
            setattr(self, name, self.timed(getattr(self, name)))

    def timed(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """Count the time of a call as the venue's."""

        async def counted(*args: Any) -> Any:
            start = time.perf_counter()
            try:
                return await call(*args)
            finally:
                self.own += time.perf_counter() - start

        return counted

    def lap(self) -> float:
        """Seconds so far, without those of the venue."""
        return time.perf_counter() - self.own


TARGETS = {"p50": 3.0, "p99": 10.0}


async def measure(orders: int, sync: str) -> dict[str, list[float]]:
    """Milliseconds of each part of the road."""
    plain = storing.Store.__init__

    def init(self: storing.Store, url: str | None, folder: Path) -> None:
        plain(self, url, folder, sync=sync)

    storing.Store.__init__ = init  # type: ignore[assignment,method-assign]
    times: dict[str, list[float]] = {"preview": [], "approve": [], "send": []}
    draft = OrderDraft(market_ref="fake:HEADS", outcome="yes", action="buy", size="10", price="0.51")
    config = '[policy]\nmax_order = "50"\nmax_day = "1000000"\n'
    inside = Venue()
    try:
        with tempfile.TemporaryDirectory() as home:
            async with double.make_desk(home, inside, config=config) as desk:
                for number in range(orders + 20):
                    start = inside.lap()
                    preview = await desk.preview(draft)
                    shown = inside.lap()
                    await desk.approve(preview.code, ApprovalChannel.TERMINAL, "bench")
                    approved = inside.lap()
                    sent = await desk.send(preview.code)
                    done = inside.lap()
                    assert sent.settled
                    inside.orders_made.clear()
                    if number >= 20:
                        times["preview"].append((shown - start) * 1000)
                        times["approve"].append((approved - shown) * 1000)
                        times["send"].append((done - approved) * 1000)
    finally:
        storing.Store.__init__ = plain  # type: ignore[method-assign]
    return times


def main() -> None:
    """Print the parts, and whether sending keeps within its targets."""
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    for sync in ("OFF", "FULL"):
        times = asyncio.run(measure(orders, sync))
        for part, values in times.items():
            cuts = quantiles(values, n=100)
            line = f"synchronous={sync:<4} {part:<8} p50 {cuts[49]:6.2f} ms   p99 {cuts[98]:6.2f} ms"
            if sync == "OFF" and part == "send":
                kept = cuts[49] <= TARGETS["p50"] and cuts[98] <= TARGETS["p99"]
                line += f"   target {TARGETS}: {'kept' if kept else 'missed'}"
            print(line)


if __name__ == "__main__":
    main()
