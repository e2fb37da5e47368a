"""A person's yes and no, handed to the desk, and the sending that follows a yes."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from pmi_core.errors import OrderRefused, PmiError, SettingsError
from pmi_core.settings import ApprovalChannel
from pmi_mcp.approvals.ceremony import Ceremony
from pmi_mcp.approvals.passkeys import Passkeys

if TYPE_CHECKING:
    from pmi_core.clock import Clock
    from pmi_core.desk import Desk, Preview

__all__ = ["Decisions"]

_log = logging.getLogger(__name__)
_BY = "approval page"


class Decisions:
    """Says yes and no, each at most once a draft: the desk sees to that."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._passkeys = Passkeys(desk.registry.config.data_dir)
        self._sending: set[asyncio.Task[None]] = set()

    def known_keys(self) -> int:
        """How many passkeys are enrolled."""
        return len(self._passkeys.all())

    async def approve(self, code: str, channel: ApprovalChannel, by: str = _BY) -> None:
        """Approve, and have it sent.

        Raises:
            OrderRefused: it is decided or expired, or that channel may not approve it.
        """
        await self._desk.approve(code, channel, by)
        preview = await self._desk.shown(code)
        left = (preview.expires_at - self._clock.now()).total_seconds()
        task = asyncio.create_task(self._deliver(code, max(left, 0.0)), name=f"deliver {code}")
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def refuse(self, code: str) -> None:
        """Refuse.

        Raises:
            OrderRefused: it is decided already.
        """
        await self._desk.refuse(code, ApprovalChannel.PAGE, _BY)

    def challenge(self, origin: str, preview: Preview) -> tuple[dict[str, Any], Any]:
        """What a passkey is asked to sign for a draft, and what is kept until it has.

        Raises:
            PluginError: the library for passkeys is not installed.
            SettingsError: no passkey is enrolled.
        """
        asked = Ceremony(origin)
        known = self._passkeys.all()
        if not known:
            raise SettingsError("no passkey is enrolled", hint="in a terminal: pmi passkey add")
        return asked.begin_approval(preview.digest, known)

    async def approve_signed(
        self, origin: str, preview: Preview, state: Any, credential: dict[str, Any]
    ) -> None:
        """Approve by a passkey's answer.

        Raises:
            OrderRefused: the answer does not count, or the draft cannot be approved any more.
        """
        passkey, counter = Ceremony(origin).end_approval(
            state, credential, preview.digest, self._passkeys.all()
        )
        self._passkeys.note_use(passkey, counter, self._clock.now().isoformat(timespec="seconds"))
        await self.approve(preview.code, ApprovalChannel.PASSKEY, f"passkey {passkey.name}")

    async def aclose(self) -> None:
        """Stop waiting; what is on its way to a venue goes on until it is answered."""
        for task in self._sending:
            task.cancel()
        if self._sending:
            await asyncio.wait(self._sending)

    async def _deliver(self, code: str, seconds: float) -> None:
        try:
            await self._desk.deliver(code, timeout=seconds)
        except OrderRefused as error:
            _log.info("%s was not sent: %s", code, error.message)
        except PmiError as error:
            _log.warning("%s is not sent yet: %s", code, error.message)
