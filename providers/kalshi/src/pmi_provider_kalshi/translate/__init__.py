"""Kalshi's words into neutral ones: pure functions, no calls, no clock."""

__all__: list[str] = []
