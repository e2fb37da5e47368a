"""One connection of the stream without a network: what is said goes in as bytes, what is heard comes out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from pmi_core.models import Channel, Subscription
from pmi_core.streams import Feed
from pmi_core.testing.clock import ManualClock
from pmi_core.transport.socket import Topic
from pmi_provider_kalshi.faults import Faults
from pmi_provider_kalshi.memory import OrderMemory
from pmi_provider_kalshi.streaming.bookkeeper import SCALE
from pmi_provider_kalshi.streaming.channels import Notice, notice_topic
from pmi_provider_kalshi.streaming.dialect import KalshiDialect
from pmi_provider_kalshi.streaming.labels import LabelBook
from pmi_provider_kalshi.streaming.teller import Teller

RECEIVED = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
EVERYTHING = (*Channel, *Notice)


class Sockets:
    """Takes topics and opens nothing."""

    def want(self, topics):
        pass

    def drop(self, topics):
        pass

    async def aclose(self):
        pass


class Ears:
    """Remembers what the dialect says, and takes books away at a gap as sockets do."""

    def __init__(self, feed):
        self.received = RECEIVED
        self.feed = feed
        self.live = set()
        self.gaps = []
        self.refusals = {}
        self.sent = []
        self.pongs = 0

    def answered(self, topics):
        self.live.update(topics)

    def gap(self, topics, reason):
        for topic in topics:
            self.live.discard(topic)
            self.gaps.append((topic, reason))
            if topic.channel is Channel.BOOK and topic.market in self.feed.books:
                self.feed.books[topic.market].lose()

    def refused(self, topics, error):
        self.refusals.update(dict.fromkeys(topics, error))

    def pong(self):
        self.pongs += 1

    def send(self, message):
        self.sent.append(message)


class Connection:
    """A dialect with somebody who listens to everything."""

    def __init__(self, *, tickers, subaccount):
        self.clock = ManualClock()
        self.feed = Feed(venue="kalshi", clock=self.clock, scale=SCALE)
        self.feed.join(Sockets(), EVERYTHING)
        self.memory = OrderMemory(self.clock)
        self.faults = Faults()
        self.labels = LabelBook(None, self.clock, "kalshi")
        self.ears = Ears(self.feed)
        teller = Teller(self.feed, self.memory, self.labels, subaccount, "kalshi")
        self.dialect = KalshiDialect(self.ears, teller, self.faults)
        self.tickers = tickers
        self.sids = {}

    @property
    def wanted(self):
        refs = tuple(f"kalshi:{ticker}" for ticker in self.tickers)
        return Subscription(channels=frozenset(Channel), market_refs=refs, buffer=100_000)

    @property
    def topics(self):
        by_market = (Channel.BOOK, Channel.TICKER, Channel.TRADE)
        found = {
            Topic(channel, ticker): self.wanted.market_refs[at]
            for channel in by_market
            for at, ticker in enumerate(self.tickers)
        }
        found |= dict.fromkeys(
            Topic(one) for one in (Channel.ORDER, Channel.FILL, Channel.POSITION, Channel.LIFECYCLE)
        )
        return found | dict.fromkeys(notice_topic(one) for one in Notice)

    def say(self, frame):
        """Let the venue say something."""
        self.dialect.read(frame if isinstance(frame, bytes) else json.dumps(frame).encode())

    def begin(self):
        """Subscribe to everything, and let the venue confirm it."""
        for message in self.dialect.subscribe(list(self.topics)):
            command = json.loads(message)
            (channel,) = command["params"]["channels"]
            sid = self.sids.setdefault(channel, len(self.sids) + 1)
            self.say({"type": "subscribed", "id": command["id"], "msg": {"channel": channel, "sid": sid}})

    def book(self, ticker, seq=1, yes=(("0.4000", "10.00"),), no=(("0.5000", "20.00"),)):
        """Let the venue send a whole book."""
        msg = {"market_ticker": ticker, "market_id": "m", "clock": 1}
        msg |= {"yes_dollars_fp": yes} if yes else {}
        msg |= {"no_dollars_fp": no} if no else {}
        self.say({"type": "orderbook_snapshot", "sid": self.sids["orderbook_delta"], "seq": seq, "msg": msg})

    def delta(self, ticker, seq, *, side="yes", price="0.4000", by="1.00", **more):
        """Let the venue send a change of a book."""
        msg = {"market_ticker": ticker, "side": side, "price_dollars": price, "delta_fp": by, "ts_ms": 1_000}
        self.say(
            {"type": "orderbook_delta", "sid": self.sids["orderbook_delta"], "seq": seq, "msg": msg | more}
        )


@pytest.fixture
async def connect():
    """Open a connection; gives it with a function that takes what was heard so far."""
    open_ones = []

    async def opened(*tickers, subaccount=None):
        made = Connection(tickers=tickers or ("A-1", "A-2"), subaccount=subaccount)
        listening = made.feed.listen(made.wanted, made.topics)
        outlet = await listening.__aenter__()
        open_ones.append(listening)

        async def heard():
            return [await anext(outlet) for _ in range(outlet.waiting)]

        await heard()
        made.heard = heard
        made.begin()
        return made

    yield opened
    for listening in open_ones:
        await listening.__aexit__(None, None, None)
