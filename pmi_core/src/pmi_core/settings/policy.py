"""What an order may risk, and who may let it pass."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

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
    """The code handed back by the caller itself: no person need be there."""


_PERSON = frozenset(ApprovalChannel) - {ApprovalChannel.TOKEN}


class ApproveWith(BaseModel):
    """Which channels may approve an order, by what the order moves."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paper: frozenset[ApprovalChannel] = frozenset(ApprovalChannel)
    """At simulated venues."""
    demo: frozenset[ApprovalChannel] = _PERSON
    """At test environments and for play money."""
    live: frozenset[ApprovalChannel] = _PERSON
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
