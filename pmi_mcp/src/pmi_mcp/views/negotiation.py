"""Requests for quotes, quotes, and what combos are made of, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pmi_mcp.views.values import Detail, label, moment, name_of, number, present, words

if TYPE_CHECKING:
    from pmi_core.models import Collection, Quote, Rfq

__all__ = ["collection_row", "quote_row", "rfq_row"]


def rfq_row(rfq: Rfq, detail: Detail) -> dict[str, Any]:
    """A request for quotes."""
    row: dict[str, Any] = {
        "ref": name_of(rfq.ref),
        "market": name_of(rfq.market_ref),
        "size": number(rfq.size),
        "notional": number(rfq.notional),
        "status": rfq.status.value,
        "mine": rfq.mine,
        "created": moment(rfq.created_time),
    }
    if detail == "full":
        row["rest_remainder"] = rfq.rest_remainder
        row["closed"] = moment(rfq.closed_time)
    return present(row)


def quote_row(quote: Quote, detail: Detail) -> dict[str, Any]:
    """A maker's answer to a request; each bid is that outcome's price."""
    row: dict[str, Any] = {
        "ref": name_of(quote.ref),
        "rfq": name_of(quote.rfq_ref),
        "market": name_of(quote.market_ref),
        "yes_bid": number(quote.yes_bid),
        "no_bid": number(quote.no_bid),
        "size": number(quote.size),
        "status": quote.status.value,
        "mine": quote.mine,
        "maker_gets": quote.accepted_side.value if quote.accepted_side else None,
        "created": moment(quote.created_time),
    }
    if detail == "full":
        row["order_ref"] = name_of(quote.order_ref)
        row["updated"] = moment(quote.updated_time)
    return present(row)


def collection_row(collection: Collection, detail: Detail) -> dict[str, Any]:
    """From which events a combo may be built; legs are counted, and further rules are said in full."""
    row: dict[str, Any] = {
        "ref": name_of(collection.ref),
        "title": label(collection.title),
        "series": name_of(collection.series_ref),
        "legs": f"{collection.min_legs} to {collection.max_legs}",
        "event_count": len(collection.event_refs),
        "closes": moment(collection.close_time),
    }
    if detail == "full":
        row |= {
            "description": words(collection.description, 2_000),
            "events": [name_of(ref) for ref in collection.event_refs[:200]],
            "yes_only": collection.yes_only,
            "ordered": collection.ordered,
            "one_market_per_event": collection.one_market_per_event,
            "opens": moment(collection.open_time),
        }
    return present(row)
