"""Requests for quotes, from both sides."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from pmi_core.errors import InsufficientFunds, InvalidOrder, NotFound, OffGrid, OrderRefused
from pmi_core.exchange import ExchangeSettings, commands
from pmi_core.models import Liquidity, OutcomeSide, QuadraticFee, QuoteStatus, RfqStatus

YES, NO = OutcomeSide.YES, OutcomeSide.NO


def ask(desk, account="ann", **measure):
    facts = measure or {"size": Decimal(100)}
    return desk.do(commands.CreateRfq, account=account, market_id="M", **facts)[-1].rfq_id


def quote(desk, rfq, account="bob", yes="0.40", no="0.55"):
    bids = {"yes_bid": yes and Decimal(yes), "no_bid": no and Decimal(no)}
    return desk.do(commands.CreateQuote, account=account, rfq_id=rfq, **bids)[-1].quote_id


def status(desk, quote_id):
    return desk.exchange.quote(quote_id).status


@pytest.mark.parametrize("side, maker, asker", [(YES, 960, 940), (NO, 945, 955)])
def test_maker_gets_the_accepted_side(desk, side, maker, asker):
    rfq = ask(desk)
    mine = quote(desk, rfq)
    other = quote(desk, rfq, "cat", "0.30", None)
    desk.do(commands.AcceptQuote, account="ann", quote_id=mine, side=side)
    assert status(desk, mine) is QuoteStatus.ACCEPTED
    happened = desk.do(commands.ConfirmQuote, account="bob", quote_id=mine)
    assert (desk.cash("bob"), desk.cash("ann")) == (maker, asker)
    assert desk.held("bob") == (100 if side is YES else -100)
    assert status(desk, mine) is QuoteStatus.EXECUTED
    assert status(desk, other) is QuoteStatus.CANCELED
    assert desk.exchange.rfq(rfq).status is RfqStatus.CLOSED
    assert len(desk.traded(happened)) == 1
    (trade,) = desk.exchange.trades("M")
    assert trade.off_book
    assert desk.exchange.order(desk.exchange.quote(mine).maker_order_id).filled == 100


def test_asker_pays_the_taker_fee_and_the_maker_none(new_desk):
    desk = new_desk(fees=QuadraticFee(taker_rate=Decimal("0.07"), maker_rate=Decimal("0.0175")))
    mine = quote(desk, ask(desk))
    desk.do(commands.AcceptQuote, account="ann", quote_id=mine, side=YES)
    desk.do(commands.ConfirmQuote, account="bob", quote_id=mine)
    (taken,) = desk.exchange.fills("ann")
    (made,) = desk.exchange.fills("bob")
    assert (taken.fee, taken.liquidity, taken.price) == (Decimal("1.68"), Liquidity.TAKER, Decimal("0.6"))
    assert (made.fee, made.liquidity, made.price) == (0, Liquidity.MAKER, Decimal("0.4"))


def test_notional_request_is_sized_by_the_accepted_price(desk):
    mine = quote(desk, ask(desk, notional=Decimal(10)))
    desk.do(commands.AcceptQuote, account="ann", quote_id=mine, side=YES)
    desk.do(commands.ConfirmQuote, account="bob", quote_id=mine)
    assert desk.held("ann") == -16


def test_acceptance_that_is_not_confirmed_ends(desk):
    rfq = ask(desk)
    mine = quote(desk, rfq)
    desk.do(commands.AcceptQuote, account="ann", quote_id=mine, side=YES)
    desk.wait(29)
    assert status(desk, mine) is QuoteStatus.ACCEPTED
    desk.wait(1)
    assert status(desk, mine) is QuoteStatus.CANCELED
    desk.refused(OrderRefused, commands.ConfirmQuote, account="bob", quote_id=mine)
    assert desk.exchange.rfq(rfq).status is RfqStatus.OPEN


def test_execution_may_be_delayed(new_desk):
    desk = new_desk(settings=ExchangeSettings(execution_delay=timedelta(seconds=15)))
    mine = quote(desk, ask(desk))
    desk.do(commands.AcceptQuote, account="ann", quote_id=mine, side=YES)
    desk.do(commands.ConfirmQuote, account="bob", quote_id=mine)
    assert status(desk, mine) is QuoteStatus.CONFIRMED
    desk.refused(OrderRefused, commands.CancelQuote, account="bob", quote_id=mine)
    desk.wait(15)
    assert status(desk, mine) is QuoteStatus.EXECUTED
    assert desk.held("ann") == -100


def test_delayed_execution_that_cannot_be_paid_cancels(new_desk):
    desk = new_desk(settings=ExchangeSettings(execution_delay=timedelta(seconds=15)))
    mine = quote(desk, ask(desk))
    desk.do(commands.AcceptQuote, account="ann", quote_id=mine, side=YES)
    desk.do(commands.ConfirmQuote, account="bob", quote_id=mine)
    desk.do(commands.Withdraw, account="bob", amount=Decimal(990))
    desk.wait(15)
    view = desk.exchange.quote(mine)
    assert view.status is QuoteStatus.CANCELED
    assert "lacks" in view.reason


def test_both_sides_need_money(desk):
    rfq = ask(desk, size=Decimal(2000))
    mine = quote(desk, rfq, yes="0.60", no="0.30")
    desk.refused(InsufficientFunds, commands.AcceptQuote, account="ann", quote_id=mine, side=NO)
    desk.do(commands.AcceptQuote, account="ann", quote_id=mine, side=YES)
    desk.refused(InsufficientFunds, commands.ConfirmQuote, account="bob", quote_id=mine)


def test_closing_the_market_ends_requests(desk):
    rfq = ask(desk)
    mine = quote(desk, rfq)
    desk.do(commands.CloseMarket, market_id="M")
    assert (desk.exchange.rfq(rfq).status, status(desk, mine)) == (RfqStatus.CLOSED, QuoteStatus.CANCELED)


def test_withdrawing_a_request_takes_its_quotes_along(desk):
    rfq = ask(desk)
    mine = quote(desk, rfq)
    desk.do(commands.CancelRfq, account="ann", rfq_id=rfq)
    assert status(desk, mine) is QuoteStatus.CANCELED
    assert desk.do(commands.CancelRfq, account="ann", rfq_id=rfq) == ()
    facts = {"account": "bob", "rfq_id": rfq, "yes_bid": Decimal("0.4")}
    desk.refused(OrderRefused, commands.CreateQuote, **facts)


def test_withdrawn_quote_cannot_be_accepted(desk):
    mine = quote(desk, ask(desk))
    desk.do(commands.CancelQuote, account="bob", quote_id=mine)
    assert desk.do(commands.CancelQuote, account="bob", quote_id=mine) == ()
    desk.refused(OrderRefused, commands.AcceptQuote, account="ann", quote_id=mine, side=YES)


@pytest.mark.parametrize(
    "error, facts",
    [
        (InvalidOrder, {}),
        (InvalidOrder, {"yes_bid": Decimal("0.5"), "no_bid": Decimal("0.51")}),
        (OffGrid, {"yes_bid": Decimal("0.505")}),
        (OrderRefused, {"account": "ann", "yes_bid": Decimal("0.5")}),
        (NotFound, {"rfq_id": "r9", "yes_bid": Decimal("0.5")}),
    ],
)
def test_quotes_that_make_no_sense_are_refused(desk, error, facts):
    desk.refused(error, commands.CreateQuote, **{"account": "bob", "rfq_id": ask(desk), **facts})


def test_only_those_concerned_may_act(desk):
    mine = quote(desk, ask(desk), no=None)
    desk.refused(NotFound, commands.AcceptQuote, account="cat", quote_id=mine, side=YES)
    desk.refused(OrderRefused, commands.AcceptQuote, account="ann", quote_id=mine, side=NO)
    desk.refused(NotFound, commands.ConfirmQuote, account="cat", quote_id=mine)
    desk.refused(NotFound, commands.CancelRfq, account="cat", rfq_id="r1")


def test_open_requests_are_limited(new_desk):
    desk = new_desk(settings=ExchangeSettings(max_open_rfqs=1))
    rfq = ask(desk)
    facts = {"account": "ann", "market_id": "M", "size": Decimal(1)}
    desk.refused(OrderRefused, commands.CreateRfq, **facts)
    desk.do(commands.CancelRfq, account="ann", rfq_id=rfq)
    desk.do(commands.CreateRfq, **facts)
    desk.exchange.drain()
    assert [view.id for view in desk.exchange.rfqs()] == ["r2"]


def test_negotiated_trade_uncovers_resting_orders_only_if_that_is_paid(desk):
    desk.place("cat", "sell yes", "0.50", 1000)
    desk.place("ann", "buy yes", "0.50", 1000)
    desk.place("ann", "sell yes", "0.60", 1000)
    desk.do(commands.Withdraw, account="ann", amount=desk.available("ann"))
    mine = quote(desk, ask(desk, size=Decimal(1000)), yes="0.30", no=None)
    facts = {"account": "ann", "quote_id": mine, "side": YES}
    desk.refused(InsufficientFunds, commands.AcceptQuote, **facts)
