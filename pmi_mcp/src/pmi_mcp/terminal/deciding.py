"""From a preview to its outcome: a person decides, then it is sent once and told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmi_core.errors import UncertainError
from pmi_mcp.terminal.exits import Exit

if TYPE_CHECKING:
    from pmi_core.desk import Desk, Preview
    from pmi_mcp.terminal.screen import Screen

__all__ = ["decide_now", "deliver", "typed_yes"]


async def decide_now(
    desk: Desk,
    screen: Screen,
    preview: Preview,
    *,
    kind: str,
    dry_run: bool,
    yes: bool,
) -> Exit:
    """Show a fresh preview, let a person decide where one is there, send it and tell what became of it.

    Args:
        desk: where it was previewed.
        screen: where to.
        preview: what would happen.
        kind: of the JSON document.
        dry_run: stop after the preview, and let nobody approve it any more.
        yes: approve by handing the code back, where the policy lets that be enough.
    """
    from pmi_core.desk import ApprovalChannel
    from pmi_mcp.terminal import person
    from pmi_mcp.terminal.preview import show_preview

    if not screen.as_json:
        show_preview(screen, preview)
    if dry_run:
        await desk.refuse(preview.code, ApprovalChannel.TERMINAL, person.name(), "a preview only")
        _stopped(screen, preview, kind, "previewed")
        return Exit.OK
    if yes:
        await desk.approve(preview.code, ApprovalChannel.TOKEN, person.name())
        return await deliver(desk, screen, preview, kind=kind)
    if screen.as_json or not person.is_there():
        _waiting(screen, preview, kind)
        return Exit.WAITING
    if ApprovalChannel.TERMINAL not in preview.approve_with:
        return await _on_the_page(desk, screen, preview, kind=kind)
    agreed = False
    try:
        agreed = await typed_yes(desk, screen, preview)
    finally:  # also when interrupted: nothing is left that waits
        if not agreed:
            said = "not approved when asked"
            await desk.refuse(preview.code, ApprovalChannel.TERMINAL, person.name(), said)
    if not agreed:
        screen.note("nothing was sent")
        return Exit.REFUSED
    await desk.approve(preview.code, ApprovalChannel.TERMINAL, person.name())
    return await deliver(desk, screen, preview, kind=kind)


async def typed_yes(desk: Desk, screen: Screen, preview: Preview) -> bool:
    """Ask the person at the terminal to type the amount; a slip of it is no."""
    from pmi_mcp.terminal import person
    from pmi_mcp.terminal.preview import amount_of, is_amount

    amount, meaning = amount_of(preview)
    real = "REAL MONEY. " if preview.write_class == "real" else ""
    question = f"{real}Type {amount} ({meaning}) to approve, Enter to leave it: "
    answer = await person.ask(question, _seconds_left(desk, preview))
    if answer is None or not answer:
        return False
    if not is_amount(answer, amount):
        screen.note(f"{answer[:40]!r} is not {amount}")
        return False
    return True


async def deliver(desk: Desk, screen: Screen, preview: Preview, *, kind: str) -> Exit:
    """See that what was approved is sent, by whichever process, and tell what became of it."""
    from pmi_mcp.terminal.outcome import exit_of, show_sent

    patience = _seconds_left(desk, preview) + 2 * desk.settings.answer_seconds
    with screen.working("sending"):
        sent = await desk.deliver(preview.code, timeout=patience)
    if sent is None:
        raise UncertainError(
            f"{preview.code} is approved, and the process that made it has not sent it yet",
            hint=f"`pmi audit show {preview.code}` tells what becomes of it",
            venue=preview.venue,
        )
    if screen.as_json:
        screen.document(
            kind,
            state="sent",
            preview=preview.model_dump(mode="json"),
            sent=sent.model_dump(mode="json"),
        )
    else:
        show_sent(screen, sent)
    return exit_of(sent)


async def _on_the_page(desk: Desk, screen: Screen, preview: Preview, *, kind: str) -> Exit:
    """Open the page for what a terminal may not approve, and wait for it."""
    from pmi_mcp.terminal.page import approved_on_page, may_use_page

    if not may_use_page(preview):
        _waiting(screen, preview, kind)
        return Exit.WAITING
    ways = " or ".join(sorted(preview.approve_with))
    screen.note(f"this is approved by {ways}, not in a terminal; the page opens in your browser")
    if not await approved_on_page(desk, screen, preview):
        screen.note("nothing was sent")
        return Exit.REFUSED
    return await deliver(desk, screen, preview, kind=kind)


def _waiting(screen: Screen, preview: Preview, kind: str) -> None:
    """Say that it waits, and who can decide it how."""
    from pmi_core.desk import ApprovalChannel

    if screen.as_json:
        _stopped(screen, preview, kind, "waiting")
        return
    hints = []
    if ApprovalChannel.TERMINAL in preview.approve_with:
        hints.append(f"`pmi approve {preview.code}` in a terminal")
    if {ApprovalChannel.PAGE, ApprovalChannel.PASSKEY} & preview.approve_with:
        hints.append(f"`pmi approvals --open {preview.code}`")
    ways = (
        " or ".join(hints) or f"nothing but {', '.join(sorted(preview.approve_with)) or 'a change of policy'}"
    )
    screen.note(f"nothing was sent yet: it waits until {preview.expires_at:%H:%M:%S} UTC for {ways}")


def _stopped(screen: Screen, preview: Preview, kind: str, state: str) -> None:
    if screen.as_json:
        screen.document(kind, state=state, preview=preview.model_dump(mode="json"), sent=None)
    elif state == "previewed":
        screen.note("a preview only; nothing can be sent under this code")


def _seconds_left(desk: Desk, preview: Preview) -> float:
    return max(0.0, (preview.expires_at - desk.registry.clock.now()).total_seconds())
