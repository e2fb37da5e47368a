"""Passkeys in a real browser, with an authenticator that the browser plays."""

from __future__ import annotations

import pytest

from pmi_mcp.approvals.enrolment import Enrolment

pytestmark = pytest.mark.anyio

SECONDS = 20_000


async def authenticator(tab, *, verified=True, present=True):
    """Give a tab a virtual key; its messages go to the browser."""
    talk = await tab.context.new_cdp_session(tab)
    await talk.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": present,
    }
    made = await talk.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return talk, made["authenticatorId"]


async def enrolled(opened, tab):
    """Enrol the tab's key by the page, as `pmi passkey add` does."""
    async with Enrolment(opened.desk, "laptop", "me") as enrolment:
        await tab.goto(enrolment.address)
        await tab.fill("#code", "AAAA-AAAA")
        await tab.click("button")
        await tab.wait_for_selector("#said:text('not the code')", timeout=SECONDS)
        await tab.fill("#code", enrolment.code)
        await tab.click("button")
        await tab.wait_for_selector("#said:text('is enrolled')", timeout=SECONDS)
        assert (await enrolment.wait()).name == "laptop"


async def test_enrol_then_approve_then_nothing_a_second_time(stage, open_tab):
    async with stage("passkey") as opened:
        tab = await open_tab(None)
        await authenticator(tab)
        await enrolled(opened, tab)
        code, address = await opened.waiting()
        answers = []

        async def seen(request):
            if request.url.endswith("/passkey"):
                answers.append(request.post_data_json)

        tab.on("request", seen)
        await tab.goto(address)
        assert await tab.query_selector("#approve") is None
        await tab.click("#passkey")
        await tab.wait_for_selector("#fate:not([data-path])", timeout=SECONDS)
        assert await tab.inner_text("h1") == "Resting"
        (approval,) = [e.body async for e in opened.desk.entries(subject=code) if e.kind == "approval"]
        assert (approval["channel"], approval["by"]) == ("passkey", "passkey laptop")
        # The same signature again, on its own address and on that of another order.
        other_code, other = await opened.waiting(size="3")
        second = await tab.context.new_page()
        await second.goto(other)
        seal = await second.get_attribute("input[name=seal]", "value")
        (given,) = answers
        post = (
            "([path, body]) => fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'},"
            " body: JSON.stringify(body)}).then((r) => r.status)"
        )
        begun = f"{other.rpartition('/')[2]}/challenge"
        assert await second.evaluate(post, [f"/{begun}", {"seal": seal}]) == 200
        wrong = {"seal": seal, "credential": given["credential"]}
        assert await second.evaluate(post, [f"{other}/passkey", wrong]) == 403
        assert await tab.evaluate(post, [f"{address}/passkey", given]) == 403
        assert await opened.desk.state(other_code) == "waiting"
        assert len(opened.venue.sendings) == 1
        assert [said for said in tab.complaints if "403" not in said] == []


@pytest.mark.parametrize("missing", ["verified", "present"])
async def test_without_a_person_nothing_is_approved(stage, open_tab, missing):
    async with stage("passkey") as opened:
        tab = await open_tab(None)
        talk, key = await authenticator(tab)
        await enrolled(opened, tab)
        code, address = await opened.waiting()
        await tab.goto(address)
        if missing == "verified":
            await talk.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
            await tab.click("#passkey")
            await tab.wait_for_selector("#said:text('nobody confirmed')", timeout=SECONDS)
        else:
            await talk.send(
                "WebAuthn.setAutomaticPresenceSimulation", {"authenticatorId": key, "enabled": False}
            )
            await tab.click("#passkey")
            await tab.wait_for_selector("#said:text('Confirm with your passkey')", timeout=SECONDS)
            await tab.reload()  # whoever waits for a touch gives up
        assert await opened.desk.state(code) == "waiting"
        assert opened.venue.sendings == []
        await tab.click("#refuse")
        await tab.wait_for_selector("h1:text('Refused')", timeout=SECONDS)
