"""The venue's refusals in neutral words.

Four shapes of body were recorded (2026-06): ``{"error": {"code", "message", "details"?}}``, the
same flat, ``{"msg": "..."}``, and ``{"error": "..."}``.  The list of codes is not published and a
code may carry an id at its end, so codes are matched by their beginning.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeVar, cast

import msgspec

from pmi_core.capabilities import Capability
from pmi_core.errors import (
    BadKey,
    BelowMinimum,
    BusyError,
    ClockSkew,
    Duplicate,
    InsufficientFunds,
    InvalidOrder,
    MarketNotOpen,
    NotFound,
    OffGrid,
    OrderRefused,
    PermissionDenied,
    PmiError,
    RequestError,
    VenueError,
    WouldCross,
)
from pmi_provider_kalshi.wire.status import Exchange

__all__ = ["ExchangePaused", "error_of", "placed", "read_error", "read_refusal"]

Method = TypeVar("Method", bound=Callable[..., Awaitable[Any]])


def placed(capability: Capability) -> Callable[[Method], Method]:
    """Let the errors of a slot's method carry the venue (of ``self._venue``) and the slot."""

    def around(method: Method) -> Method:
        @wraps(method)
        async def inner(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return await method(self, *args, **kwargs)
            except PmiError as error:
                error.venue = error.venue or self._venue
                error.capability = error.capability or capability
                raise

        return cast("Method", inner)

    return around


class ExchangePaused(VenueError):
    """The exchange answered with its own state instead of what was asked, or with a failing status."""

    def __init__(self, state: Exchange, *, status: int) -> None:
        resume = state.exchange_estimated_resume_time
        until = f" until about {resume.isoformat()}" if resume is not None else ""
        what = "trading" if state.exchange_active else "the exchange"
        super().__init__(f"{what} is paused{until}", code=str(status))
        self.state = state


@dataclass(frozen=True, slots=True)
class _Said:
    code: str
    message: str
    details: str

    @property
    def sentence(self) -> str:
        said = self.message or self.code
        repeated = not self.details or self.details.lower() == said.lower()
        return said if repeated else f"{said} ({self.details})"


_BY_CODE: Final[tuple[tuple[str, type[PmiError], str | None], ...]] = (
    (
        "authentication_error",
        BadKey,
        "check the key id and its private key, and that both are of this environment",
    ),
    ("signature_is_missing", PermissionDenied, "set the venue's key in its settings"),
    ("insufficient_scope", PermissionDenied, None),
    ("missing_scope", PermissionDenied, None),
    ("forbidden", PermissionDenied, None),
    ("permission_denied", PermissionDenied, None),
    ("header_timestamp_expired", ClockSkew, "let the system set its clock"),
    ("order_already_exists", Duplicate, None),
    ("duplicate_client_transfer_id", Duplicate, None),
    ("insufficient_balance", InsufficientFunds, None),
    ("available_balance_too_low", InsufficientFunds, None),
    ("invalid_price", OffGrid, "take a price of the market's price grid"),
    ("invalid_order_size", BelowMinimum, None),
    ("invalid_order", InvalidOrder, None),
    ("order_id_and_client_order_id_mismatch", InvalidOrder, None),
    ("order_side_mismatch", InvalidOrder, None),
    ("order_ticker_mismatch", InvalidOrder, None),
    ("fill_or_kill_insufficient_resting_volume", OrderRefused, None),
    ("market_inactive", MarketNotOpen, None),
    ("market_not_active", MarketNotOpen, None),
    ("market_not_open", MarketNotOpen, None),
    ("market_closed", MarketNotOpen, None),
    ("market_paused", MarketNotOpen, None),
    ("trading_is_paused", MarketNotOpen, "cancelling may still work; see the exchange's status"),
    ("trading_paused", MarketNotOpen, "cancelling may still work; see the exchange's status"),
    ("exchange_paused", MarketNotOpen, "see the exchange's status"),
    ("order_group_triggered", OrderRefused, "reset the group, or leave it out"),
    ("order_group_limit", OrderRefused, "reset the group, or leave it out"),
    ("self_trade", OrderRefused, None),
    ("reduce_only", OrderRefused, None),
    ("expired", OrderRefused, "the moment for this has passed"),
    ("bad_request", RequestError, None),
    ("invalid_content_type", RequestError, None),
    ("invalid_parameter", RequestError, None),
    ("deprecated_v1_order_endpoint", RequestError, "look for a newer version of the provider"),
    ("too_many_requests", BusyError, None),
    ("not_found", NotFound, None),
)
_FAILED: Final = re.compile(r"internal|timeout|timed_out|deadline|unavailable|unknown_error|^5\d\d$")
"""Codes of an exchange that failed; the whole list is not published."""
_BY_STATUS: Final[dict[int, type[PmiError]]] = {
    401: BadKey,
    403: PermissionDenied,
    404: NotFound,
    429: BusyError,
}


def read_error(status: int, headers: Mapping[str, str], body: bytes) -> PmiError | None:  # noqa: ARG001 - the venue says nothing in headers
    """Read a refusal; None where the body says nothing that is understood."""
    try:
        data = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if not isinstance(data, dict):
        return None
    if status >= 500 and "exchange_active" in data:
        return _paused(status, body)
    said = _said(data)
    return None if said is None else _error(status, said)


def read_refusal(body: bytes) -> PmiError | None:
    """Read an error that came with a good status; None unless its code is a known one.

    Raises:
        msgspec.DecodeError: the body is not JSON.
    """
    data = msgspec.json.decode(body)
    said = _said(data) if isinstance(data, dict) else None
    if said is None or not any(_key(said).startswith(start) for start, _, _ in _BY_CODE):
        return None
    return _error(200, said)


def error_of(code: str | None, message: str | None, details: str | None) -> PmiError:
    """The error that stands in one item of a batch; a failure of the venue itself is a VenueError.

    An item has no status of its own, so its code alone says whether the venue refuses or has failed.
    """
    said = _Said(_text(code), _text(message) or _text(code) or "refused", _text(details))
    told = bool(_text(code) or _text(message))
    return _error(400 if told and not _FAILED.search(_key(said)) else 500, said)


def _paused(status: int, body: bytes) -> PmiError | None:
    try:
        return ExchangePaused(msgspec.json.decode(body, type=Exchange), status=status)
    except msgspec.DecodeError:
        return None


def _said(data: dict[str, Any]) -> _Said | None:
    inner = data.get("error")
    found = inner if isinstance(inner, dict) else data
    code = _text(found.get("code"))
    message = _text(found.get("message")) or _text(found.get("msg")) or _text(inner)
    details = _text(found.get("details"))
    return _Said(code, message, details) if code or message else None


def _text(value: object) -> str:
    return " ".join(value.split())[:300] if isinstance(value, str) else ""


def _key(said: _Said) -> str:
    return (said.code or said.message).lower().replace(" ", "_")


def _error(status: int, said: _Said) -> PmiError:
    code = _key(said)
    kind: type[PmiError]
    hint: str | None = None
    if status >= 500:  # a server that failed does not know what it did, whatever its words are
        return VenueError(f"the venue failed: {said.sentence}", code=said.code or str(status))
    for start, kind, hint in _BY_CODE:  # noqa: B007 - what was found last is used below
        if code.startswith(start):
            break
    else:
        kind, hint = NotFound if "_not_found" in code else _BY_STATUS.get(status, RequestError), None
    if kind is InvalidOrder and "post only cross" in said.details.lower():
        kind = WouldCross
    return kind(f"the venue refuses: {said.sentence}", hint=hint, code=said.code or str(status))
