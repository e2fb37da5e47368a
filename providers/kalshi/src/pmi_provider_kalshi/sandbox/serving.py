"""The way from ``pmi sandbox`` to the sandbox: what was asked for, read and checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from pmi_core.errors import SettingsError
from pmi_core.provider import SandboxRequest
from pmi_provider_kalshi.sandbox.keys import KeyType
from pmi_provider_kalshi.sandbox.server import Sandbox

__all__ = ["OPTIONS", "serve"]

OPTIONS: Final = ("tier", "key-type", "cash", "moving", "execution-delay", "control")
"""Names that a request may give beside what every sandbox knows."""
_MICRO: Final = 1_000_000


@asynccontextmanager
async def serve(request: SandboxRequest) -> AsyncIterator[Mapping[str, str]]:
    """Serve the exchange while the context is open; gives addresses and key.

    Raises:
        SettingsError: an option is unknown or wrong, the key cannot be read, or the port is taken.
    """
    options = request.options
    for name in options:
        if name not in OPTIONS:
            raise SettingsError(
                f"the sandbox has no option {name!r}", hint=f"give one of {', '.join(OPTIONS)}"
            )
    async with Sandbox(
        seed=request.seed,
        port=request.port,
        clock=request.clock,
        moving=_yes("moving", options.get("moving", "yes")),
        tier=options.get("tier", "basic"),
        key_type=_kind(options.get("key-type", KeyType.ED25519.value)),
        private_key_path=request.private_key_path,
        cash=_number("cash", options.get("cash", "10000")),
        read_lag=_seconds(request.read_lag),
        faults=request.faults,
        execution_delay=_seconds(_number("execution-delay", options.get("execution-delay", "1"))),
        control=_yes("control", options.get("control", "no")),
    ) as sandbox:
        yield sandbox.announcement


def _seconds(number: Decimal) -> timedelta:
    return timedelta(microseconds=int(number * _MICRO))


def _number(name: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise SettingsError(
            f"option {name} has the value {text!r}", hint="give a number that is not negative"
        )
    return number


def _yes(name: str, text: str) -> bool:
    if text not in ("yes", "no"):
        raise SettingsError(f"option {name} has the value {text!r}", hint="give yes or no")
    return text == "yes"


def _kind(text: str) -> KeyType:
    try:
        return KeyType(text)
    except ValueError:
        raise SettingsError(f"option key-type has the value {text!r}", hint="give rsa or ed25519") from None
