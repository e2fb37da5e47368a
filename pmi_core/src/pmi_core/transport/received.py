"""What comes back to one call: its headers, and its body within bounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pmi_core.errors import UnexpectedAnswer
from pmi_core.transport.redaction import excerpt

__all__ = ["MAX_BYTES", "Body", "Headers", "Received"]

MAX_BYTES: Final = 64 * 1024 * 1024


class Headers(Mapping[str, str]):
    """The headers of one answer; names in any letter case, a repeated one's values joined by a comma."""

    __slots__ = ("_values",)

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        values: dict[str, str] = {}
        for raw_name, raw_value in pairs:
            name, value = raw_name.decode("ascii").lower(), _text(raw_value)
            values[name] = f"{values[name]}, {value}" if name in values else value
        self._values = values

    def __getitem__(self, name: str) -> str:
        found = self._values.get(name)
        return self._values[name.lower()] if found is None else found

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        """The value of a header, or the default."""
        found = self._values.get(name)
        return self._values.get(name.lower(), default) if found is None else found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Headers({', '.join(self._values)})"


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


@dataclass(frozen=True, slots=True)
class Received:
    """A whole answer, whatever its status."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Body:
    """Collects a body piece by piece, and refuses one that is too large before it is read to its end."""

    __slots__ = ("_most", "_pieces", "_size")

    def __init__(self, most: int) -> None:
        self._most = most
        self._pieces: list[bytes] = []
        self._size = 0

    def announced(self, length: str) -> None:
        """Take in the size that the headers tell.

        Raises:
            UnexpectedAnswer: it is too large.
        """
        if length.isdigit() and int(length) > self._most:
            raise self._too_large(int(length), b"")

    def add(self, piece: bytes) -> None:
        """Take in the next piece.

        Raises:
            UnexpectedAnswer: it is too much.
        """
        self._size += len(piece)
        if self._size > self._most:
            raise self._too_large(self._size, self._pieces[0] if self._pieces else piece)
        self._pieces.append(piece)

    def whole(self) -> bytes:
        """Everything taken in."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def _too_large(self, size: int, start: bytes) -> UnexpectedAnswer:
        beginning = f"; it begins with {excerpt(start)[:60]!r}" if start else ""
        return UnexpectedAnswer(
            f"the answer is too large: {size} bytes or more, at most {self._most} are read{beginning}",
            hint="ask for less at once",
        )
