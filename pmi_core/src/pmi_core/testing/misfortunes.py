"""What goes wrong between a program and a venue, one object each."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import httpx2

from pmi_core.testing.sent import SentRequest

__all__ = [
    "STANDARD",
    "ConnectionRefused",
    "EmptyBody",
    "HtmlBody",
    "Misfortune",
    "NullValues",
    "RequiredFieldsMissing",
    "Status",
    "TimeoutAfterSend",
    "TimeoutBeforeSend",
    "TruncatedJson",
    "UnknownField",
]

Answer = Callable[[SentRequest, httpx2.Request], Awaitable[httpx2.Response]]


class Misfortune(Protocol):
    """Something that befalls a request."""

    @property
    def name(self) -> str:
        """How reports call it."""
        ...

    async def befall(self, sent: SentRequest, request: httpx2.Request, answer: Answer) -> httpx2.Response:
        """Give the spoiled answer, or raise what httpx2 would; ``answer`` gives the good one."""
        ...


@dataclass(frozen=True)
class TimeoutBeforeSend:
    """No connection in time; the venue has seen nothing."""

    name: str = "timeout before send"

    async def befall(self, sent: SentRequest, request: httpx2.Request, answer: Answer) -> httpx2.Response:
        sent.delivered = False
        raise httpx2.ConnectTimeout("the connection took too long", request=request)


@dataclass(frozen=True)
class TimeoutAfterSend:
    """The request went out whole; no answer came in time."""

    name: str = "timeout after send"

    async def befall(self, sent: SentRequest, request: httpx2.Request, answer: Answer) -> httpx2.Response:
        raise httpx2.ReadTimeout("the answer took too long", request=request)


@dataclass(frozen=True)
class ConnectionRefused:
    """Nobody listens; the venue has seen nothing."""

    name: str = "connection refused"

    async def befall(self, sent: SentRequest, request: httpx2.Request, answer: Answer) -> httpx2.Response:
        sent.delivered = False
        raise httpx2.ConnectError("connection refused", request=request)


@dataclass(frozen=True)
class Status:
    """An answer with a status of failure."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b'{"error": "the venue says no"}'

    @property
    def name(self) -> str:
        return f"status {self.status}{' with a hint' if self.headers else ''}"

    async def befall(self, sent: SentRequest, request: httpx2.Request, answer: Answer) -> httpx2.Response:
        headers = {"content-type": "application/json", **self.headers}
        return httpx2.Response(self.status, headers=headers, content=self.body, request=request)


@dataclass(frozen=True)
class HtmlBody:
    """Status 200 and a page for people, as proxies send."""

    name: str = "HTML with status 200"

    async def befall(self, sent: SentRequest, request: httpx2.Request, answer: Answer) -> httpx2.Response:
        page = "<!doctype html><html><body><h1>Please wait</h1></body></html>"
        return httpx2.Response(200, headers={"content-type": "text/html"}, text=page, request=request)


@dataclass(frozen=True)
class EmptyBody:
    """Status 200 and nothing."""

    name: str = "empty body"

    async def befall(self, sent: SentRequest, request: httpx2.Request, answer: Answer) -> httpx2.Response:
        return httpx2.Response(
            200, headers={"content-type": "application/json"}, content=b"", request=request
        )


class _Spoiled:
    """The good answer, changed."""

    async def befall(self, sent: SentRequest, request: httpx2.Request, answer: Answer) -> httpx2.Response:
        good = await answer(sent, request)
        body = await good.aread()
        headers = {"content-type": "application/json"}
        return httpx2.Response(good.status_code, headers=headers, content=self._spoil(body), request=request)

    def _spoil(self, body: bytes) -> bytes:
        raise AssertionError("every spoiled answer says how")


@dataclass(frozen=True)
class TruncatedJson(_Spoiled):
    """The connection ended in the middle of the body."""

    name: str = "truncated JSON"

    def _spoil(self, body: bytes) -> bytes:
        return body[: max(1, len(body) // 2)]


_OBJECT_START: Final = re.compile(rb'"(?:[^"\\]|\\.)*"|:\s*\{|\{(?=\s*")')
"""Strings and inner objects, which are passed over, or the brace of a row or of the whole answer."""
_NEW_FIELD: Final = b'{"pmi_new_field": {"nested": [1, "2", null]}, '


def _load(body: bytes) -> Any:
    return json.loads(body)


@dataclass(frozen=True)
class UnknownField(_Spoiled):
    """The venue adds a field to the answer and to each of its rows: growth, nothing may break."""

    name: str = "unknown field added"

    def _spoil(self, body: bytes) -> bytes:
        # Text surgery keeps every digit of every number as it was.
        return _OBJECT_START.sub(lambda found: _NEW_FIELD if found[0] == b"{" else found[0], body)


@dataclass(frozen=True)
class RequiredFieldsMissing(_Spoiled):
    """An answer of the right outer shape without its fields: ``{}`` or ``[{}]``."""

    name: str = "required field missing"

    def _spoil(self, body: bytes) -> bytes:
        return b"[{}]" if isinstance(_load(body), list) else b"{}"


@dataclass(frozen=True)
class NullValues(_Spoiled):
    """Every outer value is null."""

    name: str = "null where a value is expected"

    def _spoil(self, body: bytes) -> bytes:
        good = _load(body)
        spoiled = dict.fromkeys(good) if isinstance(good, dict) else [None]
        return json.dumps(spoiled).encode()


STANDARD: Final[tuple[Misfortune, ...]] = (
    TimeoutBeforeSend(),
    TimeoutAfterSend(),
    ConnectionRefused(),
    Status(429, {"retry-after": "7"}),
    Status(429),
    Status(500),
    Status(503),
    HtmlBody(),
    TruncatedJson(),
    EmptyBody(),
    UnknownField(),
    RequiredFieldsMissing(),
    NullValues(),
)
"""The misfortunes that every provider must survive in good order."""
