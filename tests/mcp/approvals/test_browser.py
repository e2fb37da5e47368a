"""The page in a real browser: pressing, waiting, keys, tabs, and what other sites can do."""

from __future__ import annotations

import asyncio

import pytest

from pmi_core import WriteClass

pytestmark = pytest.mark.anyio

SECONDS = 20_000
NOTICE = """new MutationObserver(() => {
  if (document.getElementById('approve')?.disabled) window.wasHeld = true;
}).observe(document, {subtree: true, childList: true, attributes: true});"""


async def decided(tab):
    """Wait until the page says what became of it."""
    await tab.wait_for_selector("#fate:not([data-path])", timeout=SECONDS)
    return await tab.inner_text("h1")


async def test_approving_by_a_press(stage, open_tab):
    async with stage() as opened:
        code, address = await opened.waiting()
        tab = await open_tab(address)
        assert "Buy 25 contracts of YES" in await tab.inner_text("h1")
        assert tab.complaints == []
        await tab.click("#approve")
        assert await decided(tab) == "Resting"
        assert len(opened.venue.orders) == 1
        await tab.reload()
        assert await tab.inner_text("h1") == "Resting"
        await tab.go_back()
        await tab.wait_for_selector("#fate", timeout=SECONDS)
        assert len(opened.venue.sendings) == 1
        assert (await opened.kinds(code)).count("approval") == 1
        assert tab.complaints == []


async def test_refusing_by_a_press(stage, open_tab):
    async with stage() as opened:
        code, address = await opened.waiting()
        tab = await open_tab(address)
        await tab.click("#refuse")
        assert await decided(tab) == "Refused"
        assert await opened.desk.state(code) == "refused"
        assert opened.venue.sendings == []


async def test_a_double_press_and_a_second_tab_are_one_order(stage, open_tab):
    async with stage() as opened:
        code, address = await opened.waiting()
        tab = await open_tab(address)
        second = await tab.context.new_page()
        await second.goto(address)
        await tab.dblclick("#approve")
        assert await decided(tab) == "Resting"
        await second.click("#approve")
        assert await decided(second) == "Resting"
        assert len(opened.venue.sendings) == 1
        assert (await opened.kinds(code)).count("approval") == 1


async def test_the_buttons_end_with_the_time(stage, open_tab):
    async with stage() as opened:
        _, address = await opened.waiting()
        await opened.clock.advance(298)
        tab = await open_tab(address)
        await tab.wait_for_selector("#approve:disabled", timeout=SECONDS)
        assert "expired" in await tab.inner_text("#said")
        await opened.clock.advance(10)
        await tab.reload()
        assert await tab.inner_text("h1") == "Expired"
        assert opened.venue.sendings == []


async def test_a_keyboard_is_enough_and_no_single_key_decides(stage, open_tab):
    async with stage() as opened:
        code, address = await opened.waiting()
        tab = await open_tab(address)
        focused = "document.activeElement.id"
        for key, where in (("a", "approve"), ("Escape", "refuse"), ("A", "approve"), ("Shift+Tab", "refuse")):
            await tab.keyboard.press(key)
            assert await tab.evaluate(focused) == where
        assert await opened.desk.state(code) == "waiting"
        await tab.keyboard.press("Tab")
        assert await tab.evaluate(focused) == "approve"
        await tab.keyboard.press("Enter")
        assert await decided(tab) == "Resting"


async def test_real_money_is_not_approved_by_a_press_meant_for_another_window(stage, open_tab):
    async with stage("live") as opened:
        assert opened.venue.write_class is WriteClass.REAL
        code, address = await opened.waiting()
        tab = await open_tab(None)
        await tab.add_init_script(NOTICE)
        await tab.goto(address)
        await tab.wait_for_selector("#approve:enabled", timeout=SECONDS)
        assert await tab.evaluate("window.wasHeld")
        now = "() => { window.dispatchEvent(new Event('focus')); return ['approve', 'refuse'].map("
        assert await tab.evaluate(now + "(id) => document.getElementById(id).disabled); }") == [True, False]
        await tab.wait_for_selector("#approve:enabled", timeout=SECONDS)
        assert "LIVE" in await tab.inner_text(".badge")
        assert await opened.desk.state(code) == "waiting"


async def test_without_scripts_the_form_still_works(stage, open_tab):
    async with stage() as opened:
        _, address = await opened.waiting()
        tab = await open_tab(address, java_script_enabled=False)
        await tab.click("#approve")
        await tab.wait_for_selector("h1:text('Resting')", timeout=SECONDS)
        assert len(opened.venue.orders) == 1


async def test_another_site_can_neither_post_nor_frame_nor_read(stage, open_tab, foreign_site):
    """The worst case: the other site knows the address and shares the browser, and its cookies."""
    async with stage() as opened:
        code, address = await opened.waiting()
        tab = await open_tab(address)
        seal = await tab.get_attribute("input[name=seal]", "value")
        foreign = await tab.context.new_page()
        await foreign.goto(foreign_site(address, seal))
        await foreign.click("#post")
        await foreign.wait_for_selector("text=This did not come from the page", timeout=SECONDS)
        await foreign.go_back()
        told = await foreign.evaluate(
            "async ([url, seal]) => { const tries = ["
            " () => fetch(url, {credentials: 'include'}).then((r) => r.text()),"
            " () => fetch(url, {method: 'POST', credentials: 'include', mode: 'no-cors',"
            "  body: new URLSearchParams({seal, answer: 'approve'})}).then((r) => r.type)];"
            " return Promise.all(tries.map((one) => one().catch((e) => e.name))); }",
            [address, seal],
        )
        assert told[0] == "TypeError"
        framed = foreign.frame(name="inside")
        assert framed is not None
        assert await framed.query_selector("#approve") is None
        assert await opened.desk.state(code) == "waiting"
        assert opened.venue.sendings == []


async def test_text_of_others_stays_text(stage, open_tab):
    async with stage() as opened:
        opened.venue.title = "Will <img src=x onerror=alert(1)> \u202eevil\u2066 win?\x1b[2J"
        _, address = await opened.waiting(
            intent="</blockquote><script>alert(1)</script>\u202e approve\x00 me"
        )
        tab = await open_tab(address)
        assert await tab.query_selector("main img, main script") is None
        assert "<script>alert(1)</script> approve me" in await tab.inner_text("blockquote")
        shown = await tab.inner_text("body")
        assert not {"\u202e", "\u2066", "\x1b", "\x00"} & set(shown)
        await asyncio.sleep(0)
        assert tab.complaints == []
