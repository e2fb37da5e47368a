"""The one configuration file, read as it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from pmi_core.errors import SettingsError
from pmi_core.settings.environment import environment

__all__ = ["ConfigFile", "config_path", "data_dir", "read_file"]

_AT = re.compile(r"(?P<what>.*?) \(at (?P<place>.*)\)")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*[=.]""")


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What ``pmi.toml`` says; numbers with a point are exact Decimals."""

    path: Path
    """Where the file is, or would be."""
    exists: bool = False
    text: str = field(default="", repr=False)
    tables: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def place(self, section: str, key: str | None = None) -> str:
        """Name a place in the file for people: path, line where it can be told, section."""
        line = self._line_of(section, key) if key is not None else None
        at = f"{self.path}, line {line}" if line else str(self.path)
        return f"{at} [{section}]" if section else at

    def _line_of(self, section: str, key: str) -> int | None:
        current = ""
        for number, line in enumerate(self.text.splitlines(), 1):
            heading = line.split("#", 1)[0].strip()
            if heading.startswith("[") and heading.endswith("]"):
                current = re.sub(r"[\s\"']", "", heading.strip("[]"))
                if current == (f"{section}.{key}" if section else key):
                    return number
            elif current == section and (found := _KEY.match(line)) and key in found.groups():
                return number
        return None


def config_path(environ: Mapping[str, str] | None = None) -> Path:
    """Where the configuration file is: ``PMI_CONFIG``, else the platform's configuration folder."""
    named = environment(environ).get("PMI_CONFIG")
    if named is not None:
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("pmi", appauthor=False) / "pmi.toml"


def data_dir(environ: Mapping[str, str] | None = None) -> Path:
    """Where data is kept: ``PMI_HOME``, else the platform's data folder; not made here."""
    named = environment(environ).get("PMI_HOME")
    if named is not None:
        return Path(named).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("pmi", appauthor=False)


def read_file(path: Path | None, environ: Mapping[str, str] | None = None) -> ConfigFile:
    """Read the file at ``path``, else where :func:`config_path` says; there it may be absent.

    Raises:
        SettingsError: a named file is absent, or the file cannot be read or is not TOML.
    """
    named = path is not None or "PMI_CONFIG" in environment(environ)
    where = path.expanduser() if path is not None else config_path(environ)
    by = "as an argument" if path is not None else "by PMI_CONFIG"
    try:
        text = where.read_bytes().decode("utf-8")
    except FileNotFoundError:
        if named:
            problem = f"the configuration file {where}, named {by}, does not exist"
            raise SettingsError(problem, hint="make it, or name another one") from None
        return ConfigFile(where)
    except OSError as error:
        raise SettingsError(
            f"the configuration file {where} cannot be read: {error.strerror}",
            hint="make it readable for this user, or name another file in PMI_CONFIG",
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{where}, line {line}: the file is not UTF-8 text") from None
    try:
        tables = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _AT.fullmatch(str(error))
        place, what = (found["place"], found["what"]) if found else ("", str(error))
    else:
        return ConfigFile(where, exists=True, text=text, tables=tables)
    raise SettingsError(
        f"{where}{', ' if place else ''}{place}: not valid TOML: {what}",
        hint='write for example environment = "demo" under a heading such as [venues.NAME]',
    )
