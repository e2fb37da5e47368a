"""Errors for those who asked: what happened, why, and what to do; never a traceback or a secret."""

from __future__ import annotations

import re
from typing import Any

from pmi_core.errors import (
    AccessError,
    BadKey,
    BusyError,
    CapabilityMissing,
    ClockSkew,
    GeoRestricted,
    MalformedRef,
    NotFound,
    PermissionDenied,
    PluginError,
    PmiError,
    RequestError,
    SettingsError,
    UncertainError,
    Unreachable,
    VenueError,
)
from pmi_mcp.texts import clean

__all__ = ["describe", "describe_unforeseen", "sentence"]

_LONGEST = 500

_WHAT_TO_DO: tuple[tuple[type[PmiError], str], ...] = (
    (CapabilityMissing, "list_venues shows what each venue can do"),
    (PluginError, "list_venues shows what is installed; a person can run `pmi doctor`"),
    (SettingsError, "a person must change the settings; `pmi doctor` shows where each value comes from"),
    (MalformedRef, "take the ref from search_markets or get_events"),
    (NotFound, "take the ref from search_markets or get_events"),
    (RequestError, "change the question"),
    (BadKey, "a person must check the venue's key in the settings"),
    (ClockSkew, "a person must set this machine's clock"),
    (GeoRestricted, "this venue cannot be used from here"),
    (PermissionDenied, "a person must give the venue's key in the settings, or one with this right"),
    (AccessError, "a person must check key and rights"),
    (BusyError, "wait, then ask again"),
    (Unreachable, "ask again later; get_exchange_status may tell more"),
    (VenueError, "ask again later"),
    (UncertainError, "look for the order before doing anything else; never send it again blindly"),
)

_SECRETS = (
    re.compile(r"-----BEGIN [^-]+-----.*?(?:-----END [^-]+-----|$)", re.DOTALL),
    re.compile(r"(?i)\b(?:bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"(?i)\b(?:private[ _-]?key|key|secret|seed)\b[\"'\s:=]{1,4}(?:0x)?[0-9a-f]{64}\b"),
    re.compile(
        r"(?i)\b(?:api[_-]?key|secret|passphrase|password|private[_-]?key|signature|access[_-]?token)\b[\"']?\s*[=:]\s*[\"']?[^\s\"'&,;]{6,}"
    ),
)


def describe(error: PmiError) -> dict[str, Any]:
    """The error as plain data; texts of foreign origin are sanitized and secrets are taken out."""
    told = error.details()
    advice = next((advice for kind, advice in _WHAT_TO_DO if isinstance(error, kind)), "ask again later")
    told["message"] = _safe(error.message)
    told["hint"] = _safe(error.hint) if error.hint else advice
    for name in ("venue", "capability", "code", "client_order_id"):
        if name in told:
            told[name] = clean(_without_secrets(str(told[name])), 80)
    if "code" in told:
        told["venue_code"] = told.pop("code")
    if told.get("repeat_is_safe") is True:
        told.pop("repeat_is_safe")
    return told


def describe_unforeseen(error: BaseException) -> dict[str, Any]:
    """A fault of this program or of a provider; the log has the rest."""
    return {
        "error": "InternalError",
        "message": f"this failed in a way that nobody foresaw ({type(error).__name__})",
        "hint": "repeating will hardly help; the server's log on standard error says more",
    }


def sentence(told: dict[str, Any]) -> str:
    """The same as one line of text: kind, message, what to do."""
    wait = f" (after {told['retry_after']:g} s)" if isinstance(told.get("retry_after"), int | float) else ""
    where = f" [{told['venue']}]" if told.get("venue") else ""
    return f"{told['error']}{where}: {told['message']}. What to do: {told['hint']}{wait}"


def _safe(text: str) -> str:
    return clean(_without_secrets(text), _LONGEST)


def _without_secrets(text: str) -> str:
    for pattern in _SECRETS:
        text = pattern.sub("[not shown]", text)
    return text
