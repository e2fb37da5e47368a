"""The kill switch: a file.  Anybody may make it; only a person at a terminal takes it away."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pmi_core.clock import Clock
from pmi_core.errors import OrderRefused
from pmi_core.settings import private_folder

__all__ = ["KillSwitch", "release"]

_NAME = "KILL"


class KillSwitch:
    """Stops every order while its file is there; cancelling goes on."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.path = folder / _NAME
        self._clock = clock

    @property
    def engaged(self) -> bool:
        """Whether orders are stopped; a folder that cannot be looked into stops them too."""
        try:
            os.lstat(self.path)
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True

    @property
    def reason(self) -> str:
        """What whoever engaged it said, with the time."""
        try:
            return self.path.read_text(encoding="utf-8").strip()[:500]
        except (OSError, UnicodeDecodeError):
            return ""

    def engage(self, reason: str, by: str) -> None:
        """Stop every order of every process that shares the data folder, from now on.

        An earlier reason is kept.
        """
        private_folder(self.path.parent)
        said = " ".join(f"{self._clock.now().isoformat(timespec='seconds')} {by}: {reason}".split())
        draft = self.path.with_name(f"{_NAME}.{secrets.token_hex(4)}")
        with draft.open("x", encoding="utf-8") as file:
            file.write(f"{said[:500]}\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            if self.engaged:
                draft.unlink()
            else:
                draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)

    def check(self) -> None:
        """Let pass unless engaged.

        Raises:
            OrderRefused: the switch is engaged.
        """
        if self.engaged:
            why = f" ({self.reason})" if self.reason else ""
            raise OrderRefused(
                f"the kill switch is engaged{why}; nothing but cancelling is possible",
                hint="a person releases it at the terminal",
                code="kill_switch",
            )


def release(folder: Path) -> str | None:
    """Take the kill switch of a data folder away; give its reason, or None where there was none.

    For the terminal alone: no server, tool or program has a way to this.
    """
    path = folder / _NAME
    try:
        said = path.read_text(encoding="utf-8", errors="replace").strip()
        path.unlink()
    except FileNotFoundError:
        return None
    return said
