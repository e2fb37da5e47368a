"""The simulated members: what they believe, quote and trade, as functions of seed and time."""

__all__: list[str] = []
