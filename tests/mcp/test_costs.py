"""What taking would cost: by the venue's own price, or from its book and its fees."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from pmi_mcp_doubles import CAN, NOW, Prices, provider
from pmi_mcp_world import market

from pmi_core import (
    BookSource,
    BookState,
    Capability,
    CapabilityMissing,
    FlatFee,
    NoFee,
    ProfitFee,
    QuadraticFee,
    SeriesRef,
)

pytestmark = pytest.mark.anyio

WITHOUT_PRICING = CAN - {Capability.PRICING}
BUY = {"market": "alpha:RATE-1", "action": "buy"}


@pytest.fixture
def over_a_book(serve, registry_of, world):
    """A server over a venue that prices nothing itself."""
    return lambda can=WITHOUT_PRICING: serve(registry=registry_of(provider(world, can=can)))


async def test_the_venues_own_price_is_preferred(serve, connect, world):
    async with connect(serve(world)) as client:
        told = await client.ask("quote_cost", **BUY, size="100")
    assert [name for name, _ in world.calls if name != "close"] == ["get_quote"]
    assert (told["source"], told["fees_certainty"], told["age_seconds"]) == (
        "venue's quote",
        "upper_bound",
        "2.0",
    )
    assert (told["size"], told["complete"], told["total"]) == ("60", False, "28.05")


async def test_a_book_is_walked_where_the_venue_prices_nothing(connect, over_a_book):
    async with connect(over_a_book()) as client:
        told = await client.ask("quote_cost", **BUY, size="80")
    assert told["order"] == "buy yes"
    assert (told["average_price"], told["worst_price"], told["price_after"]) == ("0.44375", "0.45", "0.45")
    fees = Decimal("0.87") + Decimal("0.52")  # 0.07 x 50 x 0.44 x 0.56 and 0.07 x 30 x 0.45 x 0.55, each up
    assert (told["cost"], Decimal(told["fees"])) == ("35.50", fees)
    assert Decimal(told["total"]) == Decimal("35.5") + fees
    assert told["fees_certainty"] == "upper_bound", "several fills may be rounded otherwise"
    assert (told["complete"], told["firm"], told["source"]) == (True, True, "order book")
    assert (told["as_of"], told["age_seconds"]) == ("2026-01-05T15:00:00Z", "0.0")


async def test_a_sale_of_no_takes_its_bids(connect, over_a_book):
    async with connect(over_a_book()) as client:
        told = await client.ask("quote_cost", market="alpha:RATE-1#no", action="sell", size="50")
    assert (told["order"], told["average_price"], told["price_after"]) == ("sell no", "0.56", "0.55")
    assert told["fees_certainty"] == "exact"
    assert Decimal(told["total"]) == Decimal(28) - Decimal(told["fees"])


async def test_money_buys_whole_steps(connect, over_a_book):
    async with connect(over_a_book()) as client:
        told = await client.ask("quote_cost", **BUY, notional="10")
    assert (told["size"], told["cost"]) == ("22", "9.68")


async def test_what_is_not_there_cannot_be_had(connect, over_a_book):
    async with connect(over_a_book()) as client:
        told = await client.ask("quote_cost", **BUY, size="1000")
    assert (told["size"], told["complete"], told["available"]) == ("100", False, "100")
    assert "price_after" not in told


async def test_fees_are_found_in_the_series(connect, over_a_book, world):
    world.markets = [market(fees=None)]
    world.series = [world.series[0].model_copy(update={"fees": FlatFee(taker_rate="0.02", step="0.01")})]
    async with connect(over_a_book()) as client:
        told = await client.ask("quote_cost", **BUY, size="50")
    assert (told["fees"], told["total"]) == ("1.00", "23.00")


@pytest.mark.parametrize(
    "fees",
    [None, QuadraticFee(taker_rate="0.07", valid_until=NOW - timedelta(days=1))],
    ids=["unsaid", "past"],
)
async def test_fees_that_nobody_says_are_not_known(connect, over_a_book, world, fees):
    world.markets = [market(fees=fees)]
    async with connect(over_a_book()) as client:
        told = await client.ask("quote_cost", **BUY, size="50")
    assert told["fees_certainty"] == "unknown"
    assert not {"fees", "total"} & set(told)


async def test_a_series_that_is_not_there_says_nothing_of_fees(connect, over_a_book, world):
    world.markets = [market(fees=None)]
    world.series = [world.series[0].model_copy(update={"ref": SeriesRef("alpha:OTHER")})]
    async with connect(over_a_book()) as client:
        assert (await client.ask("quote_cost", **BUY, size="5"))["fees_certainty"] == "unknown"


async def test_no_fee_is_exactly_none(connect, over_a_book, world):
    world.markets = [market(fees=NoFee())]
    async with connect(over_a_book()) as client:
        told = await client.ask("quote_cost", **BUY, size="80")
    assert (told["fees"], told["fees_certainty"], told["total"]) == ("0", "exact", "35.50")


async def test_fees_that_fall_due_later_are_told(connect, over_a_book, world):
    world.markets = [market(fees=ProfitFee(rate="0.05"), status="closed", trading="none")]
    async with connect(over_a_book()) as client:
        told = await client.ask("quote_cost", **BUY, size="5")
    assert told["fees"] == "0"
    assert told["fees_later"] == {"kind": "profit", "when": "settlement", "rate": "0.05"}
    assert told["status"] == "closed"


async def test_a_book_that_is_nobodys_promise_says_so(connect, over_a_book, monkeypatch):
    real = Prices.get_book

    async def computed(self, ref, depth=None):
        changes = {
            "source": BookSource.CURVE,
            "state": BookState.STALE,
            "received_time": NOW - timedelta(minutes=1),
        }
        return (await real(self, ref, depth)).model_copy(update=changes)

    monkeypatch.setattr(Prices, "get_book", computed)
    async with connect(over_a_book()) as client:
        told = await client.ask("quote_cost", **BUY, size="5")
    assert (told["firm"], told["book_state"], told["age_seconds"]) == (False, "stale", "60.0")
    assert told["source"] == "formula of a market maker"


async def test_a_venue_with_books_alone_is_enough(connect, over_a_book):
    async with connect(over_a_book(frozenset({Capability.BOOKS}))) as client:
        told = await client.ask("quote_cost", **BUY, size="50")
    assert (told["cost"], told["fees_certainty"]) == ("22.00", "unknown")


async def test_a_venue_without_prices_says_so(serve, connect, registry_of, world):
    from pmi_mcp_world import World

    both = registry_of(provider(world, can=frozenset({Capability.MARKETS})), provider(World("beta")))
    async with connect(serve(registry=both)) as client:
        told = await client.fail("quote_cost", **BUY, size="50")
    assert told["error"] == CapabilityMissing.__name__
