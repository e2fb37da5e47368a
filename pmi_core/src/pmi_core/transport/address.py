"""Where a call goes: the host behind a base address, and the full address, which prints itself without secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

import httpx2

from pmi_core.errors import RequestError
from pmi_core.transport.question import Question

__all__ = ["Address", "Origin", "QuietURL"]

_PLAIN: Final = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*")
"""What stands on the wire as it is written; anything else is left to the network library."""
_LONGEST: Final = 60_000
_PORTS: Final = {"http": 80, "https": 443}


class QuietURL(httpx2.URL):
    """An address with a secret in its query; the network library's own log lines print ``str(url)``."""

    shown: str

    def __str__(self) -> str:
        return self.shown

    def __repr__(self) -> str:
        return f"QuietURL({self.shown!r})"


@dataclass(frozen=True, slots=True)
class Address:
    """The full address of one call."""

    bare: str
    """Without the query."""
    question: Question
    target: str = field(repr=False)
    """Path and query exactly as they stand on the wire."""

    @property
    def url(self) -> httpx2.URL:
        """The address for the network library.

        Raises:
            RequestError: the network library refuses it.
        """
        return _url(self.bare, self.question)


class Origin:
    """The host that a base address names, and how to join the base with a call."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._root = urlsplit(base).path

    @cached_property
    def url(self) -> httpx2.URL:
        """The base address for the network library."""
        return httpx2.URL(self.base)

    @property
    def tls(self) -> bool:
        """Whether the line is encrypted."""
        return self.url.scheme == "https"

    @cached_property
    def host(self) -> str:
        """The host's name as the network resolves it."""
        return self.url.raw_host.decode("ascii")

    @cached_property
    def port(self) -> int:
        """The port, the scheme's own one where none is given."""
        return self.url.port or _PORTS[self.url.scheme]

    @cached_property
    def authority(self) -> bytes:
        """Host and port as a request names them."""
        return self.url.netloc

    def address(self, question: Question) -> Address:
        """Join the base address, the path and the query of a call.

        Raises:
            RequestError: the network library refuses the address.
        """
        bare = self.base + question.path
        query = question.query
        target = f"{self._root}{question.path}{'?' if query else ''}{query}"
        if "/." in target or len(target) > _LONGEST or _PLAIN.fullmatch(target) is None:
            target = _url(bare, question).raw_path.decode("ascii")
        return Address(bare, question, target)


def _url(bare: str, question: Question) -> httpx2.URL:
    try:
        if question.query == question.shown_query:
            return httpx2.URL(f"{bare}?{question.query}" if question.query else bare)
        quiet = QuietURL(f"{bare}?{question.query}")
    except httpx2.InvalidURL as error:
        raise RequestError(f"{question.path[:80]!r} cannot be part of an address ({error})") from None
    quiet.shown = f"{bare}?{question.shown_query}"
    return quiet
