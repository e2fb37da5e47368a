"""One crawl of the fake venue in one process: ``python listing_crawl.py VARIANT PORT``.

Prints a line of JSON: markets, seconds, growth of resident memory, longest block of the loop.
Everything that was read is kept until the end, as a catalogue would keep it.  Each variant reads
the first page once before the clock starts: imports and connecting are not what is compared.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

KEPT: list[Any] = []
Crawl = Callable[[str], AsyncIterator[int]]


class UnlimitedClock:
    """Runs a thousand times too fast, so that the venue's rate limit is not what is measured."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """A thousand seconds a second."""
        return time.monotonic() * 1000

    async def sleep(self, seconds: float) -> None:
        """Wait on this clock."""
        await asyncio.sleep(seconds / 1000)


async def ours(base: str) -> AsyncIterator[int]:
    """The provider: neutral markets with exact Decimal prices, refs, grids and strikes."""
    from pmi_core.models import MarketQuery, MarketStatus
    from pmi_core.provider import OpenContext
    from pmi_provider_kalshi.plugin import pmi_provider

    provider = pmi_provider()
    settings = provider.settings.model_validate({"environment": "custom", "rest_url": base})
    context = OpenContext(name="kalshi", settings=settings, clock=UnlimitedClock())
    async with await provider.open(context) as venue:
        assert venue.markets is not None
        query = MarketQuery(status=MarketStatus.OPEN, limit=1000)
        await venue.markets.list_markets(query)
        yield 0
        while True:
            page = await venue.markets.list_markets(query)
            KEPT.append(page.items)
            yield len(page.items)
            if page.cursor is None:
                return
            query = query.model_copy(update={"cursor": page.cursor})


async def wire(base: str) -> AsyncIterator[int]:
    """The provider's client alone: the venue's own structs, prices still text."""
    from pmi_core.transport.http import HttpClient
    from pmi_core.transport.limits import Limits
    from pmi_provider_kalshi.caller import Caller
    from pmi_provider_kalshi.client import Client
    from pmi_provider_kalshi.limits import READS

    clock = UnlimitedClock()
    http = HttpClient(base, venue="kalshi", limits=Limits(READS, clock=clock), clock=clock)
    client = Client(Caller(http))
    await client.markets({"limit": 1000, "status": "open"}, capability="markets")
    yield 0
    cursor: str | None = None
    while True:
        page = await client.markets({"limit": 1000, "status": "open", "cursor": cursor}, capability="markets")
        KEPT.append(page.markets)
        yield len(page.markets)
        cursor = page.cursor or None
        if cursor is None:
            await http.aclose()
            return


async def official(base: str) -> AsyncIterator[int]:
    """The venue's own generated client, asynchronous."""
    import kalshi_python_async as sdk

    client = sdk.ApiClient(sdk.Configuration(host=base))
    api = sdk.MarketApi(client)
    await api.get_markets(limit=1000, status="open")
    yield 0
    cursor: str | None = None
    while True:
        page = await api.get_markets(limit=1000, status="open", cursor=cursor)
        KEPT.append(page.markets)
        yield len(page.markets)
        cursor = page.cursor or None
        if cursor is None:
            await client.close()
            return


async def community(base: str) -> AsyncIterator[int]:
    """The third-party client, in its synchronous form, which is the faster one."""
    from kalshi import KalshiClient, KalshiConfig

    client = KalshiClient(config=KalshiConfig(base_url=base, ws_base_url="ws://127.0.0.1:1/ws"))
    client.markets.list(limit=1000, status="open")
    yield 0
    for found in client.markets.list_all(limit=1000, status="open"):
        KEPT.append(found)
        yield 1


VARIANTS: dict[str, Crawl] = {
    "pmi": ours,
    "pmi-wire": wire,
    "kalshi-python-async": official,
    "kalshi-sdk": community,
}


def resident() -> float:
    """Megabytes of memory in use now, where the system tells."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def watch(gaps: list[float]) -> None:
    """Note how long the loop took to come back, again and again."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(0)
        gaps.append(time.perf_counter() - before)


async def measure(crawl: Crawl, base: str, *, watching: bool) -> dict[str, float]:
    """Crawl once; what comes before the first step is not counted."""
    gaps: list[float] = [0.0]
    steps = crawl(base)
    await anext(steps)
    watcher = asyncio.create_task(watch(gaps)) if watching else None
    before, start, count = resident(), time.perf_counter(), 0
    async for found in steps:
        count += found
    seconds = time.perf_counter() - start
    if watcher is not None:
        watcher.cancel()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"markets": count, "seconds": seconds, "memory": peak - before, "block": max(gaps)}


def main() -> None:
    """Crawl as the command line says."""
    variant, port, *rest = sys.argv[1:]
    base = f"http://127.0.0.1:{port}/trade-api/v2"
    run: Awaitable[dict[str, float]] = measure(VARIANTS[variant], base, watching="--watch" in rest)
    print(json.dumps(asyncio.run(run)))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
