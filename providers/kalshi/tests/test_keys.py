"""Private keys, in every form in which people have them, and every way in which they are wrong."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

from pmi_core.errors import SettingsError
from pmi_provider_kalshi.keys import KeyKind, read_key, read_key_file

PEM, PKCS1, PKCS8 = (
    serialization.Encoding.PEM,
    serialization.PrivateFormat.TraditionalOpenSSL,
    serialization.PrivateFormat.PKCS8,
)
OPEN = serialization.NoEncryption()


def text_of(key, form=PKCS8, protection=OPEN):
    return key.private_bytes(PEM, form, protection).decode()


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def ed_key():
    return ed25519.Ed25519PrivateKey.generate()


def verify(public, signature, message):
    if isinstance(public, rsa.RSAPublicKey):
        salted = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
        public.verify(signature, message, salted, hashes.SHA256())
    else:
        public.verify(signature, message)


FORMS = {
    "as it is": lambda text: text,
    "with line breaks written out": lambda text: text.replace("\n", "\\n"),
    "with carriage returns": lambda text: text.replace("\n", "\r\n"),
    "on one line": lambda text: text.replace("\n", " "),
    "without any break": lambda text: text.replace("\n", ""),
    "in quotes, indented": lambda text: '"' + text.replace("\n", "\n   ") + '"',
    "behind a mark of byte order": lambda text: "\ufeff" + text,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("standard", [PKCS1, PKCS8])
def test_rsa_keys_are_read_in_every_form(rsa_key, standard, form):
    key = read_key(FORMS[form](text_of(rsa_key, standard)))
    assert key.kind is KeyKind.RSA
    verify(rsa_key.public_key(), key.sign(b"words"), b"words")


@pytest.mark.parametrize("form", FORMS)
def test_ed25519_keys_are_read_in_every_form(ed_key, form):
    key = read_key(FORMS[form](text_of(ed_key)))
    assert key.kind is KeyKind.ED25519
    verify(ed_key.public_key(), key.sign(b"words"), b"words")


def wrong_keys(rsa_key, ed_key):
    plain = text_of(rsa_key, PKCS1)
    secret = serialization.BestAvailableEncryption(b"word")
    short = base64.b64encode(b"short").decode()
    lines = plain.splitlines()
    public = rsa_key.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    ssh = text_of(ed_key, serialization.PrivateFormat.OpenSSH)
    return {
        "nothing": ("", "no PEM text"),
        "an id": ("2a0e3fc9-b593-4aa3-96e5-82f7f7566c2a", "no PEM text"),
        "passphrase": (text_of(rsa_key, PKCS8, secret), "passphrase"),
        "old passphrase": (text_of(rsa_key, PKCS1, secret), "passphrase"),
        "no end": ("\n".join(lines[:-1]), "breaks off"),
        "no end, short": ("\n".join(lines[:5]), "breaks off"),
        "hole": ("\n".join(lines[:5] + lines[-1:]), "breaks off"),
        "other end": (plain.replace("END RSA PRIVATE KEY", "END PRIVATE KEY"), "breaks off"),
        "garbled": (plain.replace(lines[3], "!" * 64), "garbled"),
        "too little": (f"-----BEGIN PRIVATE KEY-----\n{short}\n-----END PRIVATE KEY-----", "garbled"),
        "public": (public, "public half"),
        "ssh": (ssh, "OpenSSH"),
        "curve": (text_of(ec.generate_private_key(ec.SECP256R1())), "neither"),
        "old curve": (text_of(ec.generate_private_key(ec.SECP256R1()), PKCS1), "elliptic curve"),
        "weak": (text_of(rsa.generate_private_key(65537, 1024)), "1024 bits"),
        "endless": (plain + "x" * 100_000, "longer than any"),
    }


def test_what_is_wrong_with_a_key_is_said_and_the_key_is_not(rsa_key, ed_key):
    for name, (text, said) in wrong_keys(rsa_key, ed_key).items():
        with pytest.raises(SettingsError, match=said) as refusal:
            read_key(text, setting="private_key")
        told = str(refusal.value)
        assert told.startswith("private_key: "), name
        assert refusal.value.hint, name
        pieces = [text[at : at + 12] for at in range(30, max(len(text) - 12, 30), 7)]
        assert not [
            piece for piece in pieces if piece in told and piece.strip("-= ").isalnum() and len(piece) > 11
        ], name


def test_a_file_is_read_and_named_by_its_setting(tmp_path, ed_key):
    path = tmp_path / "key.pem"
    path.write_text(text_of(ed_key))
    assert read_key_file(path).kind is KeyKind.ED25519
    path.write_text("nothing")
    with pytest.raises(SettingsError, match="private_key_path: the key is no PEM text"):
        read_key_file(path)
    with pytest.raises(SettingsError, match="private_key_path: .* cannot be read"):
        read_key_file(tmp_path / "absent.pem")


def test_a_key_prints_nothing_of_itself(ed_key):
    key = read_key(text_of(ed_key))
    assert repr(key) == "Key(kind=<KeyKind.ED25519: 'ed25519'>)"
