"""Orders on a bad network: never sent twice, and never said to be certain when they are not."""

from __future__ import annotations

from decimal import Decimal

from pmi_core.capabilities import Capability
from pmi_core.errors import BusyError, PmiError, UncertainError
from pmi_core.models import Action, OrderRequest, OutcomeSide
from pmi_core.numbers import Rounding
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.failures import OFFLINE, each
from pmi_core.testing.conformance.samples import Subjects, a_market
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.misfortunes import (
    ConnectionRefused,
    EmptyBody,
    HtmlBody,
    Misfortune,
    Status,
    TimeoutAfterSend,
    TimeoutBeforeSend,
)
from pmi_core.testing.replay import ReplayTransport
from pmi_core.testing.sent import SentRequest

__all__ = ["LostWriteRules"]

CLIENT_ID = "0" * 31 + "1"


def _is_write(sent: SentRequest) -> bool:
    return sent.writes


async def placing(
    venue: Venue, subjects: Subjects, wire: ReplayTransport | None, misfortune: Misfortune
) -> tuple[PmiError, list[SentRequest]]:
    """Place an order while every write meets a misfortune; gives the error and what was written."""
    placer = needs(venue.orders, Capability.ORDERS, venue)
    if wire is None:
        skip("no misfortune can be arranged with a real venue")
    market = await a_market(venue, subjects)
    price = Decimal("0.10")
    if market.price_grid is not None:
        price = market.price_grid.snap(price, towards=Rounding.HALF_EVEN) or price
    wanted = OrderRequest(
        market_ref=market.ref,
        outcome=OutcomeSide.YES,
        action=Action.BUY,
        price=price,
        size=max(market.min_size or Decimal(1), Decimal(1)),
        client_order_id=CLIENT_ID[-(venue.info.idempotency.max_length or 32) :],
    )
    wire.forget()
    wire.strike(misfortune, which=_is_write)
    try:
        order = await placer.place_order(wanted)
    except PmiError as error:
        written = [sent for sent in wire.requests if sent.writes]
        if not written:
            skip(f"{venue.info.provider} refused the order before it was sent: {error}")
        return error, written
    if not wire.requests:
        skip(OFFLINE.format(venue.info.provider))
    if not any(sent.writes for sent in wire.requests):
        skip(f"{venue.info.provider} places orders without a network request")
    raise AssertionError(f"{misfortune.name}: the order is said to be {order.status}")


class LostWriteRules(Contract):
    """What became of an order is never guessed."""

    @each(ConnectionRefused(), TimeoutBeforeSend())
    async def test_failures_unsent_orders_are_certain(
        self, venue: Venue, subjects: Subjects, wire: ReplayTransport | None, misfortune: Misfortune
    ) -> None:
        """An order that never left is an error that says so: repeating is safe."""
        error, written = await placing(venue, subjects, wire, misfortune)
        assert not isinstance(error, UncertainError), repr(error)
        assert error.repeat_is_safe
        assert len(written) == 1, "it was sent again without being asked"

    @each(TimeoutAfterSend(), Status(500), HtmlBody(), EmptyBody(), Status(200, body=b"{}"))
    async def test_failures_lost_orders_are_uncertain(
        self, venue: Venue, subjects: Subjects, wire: ReplayTransport | None, misfortune: Misfortune
    ) -> None:
        """An order whose answer was lost or makes no sense is UncertainError with its client id."""
        error, _ = await placing(venue, subjects, wire, misfortune)
        assert isinstance(error, UncertainError), repr(error)
        assert not error.repeat_is_safe
        assert error.client_order_id == CLIENT_ID[-(venue.info.idempotency.max_length or 32) :]

    @each(TimeoutAfterSend(), Status(500), Status(503), Status(429, {"retry-after": "1"}), HtmlBody())
    async def test_failures_orders_are_sent_once(
        self, venue: Venue, subjects: Subjects, wire: ReplayTransport | None, misfortune: Misfortune
    ) -> None:
        """Whatever the answer, an order is sent once; repeating it is the caller's decision."""
        _, written = await placing(venue, subjects, wire, misfortune)
        assert len(written) == 1, [str(sent) for sent in written]

    async def test_failures_busy_orders_did_not_happen(
        self, venue: Venue, subjects: Subjects, wire: ReplayTransport | None
    ) -> None:
        """An order refused by a limit is BusyError: certainly nothing happened."""
        error, _ = await placing(venue, subjects, wire, Status(429, {"retry-after": "7"}))
        assert isinstance(error, BusyError), repr(error)
        assert error.retry_after is not None
