"""The process environment: the one place that reads it, and what its text means."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args, get_origin

from pydantic import BaseModel

__all__ = ["environment", "from_text", "is_set", "prefix_of"]

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_COLLECTIONS = (tuple, list, set, frozenset)


def environment(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that begin with ``PMI_`` and are set: of ``given``, else of the process."""
    source = os.environ if given is None else given
    return {name: text.strip() for name, text in source.items() if name.startswith("PMI_") and is_set(text)}


def is_set(value: object) -> bool:
    """Whether a value says anything: empty text and an unfilled ``${...}`` do not."""
    if not isinstance(value, str):
        return value is not None
    text = value.strip()
    return bool(text) and not _PLACEHOLDER.fullmatch(text)


def prefix_of(venue: str) -> str:
    """How the environment variables of a venue begin: ``PMI_PAPER_`` for ``paper``."""
    return f"PMI_{venue.upper().replace('-', '_')}_"


def from_text(text: str, annotation: Any) -> Any:
    """Turn a variable's text into what a field takes: lists by comma, tables and lists as JSON.

    Raises:
        ValueError: the text begins like JSON and is not.
    """
    kinds = _kinds(annotation)
    if any(kind in _COLLECTIONS for kind in kinds) and not text.startswith("["):
        return [part.strip() for part in text.split(",") if part.strip()]
    structured = any(
        kind in (*_COLLECTIONS, dict) or (isinstance(kind, type) and issubclass(kind, BaseModel))
        for kind in kinds
    )
    if not structured:
        return text
    try:
        return json.loads(text, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error.msg} at character {error.pos + 1}") from None


def _kinds(annotation: Any) -> list[Any]:
    """The plain types that an annotation allows, optional and annotated parts taken apart."""
    origin = get_origin(annotation)
    if origin in (*_COLLECTIONS, dict):
        return [origin]
    if origin is None:
        return [annotation]
    return [kind for part in get_args(annotation) for kind in _kinds(part)]
