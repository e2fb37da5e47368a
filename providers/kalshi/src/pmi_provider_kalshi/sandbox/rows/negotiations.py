"""Requests and quotes as the exchange writes them (OpenAPI 3.34.0, RFQ and Quote)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pmi_core.exchange.views import QuoteView, RfqView
from pmi_core.models import QuoteStatus, RfqStatus
from pmi_provider_kalshi.sandbox.names import MEMBER, Names, place_of
from pmi_provider_kalshi.sandbox.writing import count, dollars, stamp

__all__ = ["EXPIRED", "HIDDEN", "QuoteNote", "RfqNote", "quote_row", "quote_status", "rfq_row"]

HIDDEN: Final = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
"""What others see of a creator who hides: the digest of nothing."""
EXPIRED: Final = "its maker did not confirm in time"
_STATUS: Final = {
    QuoteStatus.OPEN: "open",
    QuoteStatus.ACCEPTED: "accepted",
    QuoteStatus.CONFIRMED: "confirmed",
    QuoteStatus.EXECUTED: "executed",
    QuoteStatus.CANCELED: "cancelled",
}


@dataclass(slots=True)
class RfqNote:
    """What a member said of a request beside what the engine keeps."""

    obscure: bool = False
    excludes_fees: bool = False


@dataclass(slots=True)
class QuoteNote:
    """What a member said of a quote beside what the engine keeps."""

    post_only: bool = False


def rfq_row(rfq: RfqView, note: RfqNote, names: Names, legs: dict[str, Any]) -> dict[str, Any]:
    """A request as the member sees it."""
    place = place_of(rfq.account)
    row: dict[str, Any] = {
        "id": names.of(rfq.id),
        "creator_id": names.alias_of(rfq.account),
        "market_ticker": rfq.market_id,
        "contracts_fp": count(rfq.size),
        "status": "open" if rfq.status is RfqStatus.OPEN else "closed",
        "created_ts": stamp(rfq.created_time),
        "updated_ts": stamp(rfq.closed_time or rfq.created_time),
        "rest_remainder": rfq.rest_remainder,
        **legs,
    }
    if rfq.notional is not None:
        row["target_cost_dollars"] = dollars(rfq.notional)
        row["target_cost_excludes_fees"] = note.excludes_fees
    if rfq.closed_time is not None:
        row["cancelled_ts"] = stamp(rfq.closed_time)
    if place is not None:
        row |= {"creator_user_id": names.user_of(MEMBER), "creator_subaccount": place[0]}
    return row


def quote_status(quote: QuoteView) -> str:
    """The exchange's word; one that was accepted and not confirmed in time stays accepted."""
    if quote.status is QuoteStatus.CANCELED and quote.reason == EXPIRED:
        return "accepted"
    return _STATUS[quote.status]


def quote_row(quote: QuoteView, rfq: RfqView, note: QuoteNote, names: Names) -> dict[str, Any]:
    """A quote as the member sees it."""
    maker, asker = place_of(quote.account), place_of(quote.asker)
    status = quote_status(quote)
    row: dict[str, Any] = {
        "id": names.of(quote.id),
        "rfq_id": names.of(quote.rfq_id),
        "creator_id": names.alias_of(quote.account),
        "rfq_creator_id": names.alias_of(quote.asker),
        "market_ticker": quote.market_id,
        "contracts_fp": count(quote.size),
        "yes_bid_dollars": dollars(quote.yes_bid),
        "no_bid_dollars": dollars(quote.no_bid),
        "yes_contracts_fp": count(_offered(quote.yes_bid, quote, rfq)),
        "no_contracts_fp": count(_offered(quote.no_bid, quote, rfq)),
        "created_ts": stamp(quote.created_time),
        "updated_ts": stamp(quote.updated_time),
        "status": status,
        "rest_remainder": quote.rest_remainder,
    }
    optional = {
        "accepted_side": None if quote.accepted_side is None else quote.accepted_side.value,
        "accepted_ts": _stamp(quote.accepted_time),
        "confirmed_ts": _stamp(quote.confirmed_time),
        "executed_ts": stamp(quote.updated_time) if status == "executed" else None,
        "cancelled_ts": stamp(quote.updated_time) if status == "cancelled" else None,
        "cancellation_reason": quote.reason if status == "cancelled" else None,
        "rfq_target_cost_dollars": None if rfq.notional is None else dollars(rfq.notional),
    }
    row |= {name: value for name, value in optional.items() if value is not None}
    if maker is not None:
        row |= {
            "creator_user_id": names.user_of(MEMBER),
            "creator_subaccount": maker[0],
            "post_only": note.post_only,
        }
        if quote.maker_order_id is not None:
            row["creator_order_id"] = names.of(quote.maker_order_id)
    if asker is not None:
        row |= {"rfq_creator_user_id": names.user_of(MEMBER), "rfq_creator_subaccount": asker[0]}
        if quote.asker_order_id is not None:
            row["rfq_creator_order_id"] = names.of(quote.asker_order_id)
    return row


def _stamp(when: Any) -> str | None:
    return None if when is None else stamp(when)


def _offered(bid: Decimal | None, quote: QuoteView, rfq: RfqView) -> Decimal | None:
    """Contracts on one side: what was asked for, or what its money buys at the other side's price."""
    if bid is None:
        return None
    if quote.size is not None:
        return quote.size
    if rfq.notional is None or bid >= 1:
        return None
    return (rfq.notional / (1 - bid)).quantize(Decimal("0.01"))
