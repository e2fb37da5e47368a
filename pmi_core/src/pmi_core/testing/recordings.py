"""Recorded answers of a venue: JSON files that a person can read and edit.

One file holds exchanges in order; a folder holds files, read in the order of their names::

    {
      "about": "what was asked, where and when",
      "now": "2026-09-30T12:00:00Z",
      "settings": {"environment": "demo"},
      "subjects": {"market": "native id of a lively market"},
      "exchanges": [
        {"method": "GET", "path": "/markets", "query": {"limit": "100", "cursor": null},
         "status": 200, "headers": {"content-type": "application/json"}, "body": {"markets": []}}
      ]
    }
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import msgspec

__all__ = ["Recording", "Recordings", "RecordingsError"]


class RecordingsError(Exception):
    """A recordings file or folder cannot be used; the message names the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One question and the venue's answer.

    Attributes:
        query: parameter name to value, to a list of values in their order, to ``*`` for any
            value or none, or to None for a parameter that must be absent; parameters that are not
            named must be absent too, unless the name ``*`` is present.
        path: may hold ``*`` for any text.
        host: None matches every host.
        request_body: the JSON that must be sent; None matches every body.
    """

    method: str = "GET"
    path: str
    query: Mapping[str, str | list[str] | None] = field(default_factory=dict)
    host: str | None = None
    request_body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    source: str = "code"

    @property
    def title(self) -> str:
        """The question in one line, for messages."""
        shown = "&".join(f"{name}={value}" for name, value in sorted(self.query.items()) if value is not None)
        return f"{self.method} {self.host or ''}{self.path}{'?' if shown else ''}{shown}"

    def answers(
        self, method: str, host: str, path: str, query: Iterable[tuple[str, str]], body: bytes
    ) -> bool:
        """Whether this is the answer to that request; the order of parameters says nothing."""
        return (
            method == self.method
            and (self.host is None or self.host == host)
            and (path == self.path or fnmatchcase(path, self.path.replace("[", "[[]")))
            and self._query_fits(query)
            and (self.request_body is None or _json(body) == self.request_body)
        )

    def _query_fits(self, query: Iterable[tuple[str, str]]) -> bool:
        asked: dict[str, list[str]] = {}
        for name, value in query:
            asked.setdefault(name, []).append(value)
        if "*" not in self.query and asked.keys() - self.query.keys():
            return False
        for name, wanted in self.query.items():
            if name == "*" or wanted == "*":
                continue
            values = asked.get(name)
            expected = [wanted] if isinstance(wanted, str) else wanted
            if values != expected:
                return False
        return True


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None


class _Exchange(msgspec.Struct, forbid_unknown_fields=True):
    path: str
    method: str = "GET"
    query: dict[str, str | list[str] | None] = {}
    host: str | None = None
    request_body: Any = None
    status: int = 200
    headers: dict[str, str] = {}
    body: msgspec.Raw = msgspec.Raw(b"")
    text: str | None = None
    body_file: str | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    exchanges: list[_Exchange]
    about: str = ""
    now: datetime | None = None
    settings: dict[str, str | int | bool] = {}
    subjects: dict[Literal["market", "event", "series"], str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    """Everything in a folder of recordings."""

    exchanges: tuple[Recording, ...] = ()
    now: datetime | None = None
    """The moment at which they were made; a clock that replays them starts there."""
    settings: Mapping[str, str | int | bool] = field(default_factory=dict)
    """Settings of the provider under which they were made, without secrets."""
    subjects: Mapping[str, str] = field(default_factory=dict)
    """Native ids of what the rules look at: ``market``, ``event``, ``series``; else the first listed."""

    @classmethod
    def load(cls, place: Path) -> Recordings:
        """Read one file, or every ``*.json`` of a folder; ``body_file`` names files below it.

        Bodies keep their bytes: numbers such as ``0.10`` reach the provider as they stand.

        Raises:
            RecordingsError: nothing is there, a file is malformed, or two files disagree about
                ``now`` or a setting.
        """
        files = [place] if place.is_file() else sorted(place.glob("*.json"))
        if not files:
            raise RecordingsError(f"no recordings at {place}: neither a file nor a folder of *.json files")
        exchanges: list[Recording] = []
        now: datetime | None = None
        settings: dict[str, str | int | bool] = {}
        subjects: dict[str, str] = {}
        for path in files:
            read = _read(path)
            if read.now is not None:
                if read.now.tzinfo is None or now not in (None, read.now):
                    raise RecordingsError(f"{path}: 'now' needs a zone, and all files must agree about it")
                now = read.now
            _join(settings, read.settings, path)
            _join(subjects, read.subjects, path)
            exchanges += [_recording(exchange, path) for exchange in read.exchanges]
        return cls(exchanges=tuple(exchanges), now=now, settings=settings, subjects=subjects)


def _join(known: dict[str, Any], more: Mapping[Any, Any], path: Path) -> None:
    for name, value in more.items():
        if known.setdefault(name, value) != value:
            raise RecordingsError(f"{path}: another file gives {name!r} differently")


def _read(path: Path) -> _File:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, msgspec.DecodeError) as error:
        raise RecordingsError(f"{path}: {error}") from None


def _recording(exchange: _Exchange, path: Path) -> Recording:
    given = [bool(bytes(exchange.body)), exchange.text is not None, exchange.body_file is not None]
    if sum(given) > 1:
        raise RecordingsError(f"{path}: give one of body, text and body_file for {exchange.path}")
    if exchange.body_file is not None:
        try:
            body = (path.parent / exchange.body_file).read_bytes()
        except OSError as error:
            raise RecordingsError(f"{path}: {error}") from None
    else:
        body = exchange.text.encode() if exchange.text is not None else bytes(exchange.body)
    headers = dict(exchange.headers)
    if exchange.text is None and "content-type" not in {name.lower() for name in headers}:
        headers["content-type"] = "application/json"
    return Recording(
        method=exchange.method.upper(),
        path=exchange.path,
        query=exchange.query,
        host=exchange.host,
        request_body=exchange.request_body,
        status=exchange.status,
        headers=headers,
        body=body,
        source=path.name,
    )
