"""A fake venue for signed calls: ``python signed_venue.py [RATE CAPACITY bucket|window]``.

Prints its port, then answers until it is stopped: one order, the account's limits, the costs, and
under ``/spent`` what was admitted and refused.  With a rate it keeps a token bucket, or a window of
one second, as a venue would; without one it takes everything.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import deque
from pathlib import Path

ORDER = json.loads(
    Path(__file__).resolve().parents[2].joinpath("providers/kalshi/tests/order.json").read_bytes()
)
CHEAP, DEAR = 2.0, 10.0
COSTS = {
    "default_cost": DEAR,
    "endpoint_costs": [{"method": "GET", "path": "/portfolio/orders/:order_id", "cost": CHEAP}],
}
WATCHED = 10.0
"""Seconds from the first paid call over which spending is counted."""


def answer(status: str, content: object) -> bytes:
    """A whole HTTP answer."""
    body = json.dumps(content, separators=(",", ":")).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Meter:
    """Admits or refuses by tokens."""

    def __init__(self, rate: float | None, capacity: float, kind: str) -> None:
        self.rate, self.capacity, self.kind = rate, capacity, kind
        self.level = capacity
        self.first: float | None = None
        self.last = 0.0
        self.recent: deque[tuple[float, float]] = deque()
        self.spent = self.refused = self.calls = 0.0

    def admit(self, cost: float) -> bool:
        """Whether a call may pass now."""
        now = time.monotonic()
        if self.first is None:
            self.first = self.last = now
        if self.rate is not None and not (self._window if self.kind == "window" else self._bucket)(now, cost):
            self.refused += 1
            return False
        if now - self.first <= WATCHED:
            self.spent += cost
            self.calls += 1
        return True

    def _bucket(self, now: float, cost: float) -> bool:
        assert self.rate is not None
        self.level = min(self.capacity, self.level + (now - self.last) * self.rate)
        self.last = now
        if self.level < cost:
            return False
        self.level -= cost
        return True

    def _window(self, now: float, cost: float) -> bool:
        assert self.rate is not None
        while self.recent and self.recent[0][0] <= now - 1.0:
            self.recent.popleft()
        if sum(spent for _, spent in self.recent) + cost > self.rate:
            return False
        self.recent.append((now, cost))
        return True


class Venue(asyncio.Protocol):
    """Answers every GET by its path."""

    meter = Meter(None, 0.0, "bucket")
    order = answer("200 OK", {"order": ORDER})
    many = answer("429 Too Many Requests", {"error": "too many requests"})
    nowhere = answer("404 Not Found", {"error": {"code": "not_found", "message": "not found"}})

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.held = transport, b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, self.held = self.held.partition(b"\r\n\r\n")
            self.transport.write(self.answer(head.split(b" ", 2)[1].decode()))

    def answer(self, path: str) -> bytes:
        meter = self.meter
        if path.endswith("/account/limits"):
            one = {"refill_rate": int(meter.rate or 10**9), "bucket_capacity": int(meter.capacity or 10**9)}
            return answer("200 OK", {"usage_tier": "prime", "read": one, "write": one, "grants": []})
        if path.endswith("/account/endpoint_costs"):
            return answer("200 OK", COSTS)
        if path.endswith("/spent"):
            return answer("200 OK", {"spent": meter.spent, "refused": meter.refused, "calls": meter.calls})
        if "/portfolio/orders/" in path:
            return self.order if meter.admit(CHEAP) else self.many
        if "/exchange/user_data_timestamp" in path:
            told = answer("200 OK", {"as_of_time": "2026-11-16T14:59:00Z"})
            return told if meter.admit(DEAR) else self.many
        return self.nowhere


async def serve() -> None:
    """Say the port, answer."""
    if len(sys.argv) > 1:
        rate, capacity, kind = sys.argv[1:]
        Venue.meter = Meter(float(rate), float(capacity), kind)
    server = await asyncio.get_running_loop().create_server(Venue, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
