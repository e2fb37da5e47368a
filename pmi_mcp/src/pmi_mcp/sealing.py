"""The key of this machine's servers: it seals questions to a person and makes tokens nobody can guess."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from pmi_core.settings import private_folder

if TYPE_CHECKING:
    from pmi_core.desk import Preview

__all__ = ["Seal", "read_key"]

_log = logging.getLogger(__name__)

_NAME = "server.key"
_BYTES = 32


def read_key(folder: Path) -> bytes:
    """The key that servers over one data folder share, made by the first of them.

    With it a question that was asked before a restart can be answered after it; what it approves is used
    up once all the same.  A folder that cannot be written to gives a key for this process alone.
    """
    path = folder / "desk" / _NAME
    try:
        return _whole(path)
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        _log.warning("the key %s cannot be used, so open questions end with this process: %s", path, error)
        return secrets.token_bytes(_BYTES)
    draft = path.with_name(f"{_NAME}.{secrets.token_hex(4)}")
    try:
        private_folder(path.parent)
        with open(draft, "xb", opener=_closed) as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails where another server was faster, whose key then counts
        except FileExistsError:
            pass
        finally:
            draft.unlink(missing_ok=True)
        return _whole(path)
    except (OSError, ValueError) as error:
        _log.warning("no key can be kept in %s, so open questions end with this process: %s", folder, error)
        return secrets.token_bytes(_BYTES)


class Seal:
    """Makes and checks tokens: each is good for exactly one preview."""

    def __init__(self, key: bytes) -> None:
        self.key = key

    def token(self, preview: Preview) -> str:
        """The token of a preview; it follows from the digest, so from the whole order and its account."""
        told = f"token\n{preview.code}\n{preview.digest}".encode()
        return hmac.new(self.key, told, hashlib.sha256).hexdigest()[:32]

    def matches(self, preview: Preview, token: str) -> bool:
        """Whether that is the token of the preview."""
        return hmac.compare_digest(self.token(preview).encode(), token.strip().encode("utf-8", "replace"))


def _closed(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _whole(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise ValueError("it does not hold a key")
    return key
