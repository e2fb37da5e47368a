"""One client reads one stream, in a process of its own; prints what it took.

Seconds are those of this process on a processor: a client that reads as fast as it can is busy all the
time, and other work on the machine does not count.

Run by streams.py: ``python streams_reader.py VARIANT PORT MARKETS COUNT``.  Every variant reads each
message, checks its number where it has one, applies it, and looks at the best bid and ask.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from streams_data import numbered, totals

VARIANT, PORT, MARKETS, COUNT = sys.argv[1], *map(int, sys.argv[2:5])
URL = f"ws://127.0.0.1:{PORT}/trade-api/ws/v2"


def done(messages: int, seconds: float, **more: float) -> None:
    """Say what was measured and leave at once: what a client does at its end is not measured."""
    print(json.dumps({"messages": messages, "seconds": seconds, **more}), flush=True)
    os._exit(0)


def feed_and_dialect(kind: str) -> tuple[Any, Any]:
    """The parts of this project, with the dialect that its own tests prove."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "core" / "streams"))
    from stage.kalshi_dialect import KalshiDialect
    from stage.polymarket_dialect import PolymarketDialect

    from pmi_core.books import Scale
    from pmi_core.streams import Feed

    feed = Feed(venue="here", scale=Scale(4, 2))
    if kind == "numbered":
        return feed, lambda ears: KalshiDialect(ears, feed)
    return feed, lambda ears: PolymarketDialect(ears, feed, whole_hash=False)


def wanting(*names: str, **more: Any) -> Any:
    """A subscription to books."""
    from pmi_core.models import Channel, Subscription

    return Subscription(
        channels=frozenset({Channel.BOOK}), market_refs=tuple(f"here:{name}" for name in names), **more
    )


class NoEars:
    """Ears of a dialect that talks to nobody; a gap would make the measurement void."""

    received = datetime(2026, 1, 5, tzinfo=UTC)

    def answered(self, topics: Any) -> None:
        list(topics)

    def gap(self, topics: Any, reason: str) -> None:
        sys.exit(f"a gap: {reason}")


async def ours() -> None:
    """The subscription that a program uses, every update."""
    from pmi_core.models import BookUpdate
    from pmi_core.transport.socket import SocketClient

    names, raw = numbered(MARKETS, COUNT)
    feed, dialect = feed_and_dialect("numbered")
    begun = 0.0

    def timed(ears: Any) -> Any:
        nonlocal begun
        begun = time.process_time()  # before anything is asked for, so before anything comes
        return dialect(ears)

    feed.join(SocketClient(URL, venue="here", dialect=timed, hear=feed.hear))
    left = len(raw)
    async with feed.listen(wanting(*names)) as updates:
        async for update in updates:
            if isinstance(update, BookUpdate):
                update.bid, update.ask  # noqa: B018
                left -= 1
                if not left:
                    done(len(raw), time.process_time() - begun)


async def waking() -> None:
    """Time from a message's arrival to the consumer that waited for it."""
    from pmi_core.models import BookUpdate
    from pmi_core.transport.socket import SocketClient

    names, raw = numbered(MARKETS, COUNT)
    feed, dialect = feed_and_dialect("numbered")
    arrived: list[float] = []

    def stamped(ears: Any) -> Any:
        made = dialect(ears)
        read = made.read

        def reading(frame: bytes) -> None:
            if b"delta" in frame[:30]:
                arrived.append(time.perf_counter())
            read(frame)

        made.read = reading
        return made

    feed.join(SocketClient(f"{URL}?rate=5000", venue="here", dialect=stamped, hear=feed.hear))
    took: list[float] = []
    skipped = MARKETS
    async with feed.listen(wanting(*names)) as updates:
        async for update in updates:
            if isinstance(update, BookUpdate):
                if skipped:
                    skipped -= 1
                    continue
                took.append(time.perf_counter() - arrived[len(took)])
                if len(took) == len(raw) - MARKETS:
                    break
    cuts = statistics.quantiles(took, n=1000)
    done(len(took), sum(took), p50=cuts[499], p99=cuts[989], p999=cuts[998])


async def bare() -> None:
    """The same library for the socket, and nothing around it."""
    import websockets
    from streams_bare import reading

    total = MARKETS + COUNT
    read = reading()
    command = {"id": 1, "cmd": "subscribe", "params": {"channels": ["orderbook_delta"]}}
    async with websockets.connect(URL, compression=None, max_size=None) as socket:
        await socket.send(json.dumps(command))
        await socket.recv(decode=False)
        begun = time.process_time()
        for _ in range(total):
            read(await socket.recv(decode=False))
        done(total, time.process_time() - begun)


async def kalshi_sdk() -> None:
    """The community's client, with the quicker of its two parsers; every update, and its own book."""
    import orjson
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from kalshi import KalshiAuth, KalshiConfig
    from kalshi.ws.client import KalshiWebSocket

    key = rsa.generate_private_key(65_537, 2048)
    kinds = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    config = KalshiConfig(
        base_url=f"http://127.0.0.1:{PORT}/trade-api/v2", ws_base_url=URL, ws_json_loads=orjson.loads
    )
    names, raw = numbered(MARKETS, COUNT)
    client = KalshiWebSocket(auth=KalshiAuth.from_pem("k", key.private_bytes(*kinds).decode()), config=config)
    async with client.connect() as session:
        stream = await session.subscribe_orderbook_delta(tickers=names, maxsize=10**6)
        left, begun = len(raw), time.process_time()
        async for message in stream:
            book = session._orderbook_mgr._books[message.msg.market_ticker]
            max(book.yes, default=None), max(book.no, default=None)
            left -= 1
            if not left:
                done(len(raw), time.process_time() - begun)


async def ours_totals() -> None:
    """In process: a venue without numbers, each message applied and its best prices checked.

    One book is kept; the second token's best prices are the mirror of the first's.
    """
    from pmi_core.books import LiveBook, Scale
    from pmi_core.identifiers import MarketRef
    from pmi_core.models import OutcomeSide
    from pmi_core.transport.socket import topics_of

    (token, _), raw = totals(COUNT)
    feed, make = feed_and_dialect("totals")
    book = feed.books[token] = LiveBook(MarketRef.make("here", token), Scale(4, 2))
    dialect = make(NoEars())
    dialect.subscribe(list(topics_of(wanting(token))))
    read, other = dialect.read, OutcomeSide.NO
    begun = time.process_time()
    for frame in raw:
        read(frame)
        book.bid, book.ask, book.best(other)
    done(len(raw), time.process_time() - begun)


async def ours_read() -> None:
    """In process: numbered messages read, counted and applied, and the best prices looked at."""
    from pmi_core.books import LiveBook, Scale
    from pmi_core.identifiers import MarketRef
    from pmi_core.transport.socket import topics_of

    names, raw = numbered(MARKETS, COUNT)
    feed, make = feed_and_dialect("numbered")
    scale = Scale(4, 2)
    books = [LiveBook(MarketRef.make("here", name), scale) for name in names]
    feed.books.update(zip(names, books, strict=True))
    dialect = make(NoEars())
    list(dialect.subscribe(list(topics_of(wanting(*names)))))
    changed = [feed.books[json.loads(frame)["msg"]["market_ticker"]] for frame in raw]
    read = dialect.read
    for frame in raw[:MARKETS]:
        read(frame)
    begun = time.process_time()
    for frame, book in zip(raw[MARKETS:], changed[MARKETS:], strict=True):
        read(frame)
        book.bid, book.ask  # noqa: B018
    done(COUNT, time.process_time() - begun)


async def polymarket_apis() -> None:
    """The community's client, in process."""
    from polymarket_apis.clients.websockets_client import LocalOrderBookStore

    (token, other), raw = totals(COUNT)
    store = LocalOrderBookStore()
    texts = [frame.decode() for frame in raw]
    begun = time.process_time()
    for text in texts:
        store.apply_message_text(text)
        store.best_bid(token), store.best_ask(token), store.best_bid(other), store.best_ask(other)
    done(len(raw), time.process_time() - begun)


async def applying() -> None:
    """Applying changes that are parsed already, in process: change, commit, best prices.

    Where they are heard, somebody is given a view of every state, and keeps the newest of each book.
    """
    from streams_bare import applying as bare_applying

    from pmi_core.books import LiveBook, Scale
    from pmi_core.identifiers import MarketRef

    names, raw = numbered(MARKETS, COUNT, uneven=VARIANT.endswith("uneven"))
    scale = Scale(4, 2)
    books = {name: LiveBook(MarketRef.make("here", name), scale) for name in names}
    dicts: dict[str, tuple[dict[int, int], dict[int, int], list[int]]] = {}
    now = datetime(2026, 1, 5, tzinfo=UTC)
    changes = []
    plain = []
    for frame in raw:
        message = json.loads(frame)
        body = message["msg"]
        name = body["market_ticker"]
        if message["type"] == "orderbook_snapshot":
            yes = [(scale.ticks(p), scale.units(q)) for p, q in body["yes_dollars_fp"]]
            no = [(scale.mirrored(p), scale.units(q)) for p, q in body["no_dollars_fp"]]
            if VARIANT.startswith("bare"):
                dicts[name] = (dict(yes), dict(no), [max(yes)[0], min(no)[0]])
            else:
                books[name].replace(yes, no)
                books[name].commit(now, sequence=message["seq"])
        else:
            bid = body["side"] == "yes"
            price = (scale.ticks if bid else scale.mirrored)(body["price_dollars"])
            by = scale.units(body["delta_fp"])
            if VARIANT.startswith("bare"):
                plain.append((name, bid, price, by))
            else:
                changes.append((books[name], bid, price, by, message["seq"]))
    if VARIANT.endswith("heard"):
        for book in books.values():
            book.listen(deque(maxlen=1).append)
    begun = time.process_time()
    if plain:
        bare_applying(dicts, plain)
    for book, bid, price, by, number in changes:
        book.apply(bid, price, by, now, number, adds=True)
    done(COUNT, time.process_time() - begun)


asyncio.run(
    {
        "pmi": ours,
        "pmi-waking": waking,
        "bare": bare,
        "kalshi-sdk": kalshi_sdk,
        "pmi-totals": ours_totals,
        "pmi-read": ours_read,
        "polymarket-apis": polymarket_apis,
        "pmi-apply": applying,
        "pmi-apply-uneven": applying,
        "pmi-apply-heard": applying,
        "bare-apply": applying,
    }[VARIANT]()
)
