"""Whoever sees, hears or types: no finding by axe, nothing beyond the edge of a phone."""

from __future__ import annotations

from importlib.resources import files

import pytest

from pmi_core.desk import BatchDraft
from pmi_mcp.approvals.enrolment import Enrolment

pytestmark = pytest.mark.anyio

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
SCREENS = {
    f"{name}-{scheme}": {**screen, "color_scheme": scheme, "bypass_csp": True}
    for name, screen in (("phone", PHONE), ("desktop", DESKTOP))
    for scheme in ("light", "dark")
}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def axe():
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


async def findings(tab, axe):
    await tab.evaluate(axe)
    told = await tab.evaluate("(tags) => axe.run({runOnly: tags})", TAGS)
    assert len(told["passes"]) >= 15, "axe looked at the page"
    wider = await tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
    return [
        (one["id"], [node["target"] for node in one["nodes"]], one["nodes"][0]["failureSummary"])
        for one in told["violations"]
    ]


@pytest.mark.parametrize("screen", SCREENS)
async def test_an_order_can_be_read_and_decided_by_everybody(stage, open_tab, axe, screen):
    async with stage("both") as opened:
        _, address = await opened.waiting()
        tab = await open_tab(address, **SCREENS[screen])
        await tab.click("summary")
        assert await findings(tab, axe) == []


@pytest.mark.parametrize("screen", ["phone-light", "desktop-dark"])
async def test_so_can_every_other_page(stage, open_tab, axe, order, screen):
    async with stage("live") as opened:
        orders = (order(), order(outcome="no", price="0.70"), order(action="sell"))
        preview = await opened.preview(BatchDraft(orders=orders, intent="x"))
        tab = await open_tab(await opened.page.address(preview.code), **SCREENS[screen])
        for summary in await tab.query_selector_all("summary"):
            await summary.click()
        await tab.wait_for_selector("#approve:enabled")
        assert "Look twice" in await tab.inner_text("main")
        assert await findings(tab, axe) == []
        await tab.click("#approve")
        await tab.wait_for_selector("#fate:not([data-path])")
        assert await tab.inner_text("h1") == "Sent"
        assert await findings(tab, axe) == []


async def test_so_can_enrolling(stage, open_tab, axe):
    async with stage() as opened, Enrolment(opened.desk, "laptop", "me") as enrolment:
        tab = await open_tab(enrolment.address, **SCREENS["phone-light"])
        assert await findings(tab, axe) == []
