"""What nobody can do with a real exchange, over HTTP: for programs that run the sandbox beside them.

The address exists only where it was asked for.  It wants no key, is billed nothing and meets no faults.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final, Protocol

import msgspec

from pmi_core.errors import PmiError
from pmi_provider_kalshi.sandbox.call import Answer

__all__ = ["PREFIX", "Control", "Controlled"]

PREFIX: Final = "/sandbox"


class Controlled(Protocol):
    """The exchange, as far as it is moved from outside; :class:`Sandbox` says what each part does."""

    @property
    def streams(self) -> dict[int, tuple[str, ...]]: ...
    def cut_streams(self, *numbers: int, code: int | None = None, reason: str = "") -> int: ...
    def bar_streams(self, *, code: int | None = None, reason: str = "") -> int: ...
    def admit_streams(self) -> None: ...
    def pause_trading(self) -> None: ...
    def resume_trading(self) -> None: ...
    def close_market(self, ticker: str, when: datetime | None = None) -> None: ...
    def settle_market(self, ticker: str, value: Decimal) -> None: ...
    def set_faults(self, faults: dict[str, Decimal]) -> None: ...


class _Deed(Protocol):
    """One thing to do, with what it is about."""

    def done(self, to: Controlled) -> int | None:
        """Carry it out; gives the number of connections that it concerned, if it concerns any."""
        ...


class _Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A deed as it is asked for; a field that it does not have is a mistake."""


class _BarStreams(_Word, frozen=True):
    code: int | None = None
    reason: str = ""

    def done(self, to: Controlled) -> int:
        return to.bar_streams(code=self.code, reason=self.reason)


class _CutStreams(_Word, frozen=True):
    numbers: tuple[int, ...] = ()
    code: int | None = None
    reason: str = ""

    def done(self, to: Controlled) -> int:
        return to.cut_streams(*self.numbers, code=self.code, reason=self.reason)


class _AdmitStreams(_Word, frozen=True):
    def done(self, to: Controlled) -> None:
        to.admit_streams()


class _PauseTrading(_Word, frozen=True):
    def done(self, to: Controlled) -> None:
        to.pause_trading()


class _ResumeTrading(_Word, frozen=True):
    def done(self, to: Controlled) -> None:
        to.resume_trading()


class _CloseMarket(_Word, frozen=True):
    ticker: str
    when: datetime | None = None

    def done(self, to: Controlled) -> None:
        to.close_market(self.ticker, self.when)


class _SettleMarket(_Word, frozen=True):
    ticker: str
    value: Decimal

    def done(self, to: Controlled) -> None:
        to.settle_market(self.ticker, self.value)


class _SetFaults(_Word, frozen=True):
    faults: dict[str, Decimal]

    def done(self, to: Controlled) -> None:
        to.set_faults(self.faults)


_WORDS: Final[dict[str, type[_Deed]]] = {
    "cut-streams": _CutStreams,
    "bar-streams": _BarStreams,
    "admit-streams": _AdmitStreams,
    "pause-trading": _PauseTrading,
    "resume-trading": _ResumeTrading,
    "close-market": _CloseMarket,
    "settle-market": _SettleMarket,
    "set-faults": _SetFaults,
}


class Control:
    """Answers ``POST /sandbox/<word>`` with a JSON body, and ``GET /sandbox/streams``."""

    def __init__(self, to: Controlled) -> None:
        self._to = to

    def answer(self, method: str, target: str, content: bytes) -> Answer:
        """Carry out one call."""
        name = target.removeprefix(PREFIX).strip("/")
        if (method, name) == ("GET", "streams"):
            rows = [{"number": one, "channels": told} for one, told in self._to.streams.items()]
            return Answer(200, {"streams": rows})
        if method != "POST" or name not in _WORDS:
            return Answer(404, {"error": f"there is POST {PREFIX}/ with {', '.join(_WORDS)}"})
        try:
            number = msgspec.json.decode(content or b"{}", type=_WORDS[name]).done(self._to)
        except msgspec.MsgspecError as error:
            return Answer(400, {"error": str(error)})
        except PmiError as error:
            return Answer(400, {"error": error.message, **({"hint": error.hint} if error.hint else {})})
        return Answer(200, {} if number is None else {"connections": number})
