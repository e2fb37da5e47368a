"""Where the policy wants the page, the terminal opens it, waits for it, and sends."""

from __future__ import annotations

import asyncio

import pytest

from pmi_core import Registry
from pmi_core.desk import ApprovalChannel, Desk
from pmi_mcp.terminal.exits import Exit


async def decide(practice, code, *, yes):
    """Do what the page does when the person presses a button."""
    registry = Registry.load(config_path=practice.config, environ={"PMI_HOME": str(practice.home)})
    async with registry, Desk(registry) as desk:
        if yes:
            await desk.approve(code, ApprovalChannel.PAGE, "the page")
        else:
            await desk.refuse(code, ApprovalChannel.PAGE, "the page", "no")


@pytest.mark.parametrize("yes", [True, False], ids=["approved", "refused"])
def test_an_order_is_decided_on_the_page_that_the_terminal_opens(practice, typist, yes):
    practice.configure(policy='approve_with = { paper = "page" }', toml="[approvals]\nopen_browser = false")
    ref = f"{practice.market()}#yes"
    seen = []

    def watch(said):
        if "open http://localhost:" in said and not seen:
            (waiting,) = practice.run("approvals", "--json").document["items"]
            seen.append(waiting["code"])
            asyncio.run(decide(practice, waiting["code"], yes=yes))

    command = [practice.program, "order", ref, "--buy", "3", "--limit", "0.01"]
    status, said = typist.type_at_terminal(command, practice.environ, watch)
    assert seen, said
    assert "this is approved by page, not in a terminal" in said
    if yes:
        assert status == Exit.OK, said
        assert [order["status"] for order in practice.orders()] == ["open"]
    else:
        assert status == Exit.REFUSED
        assert "nothing was sent" in said
        assert practice.orders() == []
