"""How the exchange says no: four shapes of bodies, and the engine's refusals in its words.

Shapes and codes as recorded on the demo exchange in June 2026 and documented in OpenAPI 3.34.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pmi_core.errors import (
    BelowMinimum,
    Duplicate,
    InsufficientFunds,
    MarketNotOpen,
    NotFound,
    OffGrid,
    RequestError,
    WouldCross,
)

__all__ = [
    "Refusal",
    "bad_field",
    "bad_parameter",
    "from_engine",
    "invalid",
    "missing",
    "not_allowed",
    "refusal",
    "too_many",
]


class Refusal(Exception):
    """A call that is answered with an error.

    Attributes:
        status: the HTTP status.
        body: what the answer says.
    """

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def refusal(status: int, code: str, details: str | None = None, *, message: str | None = None) -> Refusal:
    """The nested shape, which most errors have; the message is the code in words unless said."""
    error = {"code": code, "message": message or code.replace("_", " ")}
    if details is not None:
        error["details"] = details
    return Refusal(status, {"error": error})


def missing() -> Refusal:
    """Nothing is known by that id, or it cannot be canceled any more."""
    return refusal(404, "not_found")


def invalid(details: str) -> Refusal:
    """A request that makes no sense."""
    return refusal(400, "invalid_parameters", details)


def not_allowed(scope: str) -> Refusal:
    """The key may not do this."""
    return refusal(403, "insufficient_permissions", f"missing scope {scope}")


def bad_field(struct: str, field: str, wanted: str, got: str) -> Refusal:
    """A field of the body has the wrong type: the flat shape, with a decoder's words."""
    return Refusal(
        400,
        {
            "code": "bad_request",
            "message": "bad request",
            "details": f"json: cannot unmarshal {got} into Go struct field {struct}.{field} of type {wanted}",
        },
    )


def bad_parameter(operation: str, field: str, rule: str) -> Refusal:
    """A parameter of the query breaks a rule: the shape with ``msg`` alone."""
    name = f"{operation}Params.{field}"
    return Refusal(
        400,
        {
            "msg": f"Parameter validation failed for {operation}: Key: '{name}' "
            f"Error:Field validation for '{field}' failed on the '{rule}' tag"
        },
    )


def too_many() -> Refusal:
    """The bucket is empty."""
    return Refusal(429, {"error": "too many requests"})


_BY_CODE: Final = MappingProxyType(
    {
        "fill_or_kill": (409, "fill_or_kill_insufficient_resting_volume", None),
        "self_trade": (409, "fill_or_kill_insufficient_resting_volume", None),
        "group_triggered": (400, "invalid_order", "order group triggered"),
        "nothing_to_reduce": (400, "invalid_order", "reduce only order does not reduce position"),
        "post_only": (400, "invalid_order", "post only cross"),
        "expiry": (400, "invalid_parameters", "Expiration timestamp must be in the future"),
        "rfqs": (400, "too_many_open_rfqs", None),
        "rfq_closed": (400, "rfq_closed", None),
        "terminal": (404, "not_found", None),
    }
)

_BY_KIND: Final[Mapping[type[RequestError], tuple[int, str, str | None]]] = MappingProxyType(
    {
        InsufficientFunds: (400, "insufficient_balance", None),
        OffGrid: (400, "invalid_price", None),
        WouldCross: (400, "invalid_order", "post only cross"),
        BelowMinimum: (400, "invalid_order_size", None),
        Duplicate: (409, "order_already_exists", None),
        NotFound: (404, "not_found", None),
        MarketNotOpen: (400, "MARKET_INACTIVE", None),
    }
)


def from_engine(error: RequestError) -> Refusal:
    """What the exchange answers where the engine refused."""
    for kind, (status, code, details) in _BY_KIND.items():
        if isinstance(error, kind):
            return refusal(status, code, details)
    known = _BY_CODE.get(error.code or "")
    if known is not None:
        return refusal(known[0], known[1], known[2])
    return refusal(400, "invalid_order", error.message)
