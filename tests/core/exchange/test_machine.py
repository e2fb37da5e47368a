"""Whatever is asked in whatever order: the books balance, and history explains everything."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from pmi_core.errors import RequestError
from pmi_core.exchange import Exchange, MarketSpec, PoolSpec, commands, events, from_json_lines, to_json_lines
from pmi_core.models import (
    Action,
    Execution,
    FeeTime,
    FlatFee,
    NoFee,
    OutcomeSide,
    ProfitFee,
    QuadraticFee,
    SelfTradePolicy,
    TimeInForce,
)

NAMES = ("ann", "bob", "cat")
FEES = (
    NoFee(),
    QuadraticFee(taker_rate=Decimal("0.07"), maker_rate=Decimal("0.0175"), step=Decimal("0.0001")),
    QuadraticFee(taker_rate=Decimal("0.07"), maker_rate=Decimal("-0.01"), step=Decimal("0.01")),
    QuadraticFee(taker_rate=Decimal("0.07"), maker_rate=Decimal("0.0175"), alignment=Decimal("0.01")),
    FlatFee(taker_rate=Decimal("0.02"), maker_rate=Decimal("0.01"), minimum=Decimal("0.05")),
    FlatFee(taker_rate=Decimal("1.5"), basis="notional", when=FeeTime.CLOSE),
    ProfitFee(rate=Decimal("0.1"), when=FeeTime.CLOSE),
    ProfitFee(rate=Decimal("0.05")),
)
names = st.sampled_from(NAMES)
prices = st.integers(1, 99).map(lambda cents: Decimal(cents) / 100)
near = st.integers(44, 56).map(lambda cents: Decimal(cents) / 100)
sizes = st.integers(1, 80).map(lambda half: Decimal(half) / 2)


class Life(RuleBasedStateMachine):
    """Drives one exchange at random."""

    desk = None

    @initialize(fees=st.sampled_from(FEES), money=st.sampled_from([15, 100, 100_000]))
    def start(self, fees, money):
        self.exchange = Exchange()
        self.log = []
        self.exchange.subscribe(self.log.extend)
        self.time = self.desk().now
        self.ids = 0
        self.moved = set()
        for name in NAMES:
            self.apply(commands.Deposit, account=name, amount=Decimal(money))
        half = Decimal("0.5")
        self.apply(commands.AddMarket, spec=MarketSpec(id="M", fees=fees, size_step=half))
        pool = PoolSpec(liquidity=Decimal(20), initial_price=Decimal("0.4"))
        curve = MarketSpec(id="C", fees=fees, size_step=half, execution=Execution.AMM, pool=pool)
        self.apply(commands.AddMarket, spec=curve)
        for name in NAMES:
            self.apply(commands.CreateGroup, account=name, limit=Decimal(30))

    def apply(self, kind, **facts):
        command = kind(time=self.time, **facts)
        before = self.exchange.seq
        snapshot = self.exchange.snapshot() if self.ids % 7 == 0 else None
        try:
            happened = self.exchange.apply(command)
        except RequestError:
            assert self.exchange.seq == before
            assert snapshot is None or self.exchange.snapshot() == snapshot
            return ()
        assert [event.seq for event in happened] == list(range(before + 1, self.exchange.seq + 1))
        return happened

    @rule(
        name=names,
        market=st.sampled_from(["M", "M", "M", "C"]),
        action=st.sampled_from(Action),
        outcome=st.sampled_from(OutcomeSide),
        price=prices | near,
        size=sizes,
        notional=st.none() | st.none() | sizes,
        kind=st.sampled_from(
            [TimeInForce.GTC, TimeInForce.GTC, TimeInForce.GTD, TimeInForce.IOC, TimeInForce.FOK]
        ),
        reduce_only=st.sampled_from([False, False, True]),
        post_only=st.sampled_from([False, False, True]),
        stp=st.sampled_from(SelfTradePolicy),
        grouped=st.booleans(),
        lasts=st.integers(1, 30),
    )
    def place(
        self,
        name,
        market,
        action,
        outcome,
        price,
        size,
        notional,
        kind,
        reduce_only,
        post_only,
        stp,
        grouped,
        lasts,
    ):
        self.ids += 1
        self.apply(
            commands.PlaceOrder,
            account=name,
            market_id=market,
            client_order_id=f"c{self.ids}",
            outcome=outcome,
            action=action,
            price=price,
            size=None if notional else size,
            notional=notional,
            time_in_force=kind,
            expires_at=self.time + timedelta(seconds=lasts) if kind is TimeInForce.GTD else None,
            reduce_only=reduce_only,
            post_only=post_only and kind in (TimeInForce.GTC, TimeInForce.GTD),
            self_trade=stp,
            group_id=f"g{NAMES.index(name) + 1}" if grouped else None,
        )
        order = self.exchange.find_by_client_id(name, f"c{self.ids}")
        if order is not None and notional is not None:
            assert order.filled_notional <= notional
            assert order.filled_notional + order.remaining * order.price <= notional

    def some(self, data):
        working = [order for name in NAMES for order in self.exchange.orders(name, working=True)]
        return data.draw(st.sampled_from(working)) if working else None

    @rule(data=st.data())
    def cancel(self, data):
        order = self.some(data)
        if order is not None:
            self.apply(commands.CancelOrder, account=order.account, order_id=order.id)

    @rule(data=st.data(), price=near, size=sizes)
    def amend(self, data, price, size):
        order = self.some(data)
        if order is not None:
            self.moved.add(order.id)
            self.apply(commands.AmendOrder, account=order.account, order_id=order.id, price=price, size=size)

    @rule(data=st.data(), by=sizes)
    def decrease(self, data, by):
        order = self.some(data)
        if order is not None:
            self.apply(commands.DecreaseOrder, account=order.account, order_id=order.id, by=by)

    @rule(name=names)
    def reset_group(self, name):
        self.apply(commands.ResetGroup, account=name, group_id=f"g{NAMES.index(name) + 1}")

    @rule(seconds=st.integers(1, 20))
    def wait(self, seconds):
        self.time += timedelta(seconds=seconds)
        self.apply(commands.Advance)

    @rule(asker=names, maker=names, size=sizes, bid=prices, side=st.sampled_from(OutcomeSide))
    def negotiate(self, asker, maker, size, bid, side):
        happened = self.apply(commands.CreateRfq, account=asker, market_id="M", size=size)
        if not happened:
            return
        rfq = happened[-1].rfq_id
        both = {"yes_bid": bid} if side is OutcomeSide.YES else {"no_bid": bid}
        happened = self.apply(commands.CreateQuote, account=maker, rfq_id=rfq, **both)
        if happened:
            quote = happened[-1].quote_id
            self.apply(commands.AcceptQuote, account=asker, quote_id=quote, side=side)
            self.apply(commands.ConfirmQuote, account=maker, quote_id=quote)

    @rule(
        kind=st.sampled_from(["pause", "resume", "determine", "reopen", "settle", "void"]),
        value=st.sampled_from([Decimal(0), Decimal(1), Decimal("0.37")]),
        market=st.sampled_from(["M", "C"]),
        rarely=st.integers(0, 3),
    )
    def turn(self, kind, value, market, rarely):
        if kind == "pause":
            self.apply(commands.PauseMarket, market_id=market)
        elif kind == "resume":
            self.apply(commands.ResumeMarket, market_id=market)
        elif kind == "reopen":
            self.apply(commands.ReopenMarket, market_id=market)
        elif rarely == 0 and kind == "determine":
            self.apply(commands.DetermineMarket, market_id=market, value=value)
        elif rarely == 0 and kind == "settle":
            self.apply(commands.SettleMarket, market_id=market)
        elif rarely == 0 and kind == "void":
            self.apply(commands.VoidMarket, market_id=market)

    @invariant()
    def books_balance(self):
        self.exchange.assert_balanced()

    @invariant()
    def book_is_never_crossed(self):
        for market in ("M", "C"):
            book = self.exchange.book(market, 1)
            if book.bids and book.asks:
                assert book.bids[0][0] <= book.asks[0][0]
                assert not book.firm or book.bids[0][0] < book.asks[0][0]

    @invariant()
    def orders_add_up(self):
        for name in NAMES:
            for order in self.exchange.orders(name):
                assert order.filled + order.remaining + order.canceled == order.size
                assert min(order.filled, order.remaining, order.canceled) >= 0
                if order.filled and order.id not in self.moved:  # earlier fills had another limit
                    better = order.average_price <= order.price
                    worse = order.average_price >= order.price
                    assert better if order.action is Action.BUY else worse
                if order.reduce_only and order.remaining:
                    held = self.exchange.position(name, order.market_id)
                    closes = order.outcome if order.action is Action.SELL else order.outcome.opposite
                    assert held.outcome is closes
                    assert order.remaining <= held.size

    @invariant()
    def levels_follow_from_the_events(self):
        levels = {}
        for event in self.log:
            if isinstance(event, events.LevelChanged):
                key = (event.side, event.price)
                assert event.size == levels.get(key, 0) + event.delta
                levels[key] = event.size
        book = self.exchange.book("M")
        told = {key: size for key, size in levels.items() if size}
        assert told == {("bid", price): size for price, size in book.bids} | {
            ("ask", price): size for price, size in book.asks
        }

    @invariant()
    def groups_keep_their_limit(self):
        for name in NAMES:
            for group in self.exchange.groups(name):
                assert group.used <= group.limit
                assert not (group.triggered and group.orders)

    def teardown(self):
        if not hasattr(self, "log"):
            return
        assert tuple(self.log) == self.exchange.since(0)
        again = Exchange.replay(from_json_lines(to_json_lines(self.log)))
        assert again.snapshot() == self.exchange.snapshot()
        assert again.since(0) == self.exchange.since(0)


def test_every_life_keeps_the_books(new_desk):
    Life.desk = staticmethod(new_desk)
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=150,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
