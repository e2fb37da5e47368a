"""The price structures of the exchange, by name (docs.kalshi.com, fixed point migration; AsyncAPI of October 2026)."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Final

from pmi_core.models import PriceRange, RangesGrid

__all__ = ["STRUCTURES", "bands", "grid"]

STRUCTURES: Final = MappingProxyType(
    {
        "linear_cent": (("0.0000", "1.0000", "0.0100"),),
        "deci_cent": (("0.0000", "1.0000", "0.0010"),),
        "tapered_deci_cent": (
            ("0.0000", "0.1000", "0.0010"),
            ("0.1000", "0.9000", "0.0100"),
            ("0.9000", "1.0000", "0.0010"),
        ),
        "center_deci_edge_centi_cent": (
            ("0.0000", "0.0100", "0.0001"),
            ("0.0100", "0.9900", "0.0010"),
            ("0.9900", "1.0000", "0.0001"),
        ),
    }
)
"""Name to bands of start, end and step."""


def bands(structure: str) -> list[dict[str, str]]:
    """The bands as the exchange writes them."""
    return [{"start": start, "end": end, "step": step} for start, end, step in STRUCTURES[structure]]


@cache
def grid(structure: str) -> RangesGrid:
    """The bands as a grid of the engine."""
    return RangesGrid(
        ranges=tuple(
            PriceRange(start=Decimal(start), end=Decimal(end), step=Decimal(step))
            for start, end, step in STRUCTURES[structure]
        )
    )
