"""Files that hold secrets must be closed to others."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

__all__ = ["SecretPath", "UserPath", "exposure", "names_secret_file", "private_folder"]


def exposure(path: Path) -> str | None:
    """Say how others can reach a file and what mends it, or None if they cannot.

    Where files have no mode bits, nothing is said.
    """
    if os.name != "posix" or not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return None
    return f"{path} is open to other users of this machine; run: chmod 600 {shlex.quote(str(path))}"


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner may enter, with its parents, unless it is there."""
    if not path.is_dir():
        if not path.parent.is_dir():
            private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def _whole(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str | Path):
        return value
    path = Path(value).expanduser()
    folder = (info.context or {}).get("folders", {}).get(info.field_name)
    return folder / path if folder is not None else path


def _closed(path: Path) -> Path:
    try:
        open_to_others = exposure(path)
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    if open_to_others:
        raise ValueError(open_to_others)
    return path


UserPath = Annotated[Path, BeforeValidator(_whole)]
"""A path as people write it: ``~`` is understood, and a relative path in the configuration file
starts at that file's folder."""

SecretPath = Annotated[UserPath, AfterValidator(_closed)]
"""A :data:`UserPath` to a file with a secret in it, which must be there, readable, and closed to
group and others."""


def names_secret_file(part: Any) -> bool:
    """Whether an annotation, or anything within it, is a :data:`SecretPath`."""
    if isinstance(part, AfterValidator):
        return part.func is _closed
    return any(names_secret_file(inner) for inner in get_args(part))
