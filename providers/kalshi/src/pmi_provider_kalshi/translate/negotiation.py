"""Requests for quotes, quotes, collections."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pmi_core.identifiers import CollectionRef, EventRef, MarketRef, OrderRef, QuoteRef, RfqRef, SeriesRef
from pmi_core.models import Collection, OutcomeSide, Quote, QuoteStatus, Rfq, RfqStatus
from pmi_provider_kalshi.translate.blame import field, reading, word
from pmi_provider_kalshi.translate.numbers import contracts, dollars, moment, price
from pmi_provider_kalshi.translate.sides import OUTCOMES
from pmi_provider_kalshi.wire import negotiation as wire

__all__ = ["collection", "ids_of", "quote", "rfq"]

_BETWEEN: Final = "/"
"""A quote is found by its request and its own id, so its ref holds both."""
_MANY: Final = 100
"""Legs where nobody sets a limit."""
_RFQ_STATUSES: Final = {"open": RfqStatus.OPEN, "closed": RfqStatus.CLOSED}
_QUOTE_STATUSES: Final = {
    "open": QuoteStatus.OPEN,
    "accepted": QuoteStatus.ACCEPTED,
    "confirmed": QuoteStatus.CONFIRMED,
    "executed": QuoteStatus.EXECUTED,
    "cancelled": QuoteStatus.CANCELED,
    "canceled": QuoteStatus.CANCELED,
}


def ids_of(ref: QuoteRef, venue: str) -> tuple[str, str] | None:
    """The request's id and the quote's own; None where the ref was not made here."""
    rfq_id, found, quote_id = ref.at(venue).partition(_BETWEEN)
    return (rfq_id, quote_id) if found and rfq_id and quote_id else None


def _positive(text: str | None, name: str) -> Decimal | None:
    """A number where one was given; nothing is written as 0."""
    if not text:
        return None
    return field(name, contracts, text) or None


def rfq(row: wire.Rfq, venue: str, own_id: str) -> Rfq:
    """Translate a request for quotes.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the request.
    """
    with reading(f"request for quotes {row.id}", venue):
        made = moment(row.created_ts)
        if made is None:
            raise ValueError("created_ts is the zero time")
        status = word("status", _RFQ_STATUSES, row.status)
        closed = moment(row.cancelled_ts) or moment(row.updated_ts)
        notional = (
            field("target_cost_dollars", dollars, row.target_cost_dollars)
            if row.target_cost_dollars
            else None
        )
        return Rfq(
            ref=RfqRef.make(venue, row.id),
            market_ref=MarketRef.make(venue, row.market_ticker),
            size=_positive(row.contracts_fp, "contracts_fp"),
            notional=notional or None,
            status=status,
            mine=row.creator_id == own_id or row.creator_user_id is not None,
            rest_remainder=bool(row.rest_remainder),
            created_time=made,
            closed_time=closed if status is RfqStatus.CLOSED else None,
        )


def quote(row: wire.Quote, venue: str, own_id: str) -> Quote:
    """Translate a quote; a bid of 0 is none.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the quote.
    """
    with reading(f"quote {row.id}", venue):
        made = moment(row.created_ts)
        if made is None:
            raise ValueError("created_ts is the zero time")
        mine = row.creator_id == own_id or row.creator_user_id is not None
        order = row.creator_order_id if mine else row.rfq_creator_order_id
        return Quote(
            ref=QuoteRef.make(venue, f"{row.rfq_id}{_BETWEEN}{row.id}"),
            rfq_ref=RfqRef.make(venue, row.rfq_id),
            market_ref=MarketRef.make(venue, row.market_ticker),
            yes_bid=field("yes_bid_dollars", price, row.yes_bid_dollars) or None,
            no_bid=field("no_bid_dollars", price, row.no_bid_dollars) or None,
            size=_positive(row.contracts_fp, "contracts_fp"),
            status=word("status", _QUOTE_STATUSES, row.status),
            mine=mine,
            accepted_side=_side(row.accepted_side),
            order_ref=OrderRef.make(venue, order) if order else None,
            created_time=made,
            updated_time=moment(row.updated_ts),
        )


def _side(text: str | None) -> OutcomeSide | None:
    return word("accepted_side", OUTCOMES, text) if text else None


def collection(row: wire.Collection, venue: str) -> Collection:
    """Translate a collection; a ``size_max`` of 0 leaves the number of legs to the events' own limits.

    Where those set none either, ``max_legs`` is 100.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the collection.
    """
    with reading(f"collection {row.collection_ticker}", venue):
        events = row.associated_events or []
        tickers = [event.ticker for event in events] or (row.associated_event_tickers or [])
        least = max(row.size_min, 1)
        limits = [event.size_max for event in events]
        most = row.size_max
        if most <= 0:  # no limit of its own: what the events allow together, if they say
            most = _MANY if not limits or None in limits else min(sum(filter(None, limits)), _MANY)
        one_each = bool(events) and all(event.size_max == 1 for event in events)
        return Collection(
            ref=CollectionRef.make(venue, row.collection_ticker),
            series_ref=SeriesRef.make(venue, row.series_ticker) if row.series_ticker else None,
            title=row.title,
            description="\n\n".join(part for part in (row.description, row.functional_description) if part),
            event_refs=tuple(EventRef.make(venue, ticker) for ticker in tickers),
            min_legs=least,
            max_legs=max(most, least),
            yes_only=row.is_all_yes or (bool(events) and all(event.is_yes_only for event in events)),
            ordered=row.is_ordered,
            one_market_per_event=row.is_single_market_per_event or one_each,
            open_time=moment(row.open_date),
            close_time=moment(row.close_date),
        )
