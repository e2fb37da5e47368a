"""Saboteurs: each breaks one promise of the healthy venue and names the rule that must notice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from healthy.provider import Parts, Sabotage

FAULTS: dict[str, tuple[str, Sabotage, Sabotage]] = {}
"""What is wrong, the rule that must notice, the kind of venue at which, and how it is done."""


def ordinary(bench: Parts) -> None:
    """The healthy venue as it is."""


def planted(rule: str, *, at: Sabotage = ordinary) -> Callable[[Sabotage], Sabotage]:
    """Register a saboteur under its own name, at the ordinary venue or at one of another kind."""

    def register(sabotage: Sabotage) -> Sabotage:
        name = sabotage.__name__
        assert name not in FAULTS

        def both(bench: Parts) -> None:
            at(bench)
            sabotage(bench)

        FAULTS[name] = (rule, at, both)
        return sabotage

    return register


class Altered:
    """A part with some methods replaced; the rest is the part's own."""

    def __init__(self, part: Any, **methods: Any) -> None:
        self._part = part
        for name, method in methods.items():
            setattr(self, name, method)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._part, name)


def alter(bench: Parts, slot: str, **methods: Any) -> Any:
    """Replace methods of a part; gives the healthy part."""
    healthy = bench.parts[slot]
    bench.parts[slot] = Altered(healthy, **methods)
    return healthy


def twist(bench: Parts, slot: str, method: str, change: Callable[..., Any]) -> None:
    """Let ``change(answer, *arguments)`` spoil what a method gives."""
    healthy: Callable[..., Awaitable[Any]] = getattr(bench.parts[slot], method)

    async def spoiled(*args: Any, **kwargs: Any) -> Any:
        return change(await healthy(*args, **kwargs), *args)

    alter(bench, slot, **{method: spoiled})


def request_changed(bench: Parts, change: Callable[[Any], dict[str, Any]]) -> None:
    """Let orders go out otherwise than they were asked for."""
    healthy = bench.parts["orders"].place_order

    async def place_order(request: Any) -> Any:
        return await healthy(request.model_copy(update=change(request)))

    alter(bench, "orders", place_order=place_order)


def but(model: Any, **changes: Any) -> Any:
    """A copy with other values, not validated: as careless code would build it."""
    return model.model_copy(update=changes)
