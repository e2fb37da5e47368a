"""Private keys of API users: from PEM text to something that signs.

RSA keys sign with PSS over SHA-256, the salt as long as the digest; Ed25519 keys sign the bytes as
they are (docs.kalshi.com, API keys; official SDK 3.34.0, ``auth.py``).  The venue hands out RSA keys
in the form PKCS#1 and Ed25519 keys in PKCS#8; either form of either is read.  No message here holds
a piece of a key.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from pmi_core.errors import SettingsError

__all__ = ["Key", "KeyKind", "read_key", "read_key_file"]

_BLOCK: Final = re.compile(
    r"-----BEGIN (?P<label>[A-Z0-9 ]+)-----(?P<body>.*?)(?:-----END (?P<end>[A-Z0-9 ]+)-----|\Z)", re.DOTALL
)
_PRIVATE: Final = frozenset({"PRIVATE KEY", "RSA PRIVATE KEY"})
_LARGEST: Final = 64 * 1024
_FEWEST_BITS: Final = 2048
_CREATE: Final = "create a key at the venue and give the PEM text that it shows once"
_OTHER_KINDS: Final = {
    "PUBLIC KEY": "the public half of a key",
    "RSA PUBLIC KEY": "the public half of a key",
    "CERTIFICATE": "a certificate",
    "CERTIFICATE REQUEST": "a request for a certificate",
    "EC PRIVATE KEY": "a key on an elliptic curve that the venue does not take",
    "DSA PRIVATE KEY": "a DSA key, which the venue does not take",
}


class KeyKind(StrEnum):
    """By which algorithm a key signs."""

    RSA = "rsa"
    ED25519 = "ed25519"


@dataclass(frozen=True, slots=True)
class Key:
    """A private key that can only sign; it prints its kind and nothing else."""

    kind: KeyKind
    sign: Callable[[bytes], bytes] = field(repr=False, compare=False)
    """Signs bytes; for RSA it takes a third of a millisecond and more."""


def read_key_file(path: Path) -> Key:
    """Read a private key from a PEM file.

    Raises:
        SettingsError: the file cannot be read, or holds no key that can sign for the venue.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise SettingsError(f"private_key_path: {path} cannot be read: {error.strerror}") from None
    return read_key(data.decode("utf-8", errors="replace"), setting="private_key_path")


def read_key(text: str, *, setting: str = "private_key") -> Key:
    r"""Read a private key from PEM text; line breaks may be ``\n`` in two characters, or missing.

    Raises:
        SettingsError: the text holds no key that can sign for the venue; the message names the
            setting and what is wrong.
    """
    if len(text) > _LARGEST:
        raise _wrong(setting, "is longer than any private key", _CREATE)
    found = _BLOCK.search(text.replace("\\r", "").replace("\\n", "\n"))
    if found is None:
        raise _wrong(setting, "is no PEM text: nothing begins with -----BEGIN", _CREATE)
    label, body = found["label"], found["body"]
    if "ENCRYPTED" in label or "ENCRYPTED" in body:
        raise _wrong(
            setting,
            "is protected by a passphrase",
            "write it without one: openssl pkey -in KEY.pem -out OPEN.pem; chmod 600 OPEN.pem",
        )
    if label == "OPENSSH PRIVATE KEY":
        raise _wrong(
            setting, "is in the form of OpenSSH", "rewrite a copy of it: ssh-keygen -p -m PKCS8 -f KEY"
        )
    if label not in _PRIVATE:
        raise _wrong(setting, f"is {_OTHER_KINDS.get(label, 'no private key')}, not a private key", _CREATE)
    if found["end"] != label:
        raise _wrong(setting, "breaks off before its last line", "copy it again, with its END line")
    return _load(_pem(setting, label, body), setting)


def _pem(setting: str, label: str, body: str) -> bytes:
    inner = "".join(body.split())
    try:
        raw = base64.b64decode(inner, validate=True)
    except (binascii.Error, ValueError):
        raise _wrong(
            setting, "is garbled or breaks off between its first and last line", "copy it again"
        ) from None
    wrapped = base64.encodebytes(raw).decode("ascii").replace("\n", "")
    lines = [wrapped[at : at + 64] for at in range(0, len(wrapped), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""]).encode("ascii")


def _load(pem: bytes, setting: str) -> Key:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _wrong(
            setting, "is garbled or breaks off between its first and last line", "copy it again"
        ) from None
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return Key(KeyKind.ED25519, key.sign)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _wrong(setting, "is neither an RSA key nor an Ed25519 key", _CREATE)
    if key.key_size < _FEWEST_BITS:
        raise _wrong(setting, f"is an RSA key of {key.key_size} bits, fewer than {_FEWEST_BITS}", _CREATE)
    digest = hashes.SHA256()
    salted = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
    rsa_key = key
    return Key(KeyKind.RSA, lambda message: rsa_key.sign(message, salted, digest))


def _wrong(setting: str, said: str, hint: str) -> SettingsError:
    return SettingsError(f"{setting}: the key {said}", hint=hint)
