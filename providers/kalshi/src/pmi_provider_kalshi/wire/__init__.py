"""Kalshi's own JSON, under its own names: only the fields that are read, the rest is skipped.

Shapes: OpenAPI 3.34.0 (2026-10-26) and recorded answers where those differ.  Prices and counts
stay the text that the venue sent; JSON numbers that are not counters become Decimal.
"""

__all__: list[str] = []
