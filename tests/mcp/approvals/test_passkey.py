"""A passkey approves exactly one order, once, with a person there, and nothing else does it for it."""

from __future__ import annotations

import importlib.util
import json
import os
import stat
import sys
from pathlib import Path

import pytest

from pmi_core.desk import ApprovalChannel
from pmi_core.errors import NotFound, OrderRefused, PluginError, RequestError, SettingsError
from pmi_mcp.approvals.ceremony import Ceremony, challenge_of
from pmi_mcp.approvals.enrolment import Enrolment
from pmi_mcp.approvals.passkeys import Passkey, Passkeys

pytestmark = pytest.mark.anyio

_spec = importlib.util.spec_from_file_location("page_virtual", Path(__file__).with_name("virtual.py"))
virtual = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(virtual)
PRESENT, VERIFIED = virtual.PRESENT, virtual.VERIFIED


@pytest.fixture
def soft():
    return virtual.SoftKey()


def passkeys(opened):
    return Passkeys(opened.desk.registry.config.data_dir)


def enrol(opened, soft, name="test"):
    """Put a key into the file, as an enrolment does."""
    ceremony = Ceremony("http://localhost:1")
    options, state = ceremony.begin_enrolment(name, ())
    made = ceremony.end_enrolment(state, soft.create(options, "http://localhost:1"), name, opened.clock.now())
    passkeys(opened).add(made)
    return made


async def asked(visitor):
    """What the page has a passkey sign."""
    seal = await visitor.seal()
    answer = await visitor.send("/challenge", {"seal": seal})
    assert answer.status_code == 200, answer.text
    return seal, answer.json()["options"]


async def test_a_signature_approves_and_is_written_down(stage, visit, soft):
    async with stage("passkey") as opened:
        enrol(opened, soft)
        code, address = await opened.waiting()
        visitor = visit(address)
        shown = (await visitor.look()).text
        assert 'id="passkey"' in shown
        assert 'value="approve"' not in shown
        seal, options = await asked(visitor)
        assert options["userVerification"] == "required"
        given = soft.get(options, visitor.origin)
        assert (await visitor.send("/passkey", {"seal": seal, "credential": given})).status_code == 200
        assert (await opened.desk.outcome(code, timeout=5)).orders[0].order is not None
        (approval,) = [e.body async for e in opened.desk.entries(subject=code) if e.kind == "approval"]
        assert (approval["channel"], approval["by"]) == ("passkey", "passkey test")
        (kept,) = passkeys(opened).all()
        assert kept.counter == 1
        assert kept.used is not None


async def test_answers_that_do_not_count(stage, visit, soft):
    """One stage, one misfortune after the other: nothing is approved by any."""
    async with stage("passkey") as opened:
        enrol(opened, soft)
        code, address = await opened.waiting()
        _, other = await opened.waiting(size="3")
        visitor, elsewhere = visit(address), visit(other)
        stranger = virtual.SoftKey()

        async def refused(credential, words, *, seal):
            answer = await visitor.send("/passkey", {"seal": seal, "credential": credential})
            assert answer.status_code == 403, answer.text
            assert words in answer.json()["said"]
            assert await opened.desk.state(code) == "waiting"

        origin = visitor.origin
        seal, options = await asked(visitor)
        await refused(soft.get(options, origin, flags=VERIFIED), "Present flag", seal=seal)
        await refused(soft.get(options, origin), "its answer was used", seal=seal)  # asked once
        seal, options = await asked(visitor)
        await refused(soft.get(options, origin, flags=PRESENT), "user verification", seal=seal)
        seal, options = await asked(visitor)
        await refused(soft.get(options, "http://localhost:1"), "invalid origin", seal=seal)
        seal, options = await asked(visitor)
        await refused(soft.get(options, origin, kind="create"), "incorrect type", seal=seal)
        seal, options = await asked(visitor)
        await refused(stranger.get(options, origin), "unknown credential", seal=seal)
        seal, options = await asked(visitor)
        broken = soft.get(options, origin)
        broken["response"]["signature"] = stranger.get(options, origin)["response"]["signature"]
        await refused(broken, "invalid signature", seal=seal)
        _, for_other = await asked(elsewhere)
        seal, _ = await asked(visitor)
        await refused(soft.get(for_other, origin), "wrong challenge", seal=seal)
        for junk in ({}, {"id": 1}, {"response": None}, {"rawId": "!", "response": {}}):
            seal, _ = await asked(visitor)
            await refused(junk, "does not count", seal=seal)
        assert opened.venue.sendings == []


async def test_an_answer_is_good_once(stage, visit, soft):
    async with stage("passkey") as opened:
        enrol(opened, soft)
        code, address = await opened.waiting()
        visitor = visit(address)
        seal, options = await asked(visitor)
        given = {"seal": seal, "credential": soft.get(options, visitor.origin)}
        assert (await visitor.send("/passkey", given)).status_code == 200
        assert (await visitor.send("/passkey", given)).status_code == 403
        await opened.desk.outcome(code, timeout=5)
        assert len(opened.venue.sendings) == 1


async def test_a_copied_key_is_noticed(stage, visit, soft):
    async with stage("passkey") as opened:
        soft.counter = 7
        enrol(opened, soft)
        code, address = await opened.waiting()
        visitor = visit(address)
        seal, options = await asked(visitor)
        body = {"seal": seal, "credential": soft.get(options, visitor.origin, count=False)}
        answer = await visitor.send("/passkey", body)
        assert answer.status_code == 403
        assert "copy" in answer.json()["said"]
        assert await opened.desk.state(code) == "waiting"


async def test_a_key_that_does_not_count_is_no_copy(stage, visit, soft):
    async with stage("passkey") as opened:
        enrol(opened, soft)
        for _ in range(2):
            _, address = await opened.waiting()
            visitor = visit(address)
            seal, options = await asked(visitor)
            given = soft.get(options, visitor.origin, count=False)
            assert (await visitor.send("/passkey", {"seal": seal, "credential": given})).status_code == 200


async def test_a_removed_key_approves_nothing(stage, visit, soft):
    async with stage("passkey") as opened:
        enrol(opened, soft)
        code, address = await opened.waiting()
        visitor = visit(address)
        seal, options = await asked(visitor)
        passkeys(opened).remove("test")
        given = soft.get(options, visitor.origin)
        assert (await visitor.send("/passkey", {"seal": seal, "credential": given})).status_code == 403
        answer = await visitor.send("/challenge", {"seal": seal})
        assert answer.status_code == 503
        assert "pmi passkey add" in answer.json()["said"]
        assert await opened.desk.state(code) == "waiting"


async def test_a_passkey_without_its_seal_is_nothing(stage, visit, soft):
    async with stage("passkey") as opened:
        enrol(opened, soft)
        _, address = await opened.waiting()
        visitor = visit(address)
        await visitor.look()
        assert (await visitor.send("/challenge", {"seal": "x"})).status_code == 403
        assert (await visitor.send("/passkey", {"seal": "x"})).status_code == 403
        assert (await visitor.send("/passkey", {})).status_code == 403


async def test_the_button_stays_beside_the_passkey_where_both_may(stage, visit, soft):
    async with stage("both") as opened:
        enrol(opened, soft)
        code, address = await opened.waiting()
        visitor = visit(address)
        shown = (await visitor.look()).text
        assert 'id="passkey"' in shown
        assert "without the passkey" in shown
        assert (await visitor.say("approve")).status_code == 303
        await opened.desk.outcome(code, timeout=5)


async def test_without_the_library_the_page_says_what_to_install(stage, visit, monkeypatch):
    monkeypatch.setitem(sys.modules, "fido2", None)
    monkeypatch.setitem(sys.modules, "fido2.server", None)
    monkeypatch.setattr("pmi_mcp.approvals.ceremony.find_spec", lambda name: None)
    async with stage("passkey") as opened:
        code, address = await opened.waiting()
        visitor = visit(address)
        shown = (await visitor.look()).text
        assert "pip install &#39;pmi-mcp[passkey]&#39;" in shown
        assert (await visitor.say("approve")).status_code == 403
        answer = await visitor.send("/challenge", {"seal": await visitor.seal()})
        assert "pmi-mcp[passkey]" in answer.json()["said"]
        assert await opened.desk.state(code) == "waiting"
        with pytest.raises(PluginError, match="fido2"):
            async with Enrolment(opened.desk, "a", "somebody"):
                pass


def test_a_challenge_is_for_one_order_and_one_use():
    one, again, other = challenge_of("a" * 64), challenge_of("a" * 64), challenge_of("b" * 64)
    assert one[:32] == again[:32] != other[:32]
    assert len({one, again, other}) == 3
    assert len(one) == 48


# --------------------------------------------------------------------------------- enrolment


async def test_enrolling_wants_the_code_of_the_terminal(stage, visit, soft):
    async with stage("passkey") as opened, Enrolment(opened.desk, "laptop", "me") as enrolment:
        visitor = visit(enrolment.address)
        shown = (await visitor.look()).text
        assert "laptop" in shown
        assert enrolment.code not in shown
        seal = await visitor.seal()
        wrong = await visitor.send("/begin", {"seal": seal, "code": "AAAA-AAAA"})
        assert wrong.status_code == 403
        assert (await visitor.send("/begin", {"seal": "x", "code": enrolment.code})).status_code == 403
        foreign = {**visitor.headers, "Origin": "http://evil.example"}
        body = {"seal": seal, "code": enrolment.code}
        assert (await visitor.send("/begin", body, foreign)).status_code == 403
        begun = await visitor.send("/begin", {"seal": seal, "code": enrolment.code.lower().replace("-", " ")})
        options = begun.json()["options"]
        assert options["authenticatorSelection"]["userVerification"] == "required"
        unseen = soft.create(options, visitor.origin, flags=PRESENT)
        assert (await visitor.send("/end", {"seal": seal, "credential": unseen})).status_code == 409
        options = (await visitor.send("/begin", body)).json()["options"]
        given = {"seal": seal, "credential": soft.create(options, visitor.origin)}
        assert (await visitor.send("/end", given)).status_code == 200
        assert (await visitor.send("/end", given)).status_code == 403
        assert (await enrolment.wait()).name == "laptop"
        assert [one.name for one in passkeys(opened).all()] == ["laptop"]
        (entry,) = [e async for e in opened.desk.entries() if e.kind == "passkey"]
        assert entry.body == {"what": "added", "name": "laptop", "by": "me"}
        with pytest.raises(RequestError, match="laptop"):
            async with Enrolment(opened.desk, "laptop", "me"):
                pass


async def test_guessing_the_code_ends_the_enrolment(stage, visit):
    async with stage("passkey") as opened, Enrolment(opened.desk, "laptop", "me") as enrolment:
        visitor = visit(enrolment.address)
        seal = await visitor.seal()
        for _ in range(5):
            assert (await visitor.send("/begin", {"seal": seal, "code": "AAAA-AAAA"})).status_code == 403
        assert (await visitor.send("/begin", {"seal": seal, "code": enrolment.code})).status_code == 409
        with pytest.raises(OrderRefused, match="too often"):
            await enrolment.wait()
        assert passkeys(opened).all() == ()


async def test_an_enrolment_page_belongs_to_one_browser(stage, visit):
    async with stage("passkey") as opened, Enrolment(opened.desk, "laptop", "me") as enrolment:
        await visit(enrolment.address).look()
        assert (await visit(enrolment.address).look()).status_code == 403
        assert (await visit(enrolment.address + "x").look()).status_code == 404


# --------------------------------------------------------------------------------- the file


def key(name="a", **changes):
    values = {
        "name": name,
        "id": f"id-{name}",
        "key": "a2V5",
        "counter": 0,
        "added": "2026-01-05T15:00:00+00:00",
    }
    return Passkey(**{**values, **changes})


def test_the_file_is_its_owners_alone(tmp_path):
    kept = Passkeys(tmp_path / "home")
    assert kept.all() == ()
    kept.add(key())
    kept.add(key("b"))
    assert [one.name for one in kept.all()] == ["a", "b"]
    if os.name == "posix":
        assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
        kept.path.chmod(0o644)
        with pytest.raises(SettingsError, match="chmod 600"):
            kept.all()


def test_keys_have_their_own_names(tmp_path):
    kept = Passkeys(tmp_path)
    kept.add(key())
    for twin in (key(id="other"), key("other", id="id-a")):
        with pytest.raises(RequestError, match="enrolled already"):
            kept.add(twin)
    with pytest.raises(NotFound, match="enrolled: a"):
        kept.remove("b")
    assert kept.remove("a").name == "a"
    assert kept.all() == ()


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 2}', '{"version": 1, "passkeys": [{"name": 1}]}']
)
def test_a_file_that_was_not_written_here_is_an_error(tmp_path, text):
    kept = Passkeys(tmp_path)
    kept.path.write_text(text)
    kept.path.chmod(0o600)
    with pytest.raises(SettingsError, match="pmi passkey add"):
        kept.all()


def test_only_the_public_half_is_kept(tmp_path, soft):
    from datetime import UTC, datetime

    ceremony = Ceremony("http://localhost:1")
    options, state = ceremony.begin_enrolment("a", ())
    made = ceremony.end_enrolment(
        state, soft.create(options, "http://localhost:1"), "a", datetime(2026, 1, 5, tzinfo=UTC)
    )
    Passkeys(tmp_path).add(made)
    written = json.loads((tmp_path / "passkeys.json").read_text())
    assert set(written["passkeys"][0]) == {"name", "id", "key", "counter", "added", "used"}
    secret = soft.private.private_numbers().private_value
    assert f"{secret:x}" not in str(written)


async def test_a_yes_by_passkey_is_refused_where_only_the_page_may(stage):
    async with stage("terminal") as opened:
        code = (await opened.preview()).code
        for channel in (ApprovalChannel.PASSKEY, ApprovalChannel.PAGE):
            with pytest.raises(OrderRefused, match="not approved by"):
                await opened.desk.approve(code, channel, "x")
