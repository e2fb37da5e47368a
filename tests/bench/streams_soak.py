"""Live data for a long time on a network that fails now and then: memory, tasks and descriptors stay flat.

Run it by name: ``python tests/bench/streams_soak.py [SECONDS]``, 600 by default; ``nox -s soak`` does.
The exit status says whether everything stayed flat.  Memory counts from the end of the first fifth, when
every book, cache and buffer has its size.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from pathlib import Path
from random import Random
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "core" / "streams"))

from stage.kalshi_dialect import KalshiDialect
from stage.kalshi_shaped import KalshiShaped
from stage.proxy import CONNECTION_FAULTS, MESSAGE_FAULTS, Proxy
from stage.runs import feeding, wanting
from stage.server import Server
from stage.truth import Truth

from pmi_core.errors import SequenceGap
from pmi_core.models import BookUpdate, Channel, Delivery
from pmi_core.streams import Feed

MARKETS = [f"M{i}" for i in range(50)]
OTHERS = [f"N{i}" for i in range(20)]
"""Markets that only the one who comes and goes wants, so that they are asked for and given up each time."""
GROWTH = 1.05


def memory() -> int:
    """Bytes that this process holds in memory."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def descriptors() -> int:
    """Open files and sockets."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def listen(feed: Feed, delivery: Delivery, seen: list[int]) -> None:
    """Read for ever; subscribe again when too slow."""
    wanted = wanting(*MARKETS, delivery=delivery, channels=(Channel.BOOK, Channel.TRADE))
    while True:
        try:
            async with feed.listen(wanted) as updates:
                async for update in updates:
                    seen[0] += 1
                    if isinstance(update, BookUpdate) and seen[0] % 50 == 0:
                        update.book.mirror()
        except SequenceGap:
            continue


async def come_and_go(feed: Feed, lots: Random) -> None:
    """Subscribe to some markets for a moment, again and again."""
    while True:
        async with feed.listen(wanting(*lots.sample(MARKETS + OTHERS, 5))):
            await asyncio.sleep(lots.uniform(0, 0.2))


async def move(server: Server, lots: Random) -> None:
    """Some 2,000 changes a second; the venue's history is cut, or it would be what grows."""
    while True:
        for _ in range(20):
            server.change()
        server.trade(lots.choice(MARKETS))
        for book in server.truth.books.values():
            del book.history[:-1]
        server.said.clear()
        server.handshakes.clear()
        await asyncio.sleep(0.01)


async def fail(proxy: Proxy, lots: Random) -> None:
    """A fault every second."""
    while True:
        await asyncio.sleep(1)
        proxy.planned.append(lots.choice(MESSAGE_FAULTS + CONNECTION_FAULTS))
        proxy.happened.clear()


async def soak(seconds: float) -> int:
    """Run, sample, judge."""
    lots = Random(1)
    truth = Truth(MARKETS + OTHERS, 1)
    seen = [0]
    async with (
        Server(truth, KalshiShaped) as server,
        Proxy(server, 1) as proxy,
        feeding(proxy.url, KalshiDialect) as (feed, _),
    ):
        work = [
            asyncio.ensure_future(one)
            for one in (
                listen(feed, Delivery.EVERY, seen),
                listen(feed, Delivery.LATEST, seen),
                come_and_go(feed, lots),
                move(server, lots),
                fail(proxy, lots),
            )
        ]
        samples = []
        begun = time.monotonic()
        while (past := time.monotonic() - begun) < seconds:
            await asyncio.wait(work, timeout=seconds / 100, return_when=asyncio.FIRST_EXCEPTION)
            for one in work:
                if one.done():
                    one.result()
            if past > seconds / 5:
                samples.append((memory(), len(asyncio.all_tasks()), descriptors()))
        for one in work:
            one.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    await asyncio.sleep(0.2)
    third = len(samples) // 3
    early, late = samples[:third], samples[-third:]
    grown = max(size for size, *_ in late) / max(size for size, *_ in early)
    tasks, files = (median(one[at] for one in late) / median(one[at] for one in early) for at in (1, 2))
    facts = [
        ("memory, late against early", grown, GROWTH),
        ("tasks, late against early", tasks, GROWTH),
        ("descriptors, late against early", files, GROWTH),
        ("tasks left behind", len(asyncio.all_tasks()) - 1, 0),
    ]
    print(f"{seen[0]:,} updates in {seconds:.0f} s; {samples[-1][0] / 2**20:.1f} MB at the end")
    for name, value, bound in facts:
        print(f"{'kept  ' if value <= bound else 'BROKEN'} {name}: {value:.3f} (at most {bound})")
    return 0 if all(value <= bound for _, value, bound in facts) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(soak(float(sys.argv[1]) if len(sys.argv) > 1 else 600.0)))
