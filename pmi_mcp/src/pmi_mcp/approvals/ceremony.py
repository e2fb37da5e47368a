"""What a browser and a passkey do together, and what is believed of it; needs ``pmi-mcp[passkey]``."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pmi_core.errors import OrderRefused, PluginError, RequestError
from pmi_mcp.approvals.passkeys import Passkey

if TYPE_CHECKING:
    from fido2.server import Fido2Server
    from fido2.webauthn import AttestedCredentialData

__all__ = ["INSTALL", "Ceremony", "available", "challenge_of"]

INSTALL = "pip install 'pmi-mcp[passkey]'"
_RANDOM = 16


def available() -> bool:
    """Whether the library for passkeys is installed."""
    return find_spec("fido2") is not None


def challenge_of(digest: str) -> bytes:
    """A challenge for one order and one use: the SHA-256 of its full digest, then random bytes."""
    return hashlib.sha256(digest.encode()).digest() + secrets.token_bytes(_RANDOM)


class Ceremony:
    """Enrolling and asking passkeys on a page of one origin.

    The browser's own word on the origin must be exactly this one: another server on this machine, which
    has the same name ``localhost``, cannot have a key sign for it.

    Args:
        origin: of the page.

    Raises:
        PluginError: the library for passkeys is not installed.
    """

    def __init__(self, origin: str) -> None:
        try:
            from fido2.server import Fido2Server
            from fido2.webauthn import PublicKeyCredentialRpEntity
        except ModuleNotFoundError:
            raise PluginError(
                "passkeys need the library fido2, which is not installed",
                hint=f"install the extra: {INSTALL}",
            ) from None
        entity = PublicKeyCredentialRpEntity(id="localhost", name="pmi")
        self._server: Fido2Server = Fido2Server(entity, verify_origin=lambda said: said == origin)

    def begin_enrolment(self, name: str, known: Sequence[Passkey]) -> tuple[dict[str, Any], Any]:
        """What the browser needs to make a new key, and what is kept until it answers."""
        from fido2.webauthn import PublicKeyCredentialUserEntity, UserVerificationRequirement

        options, state = self._server.register_begin(
            PublicKeyCredentialUserEntity(id=secrets.token_bytes(16), name=name, display_name=name),
            credentials=[_credential(one) for one in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return dict(options.public_key), state

    def end_enrolment(self, state: Any, answer: Mapping[str, Any], name: str, now: datetime) -> Passkey:
        """The new key.

        Raises:
            RequestError: the answer is not one to what was asked, or nobody was verified.
        """
        try:
            told = self._server.register_complete(state, answer)
            made = told.credential_data
            assert made is not None
        except (ValueError, TypeError, KeyError, AttributeError, AssertionError) as error:
            raise RequestError(
                f"the new passkey is not accepted: {_reason(error)}", hint="begin again: pmi passkey add"
            ) from None
        return Passkey(
            name=name,
            id=_text(made.credential_id),
            key=_text(bytes(made)),
            counter=told.counter,
            added=now.isoformat(timespec="seconds"),
        )

    def begin_approval(self, digest: str, known: Sequence[Passkey]) -> tuple[dict[str, Any], Any]:
        """What the browser needs to have a key sign for one order, and what is kept until it answers."""
        from fido2.webauthn import UserVerificationRequirement

        options, state = self._server.authenticate_begin(
            [_credential(one) for one in known],
            user_verification=UserVerificationRequirement.REQUIRED,
            challenge=challenge_of(digest),
        )
        return dict(options.public_key), state

    def end_approval(
        self, state: Any, answer: Mapping[str, Any], digest: str, known: Sequence[Passkey]
    ) -> tuple[Passkey, int]:
        """The key that signed for exactly this order, and how often it has signed.

        Raises:
            OrderRefused: the answer is for another order, was used, nobody was verified, the key is not
                known, or it counts as if there were a copy of it.
        """
        from fido2.utils import websafe_decode
        from fido2.webauthn import AuthenticationResponse

        bound = hashlib.sha256(digest.encode()).digest()
        try:
            asked = websafe_decode(state["challenge"])
            response = AuthenticationResponse.from_dict(answer)
            signer = self._server.authenticate_complete(state, [_credential(one) for one in known], response)
            counter = response.response.authenticator_data.counter
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _refused(_reason(error)) from None
        if not hmac.compare_digest(asked[: len(bound)], bound):
            raise _refused("it is for another order")
        passkey = next(one for one in known if one.id == _text(signer.credential_id))
        if (counter or passkey.counter) and counter <= passkey.counter:
            raise _refused("the key counts as if there were a copy of it")
        return passkey, counter


def _credential(passkey: Passkey) -> AttestedCredentialData:
    from fido2.utils import websafe_decode
    from fido2.webauthn import AttestedCredentialData

    return AttestedCredentialData(websafe_decode(passkey.key))


def _text(data: bytes) -> str:
    from fido2.utils import websafe_encode

    return websafe_encode(data)


def _reason(error: BaseException) -> str:
    """The library's own sentence, or none where it is about Python."""
    said = str(error).rstrip(".")
    told = isinstance(error, ValueError) and len(said) < 120 and said.isascii()
    return said[:1].lower() + said[1:] if told and said else "it cannot be read"


def _refused(reason: str) -> OrderRefused:
    return OrderRefused(
        f"the passkey's answer does not count: {reason}",
        hint="open the page anew and try again; nothing was approved",
        code="passkey",
    )
