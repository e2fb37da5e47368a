"""What every request must prove before it is looked at, and what every answer carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "Guard"]

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # `no-referrer` would make a browser send `Origin: null` with the page's own form.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Permissions-Policy": (
        "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), "
        "geolocation=(), payment=(), usb=()"
    ),
}
_BODY: Final = 65_536


class Guard:
    """Lets pass what comes from the page itself, or from a person who opens its address.

    A foreign ``Host`` gets 421, so that no name of somebody else leads here; a post from elsewhere, and
    anything but a page that would be shown inside another one, gets 403; a large body gets 413.

    Args:
        app: what is guarded.
        origin: of the page, such as ``http://localhost:8123``.
    """

    def __init__(self, app: ASGIApp, origin: str) -> None:
        self._app = app
        self._origin = origin
        self._host = origin.removeprefix("http://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in _NAMES]
                message = {**message, "headers": [*kept, *_PAIRS]}
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            status, said = refusal
            await PlainTextResponse(f"{said}\n", status)(scope, receive, sealed)
            return
        await self._app(scope, _bounded(receive), sealed)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        if headers.get("host") != [self._host]:
            return 421, "This is not the name of this page."
        if scope["method"] == "POST":
            return self._post_refusal(headers)
        if scope["method"] != "GET":
            return 405, "That is not done here."
        shown = headers.get("sec-fetch-dest", ["document"])
        elsewhere = headers.get("sec-fetch-site", ["none"]) not in (["same-origin"], ["none"])
        if shown[0] in _INSIDE or (elsewhere and shown != ["document"]):
            return 403, "This page is not shown inside another one."
        return None

    def _post_refusal(self, headers: dict[str, list[str]]) -> tuple[int, str] | None:
        if headers.get("origin") != [self._origin] or headers.get("sec-fetch-site") != ["same-origin"]:
            return 403, "This did not come from the page."
        length = headers.get("content-length", ["0"])[0]
        if not length.isdigit() or int(length) > _BODY:
            return 413, "That is too much."
        return None


_INSIDE: Final = frozenset({"iframe", "frame", "embed", "object"})
_PAIRS: Final = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
_NAMES: Final = frozenset(name for name, _ in _PAIRS)


def _bounded(receive: Receive) -> Receive:
    """The request's body up to what any form of the page can need; the rest is as if never sent."""
    left = _BODY

    async def read() -> Message:
        nonlocal left
        message = await receive()
        if message["type"] == "http.request":
            body = message.get("body", b"")
            left -= len(body)
            if left < 0:
                return {"type": "http.disconnect"}
        return message

    return read
