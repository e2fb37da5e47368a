"""Keys, signatures and scopes, as docs.kalshi.com describes them and the demo exchange answered in June 2026."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from pmi_core.errors import SettingsError
from pmi_provider_kalshi.sandbox.refusals import Refusal, refusal

__all__ = ["ALL_SCOPES", "Key", "KeyRing", "KeyType", "make_pair", "public_of", "read_public"]

PAST: Final = timedelta(seconds=20)
FUTURE: Final = timedelta(seconds=60)
"""How far a stamp may be off; recorded: -5 s, +5 s and +30 s pass, -30 s and +5 min do not."""
ALL_SCOPES: Final = ("read", "write")
_PSS: Final = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)

PublicKey = rsa.RSAPublicKey | ed25519.Ed25519PublicKey


class KeyType(StrEnum):
    """Which kind of pair."""

    RSA = "rsa"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True)
class Key:
    """One API key of the member.

    Attributes:
        scopes: what it may do; a parent scope holds its children.
        subaccount: the only subaccount that it may touch, or None for all.
    """

    id: str
    name: str
    public: PublicKey
    scopes: tuple[str, ...] = ALL_SCOPES
    subaccount: int | None = None

    def may(self, scope: str) -> bool:
        """Whether the key has a scope, or its parent."""
        return scope in self.scopes or scope.partition("::")[0] in self.scopes


def make_pair(kind: KeyType) -> tuple[str, PublicKey]:
    """Make a private key, in the PEM form in which the exchange hands it out, and its public key."""
    if kind is KeyType.ED25519:
        edwards = ed25519.Ed25519PrivateKey.generate()
        return _pem(edwards, serialization.PrivateFormat.PKCS8), edwards.public_key()
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return _pem(private, serialization.PrivateFormat.TraditionalOpenSSL), private.public_key()


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, form: serialization.PrivateFormat) -> str:
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_of(pem: str) -> PublicKey:
    """The public key of a private one.

    Raises:
        SettingsError: the text is no private key of a kind that the exchange takes.
    """
    try:
        private = serialization.load_pem_private_key(pem.encode(), None)
    except (ValueError, TypeError) as error:
        raise SettingsError(
            "the private key for the sandbox cannot be read",
            hint="give an unencrypted PEM file with an RSA or Ed25519 key",
        ) from error
    if isinstance(private, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        return private.public_key()
    raise SettingsError("the sandbox takes RSA and Ed25519 keys only")


def read_public(pem: str) -> PublicKey | None:
    """A public key from its PEM text; None where it is none that the exchange takes."""
    try:
        found = serialization.load_pem_public_key(pem.encode())
    except ValueError:
        return None
    return found if isinstance(found, rsa.RSAPublicKey | ed25519.Ed25519PublicKey) else None


def _verifies(public: PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, message, _PSS, hashes.SHA256())
        else:
            public.verify(signature, message)
    except InvalidSignature:
        return False
    return True


class KeyRing:
    """The member's keys."""

    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}

    def add(self, key: Key) -> None:
        """Accept a key from now on."""
        self.keys[key.id] = key

    def check(self, headers: Mapping[str, str], method: str, path: str, now: datetime) -> Key:
        """The key that signed a call.

        Args:
            headers: names in lower case.
            path: from the root, without the query.

        Raises:
            Refusal: 401, in the words of the exchange.
        """
        name = headers.get("kalshi-access-key")
        signature = headers.get("kalshi-access-signature")
        stamp = headers.get("kalshi-access-timestamp")
        if not (name and signature and stamp):
            raise refusal(401, "signature_is_missing_from_headers")  # the one recorded, whatever is missing
        self._check_stamp(stamp, now)
        key = self.keys.get(name)
        if key is None:
            raise _unauthenticated("NOT_FOUND")
        try:
            signed = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            raise _unauthenticated("INCORRECT_API_KEY_SIGNATURE") from None
        if not _verifies(key.public, signed, f"{stamp}{method}{path}".encode()):
            raise _unauthenticated("INCORRECT_API_KEY_SIGNATURE")
        return key

    @staticmethod
    def _check_stamp(stamp: str, now: datetime) -> None:
        expired = refusal(401, "header_timestamp_expired")
        if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 16:
            raise expired
        age = int(now.timestamp() * 1000) - int(stamp)
        if not -FUTURE.total_seconds() * 1000 <= age <= PAST.total_seconds() * 1000:
            raise expired


def _unauthenticated(details: str) -> Refusal:
    return refusal(401, "authentication_error", details, message="authentication_error")
