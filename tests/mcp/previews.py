"""A preview as the desk makes one, of an order that costs what the test says."""

from __future__ import annotations

from datetime import timedelta

from pmi_mcp_world import NOW

from pmi_core import WriteClass
from pmi_core.desk import BatchDraft, OrderDraft, OrderPreview, PlaceDraft, Preview
from pmi_core.settings import Mode

__all__ = ["bid", "preview"]


def bid(price, intent=""):
    """Ten contracts of YES, at most at this price."""
    return OrderDraft(
        market_ref="alpha:RATE-1", outcome="yes", action="buy", size=10, price=price, intent=intent
    )


def preview(wanted, *, loss, draft=None, title="Will it rain?", orders=1, **changes):
    """What a person is shown of an order, or of a batch of the same order.

    ``loss`` is the worst case of one order; ``draft`` stands in for another kind of draft; ``changes``
    are fields of the preview.
    """
    shown = OrderPreview(
        request=wanted.request("x"),
        market_title=title,
        currency="USD",
        middle="0.43",
        best_bid="0.42",
        best_ask="0.44",
        book_time=NOW,
        taken_now=10,
        average_price="0.44",
        priced_by_venue=False,
        fees="0.18",
        fees_certainty="upper_bound",
        max_loss=loss,
        max_payout=10,
        position_before=0,
        position_after=10,
        exposure_after=loss,
        checks=(),
    )
    if draft is None and orders == 1:
        draft = PlaceDraft(order=wanted)
    elif draft is None:
        draft = BatchDraft(orders=(wanted,) * orders, intent=wanted.intent)
    return Preview(
        **{
            "code": "ABCD-1234",
            "digest": "0" * 64,
            "draft": draft,
            "venue": "alpha",
            "environment": "test",
            "account": None,
            "write_class": WriteClass.SIMULATED,
            "mode": Mode.PAPER,
            "orders": (shown,) * orders,
            "max_loss": loss,
            "currency": "USD",
            "warnings": (),
            "approve_with": frozenset({"page", "terminal"}),
            "expires_at": NOW + timedelta(minutes=5),
        }
        | changes
    )
