"""Who is let in, and in which words the others are sent away."""

from __future__ import annotations

import pytest

from pmi_core.errors import SettingsError
from pmi_provider_kalshi.sandbox import Sandbox
from pmi_provider_kalshi.sandbox.keys import KeyType, make_pair

pytestmark = pytest.mark.anyio
BALANCE = "/portfolio/balance"
FULL = f"/trade-api/v2{BALANCE}"


async def refused(caller, headers):
    answer = await caller.http.get(caller.sandbox.rest_url + BALANCE, headers=headers)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("kind", list(KeyType))
async def test_both_kinds_of_keys_sign(serve, kind):
    async with serve(key_type=kind) as caller:
        assert (await caller.ask("GET", BALANCE)).status_code == 200
        assert caller.sandbox.key_path.stat().st_mode & 0o077 == 0
    assert not caller.sandbox.key_path.exists(), "a key that was made goes with the sandbox"


@pytest.mark.parametrize("kind", list(KeyType))
async def test_a_given_key_is_taken(serve, tmp_path, kind):
    pem, _ = make_pair(kind)
    path = tmp_path / "own.pem"
    path.write_text(pem, "utf-8")
    async with serve(private_key_path=path) as caller:
        assert caller.sandbox.announcement["private_key_path"] == str(path)
        assert (await caller.ask("GET", BALANCE)).status_code == 200
    assert path.exists()


@pytest.mark.parametrize(
    "content", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
async def test_a_key_that_is_none_is_said(tmp_path, content):
    path = tmp_path / "broken.pem"
    path.write_text(content, "utf-8")
    with pytest.raises(SettingsError, match="cannot be read"):
        async with Sandbox(private_key_path=path):
            pass
    with pytest.raises(SettingsError, match="cannot be read"):
        async with Sandbox(private_key_path=tmp_path / "missing.pem"):
            pass


@pytest.mark.parametrize("seconds, passes", [(-5, True), (5, True), (30, True), (-30, False), (300, False)])
async def test_stamps_may_be_a_little_off(caller, seconds, passes):
    headers = caller.headers("GET", FULL, skew=seconds * 1000)
    status, _ = await refused(caller, headers)
    assert (status == 200) is passes


async def test_refusals_are_those_recorded(caller, recorded):
    good = caller.headers("GET", FULL)
    name, signature = "KALSHI-ACCESS-KEY", "KALSHI-ACCESS-SIGNATURE"
    cases = {
        "auth__bad_signature": good | {signature: caller.headers("GET", "/other")[signature]},
        "auth__unknown_key_id": good | {name: "00000000-0000-0000-0000-000000000000"},
        "auth__missing_signature_header": {key: value for key, value in good.items() if key != signature},
        "auth__skew_minus30s": caller.headers("GET", FULL, skew=-30_000),
        "auth__skew_plus5min": caller.headers("GET", FULL, skew=300_000),
    }
    for case, headers in cases.items():
        assert await refused(caller, headers) == (recorded[case]["status"], recorded[case]["body"]), case


async def test_a_call_that_lacks_any_header_is_answered_by_the_one_body_recorded(caller, recorded):
    good = caller.headers("GET", FULL)
    told = recorded["auth__missing_signature_header"]
    for headers in ({}, *({key: value for key, value in good.items() if key != gone} for gone in good)):
        assert await refused(caller, headers) == (told["status"], told["body"]), sorted(headers)


async def test_the_query_is_not_signed(caller):
    answer = await caller.ask("GET", BALANCE, subaccount=0)
    assert answer.status_code == 200


async def test_public_calls_need_no_key(caller):
    assert (await caller.ask("GET", "/markets", signed=False)).status_code == 200
    assert (await caller.ask("GET", BALANCE, signed=False)).status_code == 401


async def test_scopes_and_subaccounts_bind(serve):
    async with serve() as caller:
        given = {"name": "reader", "key_type": "ed25519", "scopes": ["read"]}
        made = (await caller.ask("POST", "/api_keys/generate", given)).json()
        reader = type(caller)(caller.sandbox, caller.http, key=(made["api_key_id"], made["private_key"]))
        ticker = (await reader.market())["ticker"]
        assert (await reader.ask("GET", BALANCE)).status_code == 200
        assert (await reader.order(ticker)).status_code == 403
        await caller.ask("POST", "/portfolio/subaccounts", {})
        given = {"name": "locked", "key_type": "ed25519", "subaccount": 1}
        made = (await caller.ask("POST", "/api_keys/generate", given)).json()
        locked = type(caller)(caller.sandbox, caller.http, key=(made["api_key_id"], made["private_key"]))
        own = await locked.get(BALANCE)
        assert own["balance"] == 0
        assert "balance_breakdown" not in own
        assert (await locked.ask("GET", BALANCE, subaccount=0)).status_code == 403
