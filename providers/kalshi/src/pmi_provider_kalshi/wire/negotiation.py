"""Order groups, requests for quotes, quotes and combos (OpenAPI 3.34.0)."""

from __future__ import annotations

import msgspec

from pmi_provider_kalshi.wire.market import Market
from pmi_provider_kalshi.wire.moment import Moment

__all__ = [
    "AssociatedEvent",
    "Collection",
    "CollectionAnswer",
    "CollectionsAnswer",
    "ComboAnswer",
    "CommunicationsId",
    "Group",
    "GroupAnswer",
    "GroupCreated",
    "GroupsAnswer",
    "Made",
    "Quote",
    "QuoteAnswer",
    "QuotesAnswer",
    "Rfq",
    "RfqAnswer",
    "RfqsAnswer",
]


class GroupCreated(msgspec.Struct):
    """Of POST /portfolio/order_groups/create."""

    order_group_id: str
    subaccount: int = 0
    exchange_index: int = 0


class GroupAnswer(msgspec.Struct):
    """Of GET /portfolio/order_groups/{order_group_id}."""

    is_auto_cancel_enabled: bool
    orders: list[str] | None = None
    contracts_limit_fp: str | None = None
    exchange_index: int = 0


class Group(msgspec.Struct):
    """A group in the list, without its orders."""

    id: str
    is_auto_cancel_enabled: bool
    contracts_limit_fp: str | None = None
    exchange_index: int = 0


class GroupsAnswer(msgspec.Struct):
    """Of GET /portfolio/order_groups; the list may be absent when it is empty."""

    order_groups: list[Group] | None = None


class Made(msgspec.Struct):
    """The id of what was made."""

    id: str


class CommunicationsId(msgspec.Struct):
    """Of GET /communications/id: under which name others see this account."""

    communications_id: str


class Rfq(msgspec.Struct):
    """A request for quotes; fields about its maker are there only for the maker itself."""

    id: str
    creator_id: str
    market_ticker: str
    status: str
    created_ts: Moment
    contracts_fp: str | None = None
    target_cost_dollars: str | None = None
    rest_remainder: bool | None = None
    creator_user_id: str | None = None
    creator_subaccount: int | None = None
    cancelled_ts: Moment | None = None
    updated_ts: Moment | None = None


class RfqAnswer(msgspec.Struct):
    """Of GET /communications/rfqs/{rfq_id}."""

    rfq: Rfq


class RfqsAnswer(msgspec.Struct):
    """Of GET /communications/rfqs."""

    rfqs: list[Rfq]
    cursor: str | None = None


class Quote(msgspec.Struct):
    """A quote; a bid of 0 is none."""

    id: str
    rfq_id: str
    creator_id: str
    rfq_creator_id: str
    market_ticker: str
    yes_bid_dollars: str
    no_bid_dollars: str
    status: str
    created_ts: Moment
    contracts_fp: str | None = None
    updated_ts: Moment | None = None
    accepted_side: str | None = None
    creator_user_id: str | None = None
    creator_subaccount: int | None = None
    rfq_creator_user_id: str | None = None
    creator_order_id: str | None = None
    rfq_creator_order_id: str | None = None


class QuoteAnswer(msgspec.Struct):
    """Of GET /communications/rfqs/{rfq_id}/quotes/{quote_id}."""

    quote: Quote


class QuotesAnswer(msgspec.Struct):
    """Of GET /communications/quotes."""

    quotes: list[Quote]
    cursor: str | None = None


class AssociatedEvent(msgspec.Struct):
    """An event whose markets may be legs."""

    ticker: str
    is_yes_only: bool = False
    size_max: int | None = None


class Collection(msgspec.Struct):
    """From which events combos are built; a ``size_max`` of 0 sets no limit."""

    collection_ticker: str
    series_ticker: str
    title: str
    size_min: int
    size_max: int
    associated_events: list[AssociatedEvent] | None = None
    associated_event_tickers: list[str] | None = None
    description: str = ""
    functional_description: str = ""
    is_ordered: bool = False
    is_single_market_per_event: bool = False
    is_all_yes: bool = False
    open_date: Moment | None = None
    close_date: Moment | None = None


class CollectionAnswer(msgspec.Struct):
    """Of GET /multivariate_event_collections/{collection_ticker}."""

    multivariate_contract: Collection


class CollectionsAnswer(msgspec.Struct):
    """Of GET /multivariate_event_collections."""

    multivariate_contracts: list[Collection]
    cursor: str | None = None


class ComboAnswer(msgspec.Struct):
    """Of POST /multivariate_event_collections/{collection_ticker}."""

    event_ticker: str
    market_ticker: str
    market: Market | None = None
