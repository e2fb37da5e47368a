"""The passkeys that may approve, in a file that only its owner can read."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pmi_core.errors import NotFound, RequestError, SettingsError
from pmi_core.settings import private_folder
from pmi_core.settings.secrecy import exposure

__all__ = ["Passkey", "Passkeys"]

_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """One enrolled key; only its public half is known here."""

    name: str
    id: str
    """The credential's id, base64url."""
    key: str
    """The credential with its public key as the authenticator gave it, base64url."""
    counter: int
    """How often it had signed when it was last used; 0 for keys that do not count."""
    added: str
    used: str | None = None


class Passkeys:
    """The file ``passkeys.json`` of a data folder.

    Args:
        folder: the data folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "passkeys.json"

    def all(self) -> tuple[Passkey, ...]:
        """Every enrolled key, oldest first.

        Raises:
            SettingsError: the file is open to others, or is not what was written.
        """
        try:
            if told := exposure(self.path):
                raise SettingsError(told)
            rows = json.loads(self.path.read_text(encoding="utf-8"))
            return tuple(Passkey(**row) for row in self._checked(rows))
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError) as error:
            raise SettingsError(
                f"the passkeys in {self.path} cannot be read ({type(error).__name__})",
                hint="take the file away and enrol again: pmi passkey add",
            ) from None

    def add(self, passkey: Passkey) -> None:
        """Keep a new key.

        Raises:
            RequestError: a key of that name or id is there.
        """
        with self._alone():
            known = self.all()
            if any(passkey.name == one.name or passkey.id == one.id for one in known):
                raise RequestError(
                    f"a passkey {passkey.name!r} is enrolled already", hint="give it another --name"
                )
            self._write((*known, passkey))

    def remove(self, name: str) -> Passkey:
        """Forget a key.

        Raises:
            NotFound: there is none of that name.
        """
        with self._alone():
            known = self.all()
            gone = next((one for one in known if one.name == name), None)
            if gone is None:
                names = ", ".join(one.name for one in known) or "none"
                raise NotFound(f"there is no passkey {name[:60]!r}", hint=f"enrolled: {names}")
            self._write(tuple(one for one in known if one is not gone))
        return gone

    def note_use(self, passkey: Passkey, counter: int, used: str) -> None:
        """Remember how often a key has signed."""
        with self._alone():
            self._write(
                tuple(
                    replace(one, counter=counter, used=used) if one.id == passkey.id else one
                    for one in self.all()
                )
            )

    def _checked(self, rows: Any) -> list[dict[str, Any]]:
        if not isinstance(rows, dict) or rows.get("version") != _VERSION:
            raise ValueError("another version")
        found: list[dict[str, Any]] = rows["passkeys"]
        return found

    def _write(self, passkeys: tuple[Passkey, ...]) -> None:
        private_folder(self.path.parent)
        body = {"version": _VERSION, "passkeys": [asdict(one) for one in passkeys]}
        draft = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(opened, "w", encoding="utf-8") as file:
                json.dump(body, file, indent=1)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Change the file while no other process does, where files can be locked."""
        private_folder(self.path.parent)
        if os.name != "posix":
            yield
            return
        import fcntl

        opened = os.open(self.path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(opened, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
