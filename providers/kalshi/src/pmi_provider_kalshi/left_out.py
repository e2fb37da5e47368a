"""What the exchange offers and this provider leaves out on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["LEFT_OUT"]

LEFT_OUT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "perpetuals": "the margin exchange is another exchange, with documents, limits and risks of its own",
        "clearing members (FCM)": "its endpoints are for firms that clear for others, not for an account",
        "making and deleting API keys": "safety: a person does that at the venue's site; a program that could "
        "make one would hold a private key that nobody gave it, and one that deletes could lock its owner out",
        "asking for a tier": "a person asks the venue for it; the account's progress can be read",
        "a standing spread of cash over shards": "safety: the venue would move cash again and again on one yes; "
        "the spread that is set can be read",
        "proposing block trades": "two members agree on them elsewhere; what was proposed can be read",
        "batches of requests for quotes": "hidden in the venue's documents",
        "prices of other places (CF Benchmarks, Pyth)": "they are not the venue's own",
    }
)
"""What, and why."""
