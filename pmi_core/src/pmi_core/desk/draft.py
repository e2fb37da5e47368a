"""What can be asked of the desk, and the digest that binds a yes to exactly one thing."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, model_validator

from pmi_core.desk.journal import canonical
from pmi_core.identifiers import GroupRef, OrderRef, QuoteRef, RfqRef
from pmi_core.models import Model, OrderDraft, OutcomeSide
from pmi_core.numbers import ASKED, Amount, Price, Quantity
from pmi_core.provider import VenueInfo
from pmi_core.transfers import PlaceName

__all__ = [
    "AcceptDraft",
    "AmendDraft",
    "BatchDraft",
    "ConfirmDraft",
    "Draft",
    "GroupDraft",
    "OrderDraft",
    "PlaceDraft",
    "QuoteDraft",
    "TransferDraft",
    "digest_of",
    "draft_of",
    "new_code",
    "new_order_id",
    "orders_of",
    "venue_of",
]

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is mistaken for another
_ORDER_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST = 20


class PlaceDraft(Model):
    """Place one order."""

    kind: Literal["place"] = "place"
    order: OrderDraft


class BatchDraft(Model):
    """Place several orders at one venue, approved together; each succeeds or fails by itself."""

    kind: Literal["batch"] = "batch"
    orders: tuple[OrderDraft, ...] = Field(min_length=1, max_length=_MOST)
    intent: str = Field(default="", max_length=2000)

    @model_validator(mode="after")
    def _is_at_one_venue(self) -> BatchDraft:
        if len({order.market_ref.venue for order in self.orders}) != 1:
            raise ValueError("the orders of a batch are all at one venue")
        return self


class AmendDraft(Model):
    """Move a resting order to another price and total size (filled part included)."""

    kind: Literal["amend"] = "amend"
    order_ref: OrderRef
    price: Price
    size: Quantity = Field(gt=0, lt=ASKED)
    intent: str = Field(default="", max_length=2000)


class QuoteDraft(Model):
    """Answer a request for quotes; None means no bid on that side."""

    kind: Literal["quote"] = "quote"
    rfq_ref: RfqRef
    yes_bid: Price | None = None
    no_bid: Price | None = None
    rest_remainder: bool = False
    intent: str = Field(default="", max_length=2000)


class AcceptDraft(Model):
    """Accept a quote as the asker: the maker gets ``side`` at its bid, the account the other one."""

    kind: Literal["accept"] = "accept"
    quote_ref: QuoteRef
    side: OutcomeSide
    intent: str = Field(default="", max_length=2000)


class ConfirmDraft(Model):
    """Confirm an accepted quote as its maker; the trade happens."""

    kind: Literal["confirm"] = "confirm"
    quote_ref: QuoteRef
    intent: str = Field(default="", max_length=2000)


class GroupDraft(Model):
    """Loosen an order group: let it work again (no limit given), or change its limit."""

    kind: Literal["group"] = "group"
    group_ref: GroupRef
    limit: Quantity | None = Field(default=None, gt=0, lt=ASKED)
    intent: str = Field(default="", max_length=2000)


class TransferDraft(Model):
    """Move cash inside one account, between two places that the venue names."""

    kind: Literal["transfer"] = "transfer"
    venue: str
    source: PlaceName
    destination: PlaceName
    amount: Annotated[Amount, Field(gt=0, lt=ASKED)]
    intent: str = Field(default="", max_length=2000)


Draft = Annotated[
    PlaceDraft
    | BatchDraft
    | AmendDraft
    | QuoteDraft
    | AcceptDraft
    | ConfirmDraft
    | GroupDraft
    | TransferDraft,
    Field(discriminator="kind"),
]
"""Everything that needs a yes; ``kind`` says what it is."""


_DRAFT: TypeAdapter[Draft] = TypeAdapter(Draft)


def venue_of(draft: Draft) -> str:  # noqa: PLR0911 - one for each kind
    """The configured venue that a draft is for."""
    match draft:
        case PlaceDraft():
            return draft.order.market_ref.venue
        case BatchDraft():
            return draft.orders[0].market_ref.venue
        case AmendDraft():
            return draft.order_ref.venue
        case QuoteDraft():
            return draft.rfq_ref.venue
        case AcceptDraft() | ConfirmDraft():
            return draft.quote_ref.venue
        case GroupDraft():
            return draft.group_ref.venue
        case TransferDraft():
            return draft.venue


def draft_of(payload: dict[str, Any]) -> Draft:
    """The draft that a ticket holds."""
    return _DRAFT.validate_python(payload["draft"])


def orders_of(draft: Draft) -> tuple[OrderDraft, ...]:
    """The orders that a draft would place."""
    if isinstance(draft, PlaceDraft):
        return (draft.order,)
    return draft.orders if isinstance(draft, BatchDraft) else ()


def digest_of(payload: dict[str, Any]) -> str:
    """SHA-256 over everything that a yes stands for: the code and its end, the complete orders with
    their ids, venue, environment and account, prices at the preview, money at risk.
    """
    return hashlib.sha256(canonical(payload).encode()).hexdigest()


def new_code() -> str:
    """A code that people can read out: 40 bits, ``XXXX-XXXX``."""
    letters = [secrets.choice(_LETTERS) for _ in range(8)]
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def new_order_id(info: VenueInfo) -> str:
    """A client order id that the venue takes and that nobody used before."""
    rule = info.idempotency
    letters = rule.alphabet or _ORDER_LETTERS
    length = min(24, rule.max_length or 24)
    return "".join(secrets.choice(letters) for _ in range(length))
