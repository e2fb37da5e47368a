"""Where a setting's value came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Origin", "OriginKind", "Setting"]


class OriginKind(StrEnum):
    """The four places, the strongest first."""

    ARGUMENT = "argument"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Origin:
    """The place of one value; its text is a phrase such as ``environment variable PMI_MODE``."""

    kind: OriginKind
    place: str | None = None
    """The variable's name, or the file with line and section."""

    def __str__(self) -> str:
        if self.kind is OriginKind.ENVIRONMENT:
            return f"environment variable {self.place}"
        return self.place or self.kind.value


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it may be shown to anybody."""

    name: str
    value: str
    """As text; a secret is ``set`` or ``not set``, nothing else."""
    origin: Origin
    secret: bool
