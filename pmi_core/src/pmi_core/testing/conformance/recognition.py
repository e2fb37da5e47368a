"""What a client order id is worth at a venue: kept, turned into the venue's own id, or never heard of."""

from __future__ import annotations

from pmi_core.models import Fill, Order
from pmi_core.provider import IdempotencyKind, Venue

__all__ = ["check_named", "finds_again", "nameless"]


def _keeps(venue: Venue) -> bool:
    return venue.info.idempotency.kind is IdempotencyKind.CLIENT_ID


def finds_again(venue: Venue) -> bool:
    """Whether an order can be found by the id that was made before sending."""
    return venue.info.idempotency.kind is not IdempotencyKind.NONE


def check_named(seen: Order | Fill, asked: str, venue: Venue) -> None:
    """Assert that the client order id is the one that was made before sending.

    A venue that keeps no such ids may say none; it never says another one.
    """
    if _keeps(venue):
        assert seen.client_order_id == asked, (
            f"the client order id is {seen.client_order_id!r}, sent was {asked!r}"
        )
    else:
        assert seen.client_order_id in (None, asked), (
            f"{venue.info.provider} keeps no client order ids; {seen.client_order_id!r} is invented"
        )


def nameless(order: Order, venue: Venue) -> Order:
    """The order for comparison: without its client order id where an answer may say it and a reading not."""
    return order if _keeps(venue) else order.model_copy(update={"client_order_id": None})
