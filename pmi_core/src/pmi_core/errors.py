"""The one error tree, arranged by what the caller can do about it.

::

    PmiError
    ├── PluginError               the installation is wrong      fix the installation
    │   ├── ProviderMissing       nothing by that name is installed
    │   ├── ProviderBroken        it is installed and does not load
    │   └── CapabilityMissing     the venue has no such capability
    ├── SettingsError             a value is missing or wrong    fix the settings
    ├── RequestError              certainly did not happen       change the question
    │   ├── MalformedRef          the text is not a ref
    │   ├── NotFound              the venue knows no such thing
    │   ├── InvalidOrder          the order breaks a rule of the market
    │   │   ├── OffGrid           the price is between two ticks
    │   │   ├── BelowMinimum      too small, or not a multiple of the size step
    │   │   ├── WouldCross        a post-only order would have taken
    │   │   └── Duplicate         the client order id was used before
    │   ├── InsufficientFunds     the account cannot pay the worst case
    │   ├── MarketNotOpen         the market does not take this now
    │   └── OrderRefused          a policy, a person or the venue said no
    ├── AccessError               not allowed                    fix key, clock or rights
    │   ├── BadKey  ├── ClockSkew  ├── PermissionDenied  └── GeoRestricted
    ├── BusyError                 over a limit                   wait ``retry_after`` seconds
    ├── VenueError                the venue failed               try later
    │   ├── Unreachable           no answer came
    │   ├── UnexpectedAnswer      an answer came that makes no sense
    │   ├── StaleBook             the book is too old to act on
    │   └── SequenceGap           updates were lost
    └── UncertainError            an order may or may not exist  look before repeating
"""

from __future__ import annotations

from typing import Any, ClassVar

__all__ = [
    "AccessError",
    "BadKey",
    "BelowMinimum",
    "BusyError",
    "CapabilityMissing",
    "ClockSkew",
    "Duplicate",
    "GeoRestricted",
    "InsufficientFunds",
    "InvalidOrder",
    "MalformedRef",
    "MarketNotOpen",
    "NotFound",
    "OffGrid",
    "OrderRefused",
    "PermissionDenied",
    "PluginError",
    "PmiError",
    "ProviderBroken",
    "ProviderMissing",
    "RequestError",
    "SequenceGap",
    "SettingsError",
    "StaleBook",
    "UncertainError",
    "UnexpectedAnswer",
    "Unreachable",
    "VenueError",
    "WouldCross",
]


class PmiError(Exception):
    """Everything that pmi raises on purpose.

    Attributes:
        message: a sentence for people, without secrets.
        hint: what to do about it, or None.
        venue: the configured venue's name, or None where no venue is involved.
        capability: the slot that was used, such as ``orders``, or None.
        code: the venue's own code or text for the failure, or None.
        repeat_is_safe: whether asking again can do no harm.
    """

    repeat_is_safe: ClassVar[bool] = True

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        venue: str | None = None,
        capability: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.venue = venue
        self.capability = capability
        self.code = code

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message

    def details(self) -> dict[str, Any]:
        """The error as plain data, for logs, ``--json`` and tool results."""
        facts: dict[str, Any] = {
            "error": type(self).__name__,
            "message": self.message,
            "hint": self.hint,
            "venue": self.venue,
            "capability": self.capability,
            "code": self.code,
            "repeat_is_safe": self.repeat_is_safe,
        }
        return {name: value for name, value in facts.items() if value is not None}


class PluginError(PmiError):
    """The installation is wrong."""


class ProviderMissing(PluginError):
    """No provider by that name is installed."""


class ProviderBroken(PluginError):
    """A provider is installed and does not load; the message says at which stage and why."""


class CapabilityMissing(PluginError):
    """The venue, as it is opened now, has no such capability."""


class SettingsError(PmiError):
    """A setting is missing or malformed; the message names it, never a secret's value."""


class RequestError(PmiError):
    """What was asked cannot be, and certainly did not happen."""


class MalformedRef(RequestError):
    """The text is not a ref."""


class NotFound(RequestError):
    """The venue knows no such market, event, order or other thing."""


class InvalidOrder(RequestError):
    """The order breaks a rule of the market or of the venue."""


class OffGrid(InvalidOrder):
    """The limit price lies between two ticks of the market's price grid."""


class BelowMinimum(InvalidOrder):
    """The size is below the minimum or not a multiple of the size step."""


class WouldCross(InvalidOrder):
    """A post-only order would have taken liquidity."""


class Duplicate(InvalidOrder):
    """The client order id was used before; the earlier order stands, no second one exists."""


class InsufficientFunds(RequestError):
    """The account cannot pay the worst case of the order."""


class MarketNotOpen(RequestError):
    """The market does not take this now: not yet open, paused, closed or settled."""


class OrderRefused(RequestError):
    """A policy, a person or the venue refused the order, with the reason in the message."""


class AccessError(PmiError):
    """Not allowed with this key, clock, scope or place."""


class BadKey(AccessError):
    """The venue does not accept the key or its signature."""


class ClockSkew(AccessError):
    """This machine's clock differs too much from the venue's."""


class PermissionDenied(AccessError):
    """The key is good but lacks the right, or the capability needs a key and there is none."""


class GeoRestricted(AccessError):
    """The venue refuses requests from this place."""


class BusyError(PmiError):
    """A limit is used up; certainly nothing happened.

    Attributes:
        retry_after: seconds to wait where the venue or the local bucket says so, else None.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.retry_after = retry_after

    def details(self) -> dict[str, Any]:
        facts = super().details()
        if self.retry_after is not None:
            facts["retry_after"] = self.retry_after
        return facts


class VenueError(PmiError):
    """The venue failed; nothing is wrong with the question."""


class Unreachable(VenueError):
    """No answer came: refused connection, name not found, or time ran out."""


class UnexpectedAnswer(VenueError):
    """An answer came that is not what the venue documents."""


class StaleBook(VenueError):
    """The order book is not live and must not be acted on."""


class SequenceGap(VenueError):
    """Updates were lost between two that arrived."""


class UncertainError(PmiError):
    """An order may or may not exist; look it up before doing anything else.

    Attributes:
        client_order_id: the id to look for, or None at a venue that has none.
    """

    repeat_is_safe: ClassVar[bool] = False

    def __init__(self, message: str, *, client_order_id: str | None = None, **facts: Any) -> None:
        super().__init__(message, **facts)
        self.client_order_id = client_order_id

    def details(self) -> dict[str, Any]:
        facts = super().details()
        if self.client_order_id is not None:
            facts["client_order_id"] = self.client_order_id
        return facts
