"""What taking would cost: from the venue's own price where it has one, else from its book."""

from dataclasses import replace
from decimal import Decimal

import pytest

from pmi_core import Capability, PriceQuote, QuadraticFee
from pmi_mcp.terminal.exits import Exit


@pytest.fixture(autouse=True)
def without_pricing(monkeypatch):
    """Venues that compute no prices; gives what makes their provider."""
    from pmi_mcp_doubles import CAN, provider

    def make(world):
        return provider(world, can=CAN - {Capability.PRICING})

    monkeypatch.setattr("pmi_mcp_doubles.provider", make)
    return make


@pytest.fixture
def price(pmi, world):
    """The item of ``pmi quote --json``, numbers as numbers."""

    def ask(*args, status=Exit.OK):
        told = pmi("quote", *args, "--json", worlds=[world])
        assert told.status == status, told.err
        item = told.document["item"]
        exact = {"size", "average_price", "worst_price", "cost", "fees", "total", "price_after"}
        return {
            name: Decimal(value) if name in exact and value is not None else value
            for name, value in item.items()
        }

    return ask


def test_taking_from_one_level_costs_its_price_and_the_fee(price):
    found = price("alpha:RATE-1", "--size", "10")
    assert found["order"] == "buy yes"
    assert found["average_price"] == found["worst_price"] == Decimal("0.44")
    assert found["cost"] == Decimal("4.40")
    # 0.07 x 10 x 0.44 x 0.56 = 0.17248, to the cent above
    assert found["fees"] == Decimal("0.18")
    assert found["total"] == Decimal("4.58")
    assert found["fees_certainty"] == "exact"
    assert found["complete"] is True
    assert found["firm"] is True


def test_taking_through_levels_is_averaged(price):
    found = price("alpha:RATE-1", "--size", "75")
    assert found["cost"] == Decimal("33.25")
    assert found["worst_price"] == Decimal("0.45")
    assert Decimal("0.4433") < found["average_price"] < Decimal("0.4434")
    assert found["fees_certainty"] == "upper_bound"


def test_selling_takes_bids_and_the_fee_comes_off(price):
    found = price("alpha:RATE-1", "--sell", "--size", "10")
    assert found["cost"] == Decimal("4.20")
    assert found["total"] == found["cost"] - found["fees"] < found["cost"]


@pytest.mark.parametrize(
    "args", [("alpha:RATE-1#no",), ("alpha:RATE-1", "--outcome", "no"), ("alpha:RATE-1#no", "-o", "NO")]
)
def test_the_outcome_is_named_by_the_ref_or_the_option(price, args):
    found = price(*args, "--size", "10")
    assert found["order"] == "buy no"
    assert found["average_price"] == Decimal("0.58")


def test_money_buys_whole_steps_of_size(price):
    found = price("alpha:RATE-1", "--notional", "5")
    assert found["size"] == Decimal(11)
    assert found["cost"] == Decimal("4.84")


def test_a_thin_book_gives_a_part(pmi, price, world):
    found = price("alpha:RATE-1", "--size", "1000")
    assert found["size"] == Decimal(100)
    assert found["complete"] is False
    assert "complete\tno" in pmi("quote", "alpha:RATE-1", "--size", "1000", worlds=[world]).out


def test_fees_that_the_market_does_not_tell_are_those_of_its_series(price, world):
    from pmi_mcp_doubles import market

    fees = world.markets[0].fees
    world.markets[0] = market(fees=None)
    world.series = [world.series[0].model_copy(update={"fees": fees})]
    assert price("alpha:RATE-1", "--size", "10")["fees"] == Decimal("0.18")


def test_fees_that_nobody_tells_are_not_nothing(pmi, price, world):
    from pmi_mcp_doubles import market

    world.markets[0] = market(fees=None)
    found = price("alpha:RATE-1", "--size", "10")
    assert not {"fees", "total"} & found.keys()
    assert found["fees_certainty"] == "unknown"
    assert "fees certainty\tunknown" in pmi("quote", "alpha:RATE-1", "--size", "10", worlds=[world]).out


def test_a_market_that_is_not_open_is_told_to_be_so(price, world):
    from pmi_mcp_doubles import market

    world.markets[0] = market(status="closed", trading="none")
    assert price("alpha:RATE-1", "--size", "10")["status"] == "closed"


def test_fees_that_fall_due_later_are_said_in_words(pmi, world):
    from pmi_mcp_doubles import market

    world.markets[0] = market(fees=QuadraticFee(when="settlement", taker_rate="0.07", step="0.01"))
    (said,) = [
        line
        for line in pmi("quote", "alpha:RATE-1", "--size", "10", worlds=[world]).out.splitlines()
        if line.startswith("fees later")
    ]
    assert "settlement" in said
    assert "{" not in said


@pytest.mark.parametrize("size, status", [("3", Exit.OK), ("0", Exit.NO)])
def test_a_venue_that_computes_prices_is_asked_itself(pmi, world, monkeypatch, without_pricing, size, status):
    from pmi_mcp_doubles import NOW

    asked = []

    class Pricer:
        async def get_quote(self, query):
            asked.append(query)
            return PriceQuote(
                market_ref=query.market_ref,
                outcome=query.outcome,
                action=query.action,
                size=size,
                cost="1.50",
                fees="0.01",
                complete=False,
                firm=False,
                as_of=NOW,
            )

    def with_pricing(one):
        made = without_pricing(one)

        async def opened(context):
            return replace(await made.open(context), pricing=Pricer())

        return replace(made, capabilities=made.capabilities | {Capability.PRICING}, open=opened)

    monkeypatch.setattr("pmi_mcp_doubles.provider", with_pricing)
    told = pmi("quote", "alpha:RATE-1", "--notional", "2", worlds=[world])
    assert told.status == status
    assert [query.notional for query in asked] == [Decimal(2)]
    assert "firm\tno" in told.out
    assert ("nothing can be had" in told.err) == (status is Exit.NO)
