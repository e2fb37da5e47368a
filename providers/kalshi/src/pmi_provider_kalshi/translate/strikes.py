"""The threshold that a market's rules speak of."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from pmi_core.models import Strike, StrikeKind
from pmi_provider_kalshi.wire.market import Market

__all__ = ["strike"]

_KINDS: Final = {
    "greater": StrikeKind.GREATER,
    "greater_or_equal": StrikeKind.GREATER_OR_EQUAL,
    "less": StrikeKind.LESS,
    "less_or_equal": StrikeKind.LESS_OR_EQUAL,
    "between": StrikeKind.BETWEEN,
}


def strike(market: Market) -> Strike | None:
    """Read a market's strike; None on plain yes-or-no questions.

    A strike that is no threshold (functional, custom, structured, a combo's legs) is described
    in ``text``.
    """
    kind = _KINDS.get(market.strike_type or "")
    text = None
    if kind is None:
        text = market.functional_strike or _described(market.custom_strike)
        if (
            market.strike_type is None
            and text is None
            and market.floor_strike is None
            and market.cap_strike is None
        ):
            return None
        kind = StrikeKind.OTHER
    return Strike.trusted(
        {"kind": kind, "floor": market.floor_strike, "cap": market.cap_strike, "text": text}
    )


def _described(custom: dict[str, Any] | None) -> str | None:
    return "; ".join(f"{name}: {_shown(value)}" for name, value in custom.items()) if custom else None


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
