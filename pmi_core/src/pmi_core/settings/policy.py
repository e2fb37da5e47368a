"""What an order may risk, and who may let it pass."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from pmi_core.numbers import Amount, Number, Price
from pmi_core.settings.model import SettingsModel

__all__ = ["ApprovalChannel", "ApproveWith", "Mode", "PolicySettings"]


class Mode(StrEnum):
    """What may be written to."""

    READ_ONLY = "read-only"
    PAPER = "paper"
    """Simulated venues only."""
    DEMO = "demo"
    """Test environments and play money too."""
    LIVE = "live"
    """Real money too."""


class ApprovalChannel(StrEnum):
    """By which way a person says yes, the weakest last."""

    PASSKEY = "passkey"
    """A key that needs a person's touch; a program cannot forge it."""
    PAGE = "page"
    """The approval page in a browser."""
    TERMINAL = "terminal"
    """Typed into a terminal."""
    ELICITATION = "elicitation"
    """A question that the assistant's own program shows."""
    TOKEN = "token"  # noqa: S105 - a word, not a secret
    """The code handed back by the caller itself: two calls by the model, and no person need be there.
    Closed unless ``token_ceiling`` says up to which loss."""


def _one_or_more(value: Any) -> Any:
    """One word means that channel alone."""
    return [value.strip()] if isinstance(value, str) else value


Channels = Annotated[frozenset[ApprovalChannel], BeforeValidator(_one_or_more)]
"""A list of channels, or the one word of a single one."""

_PERSON = frozenset(ApprovalChannel) - {ApprovalChannel.TOKEN}


class ApproveWith(BaseModel):
    """Which channels may approve an order, by what the order moves.

    Each value is a list of channels, or one word such as `"page"` or `"passkey"` for that one alone; what
    is not named approves nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    paper: Channels = frozenset(ApprovalChannel)
    """At simulated venues."""
    demo: Channels = _PERSON
    """At test environments and for play money."""
    live: Channels = _PERSON
    """For real money."""


class PolicySettings(SettingsModel):
    """What an order may risk; None is no cap of that kind.

    Money at risk is what can be lost in the worst case, fees included.  It is counted apart for simulated
    venues, test environments and real money, and within each by the kind of currency (fiat, stable,
    play); it counts from the moment of sending, and only a certain rejection takes it back.
    """

    max_order: Amount | None = Field(default=None, gt=0, examples=["50"])
    """Money at risk in one order."""
    max_day: Amount | None = Field(default=None, gt=0, examples=["200"])
    """Money at risk in all orders of a rolling day."""
    max_market: Amount | None = Field(default=None, gt=0, examples=["100"])
    """Money at risk in one market: orders of a rolling day, and what is held plus the new order."""
    max_event: Amount | None = Field(default=None, gt=0, examples=["100"])
    """The same over all markets of one event."""
    max_venue: Amount | None = Field(default=None, gt=0, examples=["150"])
    """Money at risk in all orders of a rolling day at one venue."""
    max_open_orders: int | None = Field(default=None, ge=1, examples=[20])
    """Orders that work at one venue at once."""
    min_price: Price | None = None
    """No order has a lower limit price."""
    max_price: Price | None = None
    """No order has a higher limit price."""
    allow: tuple[str, ...] = Field(default=(), examples=[["paper:*"]])
    """Patterns of market refs with `*` and `?`; when given, no other market is ordered in."""
    deny: tuple[str, ...] = Field(default=(), examples=[["paper:X*"]])
    """Patterns of market refs that are never ordered in, whatever is allowed."""
    cash_reserve: Amount | None = Field(default=None, gt=0, examples=["25"])
    """Cash that orders leave untouched."""
    max_distance: Price | None = Field(default=None, gt=0)
    """How much worse than the middle of the book a limit price may be."""
    max_depth_share: Number | None = Field(default=None, gt=0, le=1, examples=["0.5"])
    """The largest part of the contracts within reach of the limit price that one order may take."""
    tolerance: Price = Field(default="0.05", validate_default=True)
    """How far the market may move between preview and sending before an approval is void."""
    approval_seconds: int = Field(default=300, ge=5, le=86_400)
    """How long an order may wait for its approval and then for being sent."""
    approve_with: ApproveWith = ApproveWith()
    """Which channels may approve, for each of `paper`, `demo` and `live`."""
    token_ceiling: Amount | None = Field(default=None, gt=0, examples=["5"])
    """Orders that can lose less than this may also be approved by the channel `token`, where `approve_with`
    names it: two calls by the model, not a person.  Not set, that channel approves nothing."""
