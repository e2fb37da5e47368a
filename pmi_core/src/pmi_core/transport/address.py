"""The full address of a call, which prints itself without secrets."""

from __future__ import annotations

import httpx2

from pmi_core.errors import RequestError
from pmi_core.transport.question import Question

__all__ = ["QuietURL", "address"]


class QuietURL(httpx2.URL):
    """An address with a secret in its query; the network library's own log lines print ``str(url)``."""

    shown: str

    def __str__(self) -> str:
        return self.shown

    def __repr__(self) -> str:
        return f"QuietURL({self.shown!r})"


def address(base: str, question: Question) -> httpx2.URL:
    """Join the base address, the path and the query of a call.

    Raises:
        RequestError: the network library refuses the address.
    """
    bare = base + question.path
    try:
        if question.query == question.shown_query:
            return httpx2.URL(f"{bare}?{question.query}" if question.query else bare)
        quiet = QuietURL(f"{bare}?{question.query}")
    except httpx2.InvalidURL as error:
        raise RequestError(f"{question.path[:80]!r} cannot be part of an address ({error})") from None
    quiet.shown = f"{bare}?{question.shown_query}"
    return quiet
