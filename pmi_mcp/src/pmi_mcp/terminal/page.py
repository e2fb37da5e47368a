"""The approval page, opened from the terminal for what is not decided there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pmi_core.desk import Desk, Preview
    from pmi_mcp.terminal.screen import Screen

__all__ = ["approved_on_page", "may_use_page"]

_PAUSE = 0.3


def may_use_page(preview: Preview) -> bool:
    """Whether the page may approve it, with a passkey or without."""
    from pmi_core.desk import ApprovalChannel

    return bool({ApprovalChannel.PAGE, ApprovalChannel.PASSKEY} & preview.approve_with)


async def approved_on_page(desk: Desk, screen: Screen, preview: Preview) -> bool:
    """Serve the page of one draft, open it, and wait for the person; False for no, or for too late.

    Raises:
        OrderRefused: the page may not approve it, or cannot be shown to anybody.
    """
    from pmi_core.desk import TicketState
    from pmi_core.errors import OrderRefused
    from pmi_mcp.approvals import ApprovalPage
    from pmi_mcp.terminal import person

    if not may_use_page(preview):
        raise OrderRefused(
            f"an order at {preview.venue} is not approved on the page",
            hint=f"`pmi approve {preview.code}`, or change approve_with under [policy]",
            venue=preview.venue,
            code="channel",
        )
    async with ApprovalPage(desk) as page:
        if not await page.present(preview.code):
            if not person.is_there():
                raise OrderRefused(
                    "no browser opens here", hint="run this in a terminal on the machine where you sit"
                )
            # To the person's terminal alone: whoever reads the address can open the page.
            screen.note(f"open {await page.address(preview.code)}")
        with screen.working(f"{preview.code} waits until {preview.expires_at:%H:%M:%S} UTC"):
            while (state := await desk.state(preview.code)) is TicketState.WAITING:
                if desk.registry.clock.now() >= preview.expires_at:
                    return False
                await asyncio.sleep(_PAUSE)
    return state in (TicketState.APPROVED, TicketState.USED)
