"""Addresses that nobody can guess, each for one purpose and one browser, gone after a while."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pmi_core.clock import Clock

__all__ = ["Address", "Addresses"]

_MOST = 500


@dataclass(slots=True, eq=False)
class Address:
    """One address; whoever opens it first owns it.

    Attributes:
        token: the part that nobody can guess, 256 bits.
        subject: what it is for, such as the code of a draft.
        gone: from when on it leads nowhere.
        state: what a ceremony keeps between its two steps; taken out when it is looked at.
    """

    token: str
    subject: str
    gone: datetime
    state: Any = None
    _owner: bytes | None = field(default=None, repr=False)

    def claim(self) -> str | None:
        """Make the browser that asks first the owner; give its secret, or None if there is an owner."""
        if self._owner is not None:
            return None
        secret = secrets.token_urlsafe(32)
        self._owner = _hashed(secret)
        return secret

    def belongs_to(self, secret: str | None) -> bool:
        """Whether that is the secret of the browser that opened it first."""
        return (
            secret is not None
            and self._owner is not None
            and hmac.compare_digest(self._owner, _hashed(secret))
        )

    def seal(self, secret: str) -> str:
        """What a form on this address must carry to be the form that was sent to its owner."""
        return hmac.new(secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()

    def sealed(self, secret: str, seal: str) -> bool:
        """Whether a form carries the right seal."""
        return hmac.compare_digest(self.seal(secret).encode(), seal.encode())

    def take_state(self) -> Any:
        """What was kept, once."""
        kept, self.state = self.state, None
        return kept


class Addresses:
    """The addresses of one process; nothing of them is written down."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: OrderedDict[bytes, Address] = OrderedDict()

    def issue(self, subject: str, gone: datetime) -> Address:
        """Make a new address."""
        self._forget()
        address = Address(secrets.token_urlsafe(32), subject, gone)
        self._known[_hashed(address.token)] = address
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return address

    def find(self, token: str) -> Address | None:
        """The address of a token; None tells nothing of why.

        Looked up by its hash, so that the time it takes says nothing of how near a guess was.
        """
        self._forget()
        found = self._known.get(_hashed(token))
        if found is None or not hmac.compare_digest(found.token.encode(), token.encode()):
            return None
        return found

    def _forget(self) -> None:
        now = self._clock.now()
        for name in [name for name, address in self._known.items() if address.gone <= now]:
            del self._known[name]


def _hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
