"""A request that a program sent, as the venue's side of the network saw it."""

from __future__ import annotations

from dataclasses import dataclass

import httpx2

__all__ = ["SentRequest"]


@dataclass(slots=True, kw_only=True)
class SentRequest:
    """One request as it went out."""

    method: str
    host: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: httpx2.Headers
    body: bytes
    delivered: bool = True
    """False where a misfortune struck before anything reached the venue."""

    @property
    def writes(self) -> bool:
        """Whether it is of a kind that changes something."""
        return self.method not in ("GET", "HEAD", "OPTIONS")

    def __str__(self) -> str:
        shown = "&".join(f"{name}={value}" for name, value in sorted(self.query))
        return f"{self.method} {self.path}{'?' if shown else ''}{shown}"
