"""Proof of who asks: three headers over time, method and path.

Signed is the text ``milliseconds + METHOD + path``, nothing in between, the path from the root of
the host and without its query (docs.kalshi.com, API keys; recorded traffic of 2026-06).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from pmi_core.transport.signing import Unsigned
from pmi_provider_kalshi.keys import Key, KeyKind, read_key, read_key_file
from pmi_provider_kalshi.settings import KalshiSettings

__all__ = ["KalshiSigner", "signer_of"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class KalshiSigner:
    """Signs requests, and the handshake of a live connection; prints nothing of its key."""

    def __init__(self, key_id: str, key: Key) -> None:
        self._key_id = key_id
        self._key = key

    def __repr__(self) -> str:
        return f"KalshiSigner({self._key.kind.value})"

    @property
    def blocking(self) -> bool:
        """Whether signing would hold the loop up: an RSA signature takes long enough, Ed25519 does not."""
        return self._key.kind is KeyKind.RSA

    def sign(self, request: Unsigned) -> Mapping[str, str]:
        """The three headers for a request, stamped with its moment."""
        stamp = str((request.now - _EPOCH) // _MILLISECOND)
        signature = self._key.sign(f"{stamp}{request.method.upper()}{request.path}".encode())
        return {
            "KALSHI-ACCESS-KEY": self._key_id,
            "KALSHI-ACCESS-TIMESTAMP": stamp,
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(signature).decode("ascii"),
        }


def signer_of(settings: KalshiSettings) -> KalshiSigner | None:
    """The signer that the settings describe; None where they hold no key.

    Raises:
        SettingsError: the key cannot be read or cannot sign.
    """
    if settings.api_key_id is None:
        return None
    if settings.private_key is not None:
        key = read_key(settings.private_key.get_secret_value())
    else:
        assert settings.private_key_path is not None  # the settings' own rule
        key = read_key_file(settings.private_key_path)
    return KalshiSigner(settings.api_key_id, key)
