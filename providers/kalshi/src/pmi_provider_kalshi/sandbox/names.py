"""Ids as the exchange shows them for the counted ids of the engine, and back."""

from __future__ import annotations

from hashlib import sha256

from pmi_provider_kalshi.sandbox.noise import uuid_of

__all__ = ["HOUSE", "MEMBER", "Names", "account_of", "place_of"]

MEMBER = "member"
HOUSE = "house"


def account_of(subaccount: int, shard: int) -> str:
    """The engine's account for a member's money on one shard."""
    return f"{MEMBER}.{subaccount}.{shard}"


def place_of(account: str) -> tuple[int, int] | None:
    """Subaccount and shard of a member's account; None for the house's."""
    owner, _, rest = account.partition(".")
    if owner != MEMBER:
        return None
    subaccount, _, shard = rest.partition(".")
    return int(subaccount), int(shard)


class Names:
    """Public ids under a seed; two sandboxes of one seed call the same things alike."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._public: dict[str, str] = {}
        self._engine: dict[str, str] = {}

    def of(self, engine_id: str) -> str:
        """The public id of an order, trade, group, request or quote."""
        found = self._public.get(engine_id)
        if found is None:
            found = self._public[engine_id] = uuid_of(self._seed, "id", engine_id)
            self._engine[found] = engine_id
        return found

    def back(self, public: str) -> str:
        """The engine's id; a text that names nothing for an id that was never given out."""
        return self._engine.get(public, "")

    def user_of(self, account: str) -> str:
        """The user behind an account."""
        owner = account.split(".", maxsplit=1)[0]
        return uuid_of(self._seed, "user", owner)

    def alias_of(self, account: str) -> str:
        """The name under which an account speaks in communications."""
        return sha256(f"{self._seed}.{account.split('.', maxsplit=1)[0]}".encode()).hexdigest()

    def market_of(self, ticker: str) -> str:
        """The id of a market beside its ticker."""
        return uuid_of("market", ticker)
