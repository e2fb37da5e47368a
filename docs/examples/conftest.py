"""Passes over the toy providers that are not installed here; the session `toy` installs each."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

collect_ignore = [
    toy.name
    for toy in Path(__file__).parent.glob("pmi-provider-*")
    if find_spec(toy.name.replace("-", "_")) is None
]
