"""A passkey made of software, for answers that no honest one would give."""

from __future__ import annotations

import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


class SoftKey:
    """Signs whatever it is asked to, as it is told to."""

    def __init__(self, rp="localhost"):
        self.rp = hashlib.sha256(rp.encode()).digest()
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.counter = 0

    def _said(self, kind, challenge, origin):
        told = {"type": f"webauthn.{kind}", "challenge": challenge, "origin": origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def create(self, options, origin, *, flags=PRESENT | VERIFIED):
        made = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.private.public_key())
        )
        data = AuthenticatorData.create(self.rp, flags | WITH_KEY, self.counter, made)
        said = self._said("create", options["challenge"], origin)
        attested = AttestationObject.create("none", data, {})
        answer = {
            "clientDataJSON": websafe_encode(said),
            "attestationObject": websafe_encode(bytes(attested)),
        }
        return self._credential(answer)

    def get(self, options, origin, *, flags=PRESENT | VERIFIED, count=True, kind="get"):
        self.counter += count
        data = AuthenticatorData.create(self.rp, flags, self.counter)
        said = self._said(kind, options["challenge"], origin)
        signed = bytes(data) + hashlib.sha256(said).digest()
        answer = {
            "clientDataJSON": websafe_encode(said),
            "authenticatorData": websafe_encode(bytes(data)),
            "signature": websafe_encode(self.private.sign(signed, ec.ECDSA(hashes.SHA256()))),
        }
        return self._credential(answer)

    def _credential(self, answer):
        name = websafe_encode(self.id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": answer,
        }
