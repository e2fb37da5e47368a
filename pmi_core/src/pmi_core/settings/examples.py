"""An example of a value, as it would stand in the configuration file."""

from __future__ import annotations

import json
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

__all__ = ["example_of"]

_BY_TYPE: dict[Any, str] = {
    bool: "true",
    int: "10",
    float: "2.5",
    Decimal: '"0.01"',
    Path: '"~/.config/pmi/key.pem"',
    SecretStr: '"..."',
}


def example_of(field: FieldInfo) -> str:
    """A value that the field takes, written as in TOML; its own first example if it has one."""
    if field.examples:
        return json.dumps(field.examples[0], default=str)
    return _example(field.annotation)


def _example(annotation: Any) -> str:
    origin = get_origin(annotation)
    parts = [part for part in get_args(annotation) if part is not type(None)]
    if origin is Literal:
        return json.dumps(parts[0])
    if origin is Annotated or origin in (Union, UnionType):
        return _example(parts[0])
    if origin in (tuple, list, set, frozenset):
        return f"[{_example(parts[0])}]"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return json.dumps(next(iter(annotation)).value)
    return _BY_TYPE.get(annotation, '"..."')
