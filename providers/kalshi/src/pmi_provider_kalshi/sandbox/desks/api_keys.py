"""API keys: listed, made, brought along, taken back."""

from __future__ import annotations

from typing import Any, Final

from pmi_provider_kalshi.sandbox.call import Answer, Body, Call
from pmi_provider_kalshi.sandbox.keys import ALL_SCOPES, Key, KeyType, make_pair, read_public
from pmi_provider_kalshi.sandbox.noise import uuid_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import invalid, missing
from pmi_provider_kalshi.sandbox.routes import Route, get, write

__all__ = ["ApiKeysDesk"]

_SCOPES: Final = (
    "read",
    "write",
    "read::block_trade_accept",
    "read::portfolio_balance",
    "write::trade",
    "write::transfer",
    "write::fcm_risk",
    "write::block_trade_accept",
)


class ApiKeysDesk:
    """The member's keys."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._made = 0

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        base = "/api_keys"
        return (
            get(base, "GetApiKeys", self.listing, scope="read"),
            write("POST", base, "CreateApiKey", self.bring, scope="write", struct="CreateApiKeyRequest"),
            write(
                "POST",
                f"{base}/generate",
                "GenerateApiKey",
                self.generate,
                scope="write",
                struct="GenerateApiKeyRequest",
            ),
            write("DELETE", f"{base}/{{api_key}}", "DeleteApiKey", self.delete, scope="write"),
        )

    def listing(self, call: Call) -> Answer:
        """Every key, without its secrets."""
        rows: list[dict[str, Any]] = []
        for key in self._office.ring.keys.values():
            row: dict[str, Any] = {"api_key_id": key.id, "name": key.name, "scopes": list(key.scopes)}
            if key.subaccount is not None:
                row["subaccount"] = key.subaccount
            rows.append(row)
        return Answer(200, {"api_keys": rows})

    def _new(self, body: Body, public: Any) -> Key:
        scopes = tuple(body.texts("scopes")) or ALL_SCOPES
        if not set(scopes) <= set(_SCOPES):
            raise invalid("unknown scope")
        if any(scope.startswith("write") for scope in scopes) and "read" not in scopes:
            raise invalid("write scopes need the read scope")
        self._made += 1
        name = uuid_of(self._office.floor.plan.seed, "key", self._made)
        key = Key(name, body.needed("name"), public, scopes, body.number("subaccount"))
        self._office.ring.add(key)
        return key

    def bring(self, call: Call) -> Answer:
        """Accept a public key."""
        public = read_public(call.body.needed("public_key"))
        if public is None:
            raise invalid("public_key is not an RSA or Ed25519 public key in PEM form")
        return Answer(201, {"api_key_id": self._new(call.body, public).id})

    def generate(self, call: Call) -> Answer:
        """Make a pair and hand out the private half, once."""
        asked = call.body.text("key_type")
        kind = KeyType(call.body.choice("key_type", tuple(KeyType))) if asked else KeyType.RSA
        pem, public = make_pair(kind)
        key = self._new(call.body, public)
        return Answer(201, {"api_key_id": key.id, "key_type": kind.value, "private_key": pem})

    def delete(self, call: Call) -> Answer:
        """Take a key back."""
        if self._office.ring.keys.pop(call.params["api_key"], None) is None:
            raise missing()
        return Answer(204)
