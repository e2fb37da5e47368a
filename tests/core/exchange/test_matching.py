"""The engine against a naive matcher, and YES orders against their NO twins."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from pmi_core.exchange import commands, events
from pmi_core.models import Action, MarketStatus, OutcomeSide

NAMES = ("ann", "bob", "cat")

orders = st.lists(
    st.tuples(
        st.sampled_from(["place", "place", "place", "cancel"]),
        st.sampled_from(NAMES),
        st.booleans(),  # bids
        st.integers(45, 55),
        st.integers(1, 9),
        st.sampled_from(["gtc", "gtc", "ioc"]),
    ),
    min_size=1,
    max_size=40,
)


class Naive:
    """Lists only: the first best order of somebody else, until an own one stands first."""

    def __init__(self):
        self.resting = []
        self.trades = []

    def place(self, number, name, bids, cents, size, kind):
        while size:
            others = [one for one in self.resting if one["bids"] != bids]
            others = [one for one in others if (one["cents"] <= cents if bids else one["cents"] >= cents)]
            if not others:
                break
            first = min(others, key=lambda one: (one["cents"] if bids else -one["cents"], one["number"]))
            if first["name"] == name:
                return
            part = min(size, first["size"])
            self.trades.append((first["number"], number, first["cents"], part))
            size -= part
            first["size"] -= part
            if not first["size"]:
                self.resting.remove(first)
        if size and kind == "gtc":
            self.resting.append({"number": number, "name": name, "bids": bids, "cents": cents, "size": size})

    def cancel(self, number):
        self.resting = [one for one in self.resting if one["number"] != number]


def run(desk, script, twin=frozenset()):
    """Apply a script; the orders numbered in ``twin`` are put in terms of NO."""
    number = {}
    trades = []
    for step, (kind, name, bids, cents, size, force) in enumerate(script):
        if kind == "cancel":
            working = desk.exchange.orders(name, working=True)
            if working:
                desk.do(commands.CancelOrder, account=name, order_id=working[-1].id)
            continue
        price = Decimal(cents) / 100
        what = ("buy yes" if bids else "sell yes") if step not in twin else ("sell no" if bids else "buy no")
        order = desk.order(name, what, str(1 - price if step in twin else price), size, time_in_force=force)
        happened = desk.do(commands.PlaceOrder, **order)
        number[happened[1].order_id] = step
        trades += [
            (number[event.maker_order_id], step, int(event.price * 100), int(event.size))
            for event in happened
            if isinstance(event, events.Traded)
        ]
    return trades


@settings(max_examples=120, deadline=None)
@given(script=orders)
def test_trades_as_a_naive_matcher_does(new_desk, script):
    desk, naive = new_desk(), Naive()
    for step, (kind, name, bids, cents, size, force) in enumerate(script):
        if kind == "cancel":
            own = [one["number"] for one in naive.resting if one["name"] == name]
            if own:
                naive.cancel(min(own))
        else:
            naive.place(step, name, bids, cents, size, force)
    assert run(desk, script) == naive.trades
    resting = sum(level[1] for side in desk.book() for level in side)
    assert resting == sum(one["size"] for one in naive.resting)


@settings(max_examples=80, deadline=None)
@given(script=orders, data=st.data())
def test_no_orders_do_what_their_yes_twins_do(new_desk, script, data):
    twin = data.draw(st.sets(st.integers(0, len(script) - 1)))
    one, other = new_desk(), new_desk()
    assert run(one, script) == run(other, script, twin)
    assert one.exchange.book("M").bids == other.exchange.book("M").bids
    assert one.exchange.book("M").asks == other.exchange.book("M").asks
    for name in NAMES:
        assert one.exchange.balance(name) == other.exchange.balance(name)
        assert one.exchange.position(name, "M") == other.exchange.position(name, "M")


@settings(max_examples=60, deadline=None)
@given(script=orders, value=st.integers(0, 100))
def test_settlement_moves_all_money_back(new_desk, script, value):
    desk = new_desk()
    run(desk, script)
    desk.do(commands.DetermineMarket, market_id="M", value=Decimal(value) / 100)
    desk.do(commands.SettleMarket, market_id="M")
    assert desk.exchange.market("M").status is MarketStatus.SETTLED
    assert sum(desk.cash(name) for name in NAMES) == 3000
    assert all(desk.available(name) == desk.cash(name) for name in NAMES)


def test_twins_share_a_level_in_order_of_arrival(desk):
    desk.place("ann", "buy no", "0.40", 1)
    desk.place("bob", "sell yes", "0.60", 1)
    desk.place("ann", "buy no", "0.40", 1)
    happened = desk.do(commands.PlaceOrder, **desk.order("cat", "buy yes", "0.60", 3))
    makers = [
        (event.maker_account, event.maker_outcome, event.maker_action)
        for event in happened
        if isinstance(event, events.Traded)
    ]
    no = ("ann", OutcomeSide.NO, Action.BUY)
    assert makers == [no, ("bob", OutcomeSide.YES, Action.SELL), no]
