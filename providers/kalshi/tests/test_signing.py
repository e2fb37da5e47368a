"""What proves a request, where it goes, and what is never told of it."""

from __future__ import annotations

import base64
import logging
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from pmi_core.errors import BadKey, ClockSkew, PermissionDenied, SettingsError
from pmi_core.models import PositionQuery
from pmi_core.testing.misfortunes import Status
from pmi_core.transport.signing import Unsigned
from pmi_provider_kalshi.keys import read_key
from pmi_provider_kalshi.settings import KalshiSettings
from pmi_provider_kalshi.signing import KalshiSigner, signer_of

pytestmark = pytest.mark.anyio
PATH = "/trade-api/v2/portfolio/balance"


def public_of(pem):
    return serialization.load_pem_private_key(pem.encode(), password=None).public_key()


def test_signed_are_milliseconds_method_and_path_alone(ed25519_pem):
    signer = KalshiSigner("an-id", read_key(ed25519_pem))
    now = datetime(2026, 11, 16, 15, 0, 0, 123_987, tzinfo=UTC)
    made = signer.sign(Unsigned("get", "/trade-api/v2/portfolio/orders", "limit=5", b"body", now))
    assert made["KALSHI-ACCESS-KEY"] == "an-id"
    assert made["KALSHI-ACCESS-TIMESTAMP"] == "1794841200123"
    signature = base64.b64decode(made["KALSHI-ACCESS-SIGNATURE"], validate=True)
    public_of(ed25519_pem).verify(signature, b"1794841200123GET/trade-api/v2/portfolio/orders")


def test_rsa_signs_off_the_loop_and_ed25519_on_it(ed25519_pem):
    slow = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    assert KalshiSigner("an-id", read_key(slow.decode())).blocking
    assert not KalshiSigner("an-id", read_key(ed25519_pem)).blocking


async def test_the_account_is_signed_and_public_data_is_not(keyed, exchange, row, ed25519_pem):
    exchange.answers("/markets/A-1", {"market": row("A-1")})
    exchange.answers("/portfolio/positions", {"market_positions": []}, **{"*": "*"})
    await keyed.markets.get_market("kalshi:A-1")
    await keyed.account.list_positions(PositionQuery(limit=5))
    public, private = exchange.requests
    assert not [name for name in public.headers if name.lower().startswith("kalshi-access")]
    stamp = private.headers["KALSHI-ACCESS-TIMESTAMP"]
    signature = base64.b64decode(private.headers["KALSHI-ACCESS-SIGNATURE"])
    public_of(ed25519_pem).verify(signature, f"{stamp}GET/trade-api/v2/portfolio/positions".encode())


async def test_a_clock_that_is_wrong_is_named_with_how_wrong_it_is(keyed, exchange):
    body = b'{"error":{"code":"header_timestamp_expired","message":"header timestamp expired"}}'
    exchange.strike(Status(401, {"date": "Mon, 16 Nov 2026 15:00:40 GMT"}, body))
    with pytest.raises(ClockSkew, match="this machine's clock is 40 s behind"):
        await keyed.account.get_balance()


@pytest.mark.parametrize("details", ["INCORRECT_API_KEY_SIGNATURE", "NOT_FOUND"])
async def test_a_wrong_key_says_what_to_check(keyed, exchange, details):
    refusal = {
        "error": {"code": "authentication_error", "message": "authentication_error", "details": details}
    }
    exchange.answers("/portfolio/balance", refusal, code=401)
    with pytest.raises(BadKey, match=details) as error:
        await keyed.account.get_balance()
    assert "environment" in error.value.hint


async def test_a_missing_scope_is_named(keyed, exchange):
    exchange.answers("/portfolio/balance", {"error": {"code": "forbidden", "message": "forbidden"}}, code=403)
    with pytest.raises(PermissionDenied) as reading:
        await keyed.account.get_balance()
    assert "'read::portfolio_balance'" in reading.value.hint
    exchange.takes("DELETE", "/portfolio/events/orders/*", {"code": "forbidden"}, code=403, **{"*": "*"})
    exchange.answers("/portfolio/orders/x", {"order": order_row()})
    with pytest.raises(PermissionDenied) as writing:
        await keyed.orders.cancel_order("kalshi:x")
    assert "'write::trade'" in writing.value.hint


def order_row():
    zero = dict.fromkeys(
        ("taker_fill_cost_dollars", "maker_fill_cost_dollars", "taker_fees_dollars", "maker_fees_dollars"),
        "0.000000",
    )
    return {
        "order_id": "x",
        "ticker": "A-1",
        "outcome_side": "yes",
        "status": "resting",
        "yes_price_dollars": "0.4000",
        "no_price_dollars": "0.6000",
        "fill_count_fp": "0.00",
        "remaining_count_fp": "1.00",
        "initial_count_fp": "1.00",
        "created_time": "2026-11-16T14:00:00Z",
        **zero,
    }


async def test_the_key_is_in_no_text(open_venue, exchange, key, ed25519_pem, caplog):
    caplog.set_level(logging.DEBUG)
    exchange.tells_limits()
    exchange.answers("/portfolio/balance", {"error": {"code": "authentication_error"}}, code=401)
    async with await open_venue(**key) as venue:
        with pytest.raises(BadKey) as error:
            await venue.account.get_balance()
        texts = [caplog.text, str(error.value), repr(error.value.details()), repr(venue)]
        assert venue.info.account == "a-key-id"
    secret = ed25519_pem.splitlines()[1]
    signature = exchange.requests[-1].headers["KALSHI-ACCESS-SIGNATURE"]
    for text in texts:
        assert secret not in text
        assert signature not in text


async def test_a_key_that_cannot_sign_is_refused_when_the_venue_is_opened(open_venue, key):
    with pytest.raises(SettingsError, match="private_key: the key is no PEM text"):
        await open_venue(**{**key, "private_key": "not a key"})


async def test_a_venue_without_a_key_says_what_is_closed(open_venue):
    async with await open_venue() as venue:
        assert venue.info.account is None
        assert "api_key_id" in " ".join(venue.info.notes)
        assert venue.orders is None


def test_settings_without_a_key_have_no_signer():
    assert signer_of(KalshiSettings()) is None
