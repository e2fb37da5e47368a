"""Which call goes to which desk, what it costs, and which key it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pmi_provider_kalshi.sandbox.buckets import Bucket
from pmi_provider_kalshi.sandbox.call import Answer, Call

__all__ = ["DEFAULT_COST", "Route", "Router", "get", "write"]

DEFAULT_COST = 10

Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    Attributes:
        path: below the base, parts in braces are parameters.
        operation: its name in the official document.
        scope: what a key needs; None where none is needed.
        items: the field of the body whose rows are each billed.
        struct: how the exchange's code calls the body.
    """

    method: str
    path: str
    operation: str
    handler: Handler
    scope: str | None = None
    bucket: Bucket = "read"
    cost: int = DEFAULT_COST
    items: str | None = None
    struct: str = ""

    def price(self, content: Any) -> int:
        """Tokens that a call costs."""
        if self.items is None:
            return self.cost
        rows = content.get(self.items) if isinstance(content, dict) else None
        return self.cost * max(len(rows), 1) if isinstance(rows, list) else self.cost


def get(
    path: str, operation: str, handler: Handler, *, scope: str | None = None, cost: int = DEFAULT_COST
) -> Route:
    """A read; public unless a scope is named."""
    return Route("GET", path, operation, handler, scope, "read", cost)


def write(
    method: str,
    path: str,
    operation: str,
    handler: Handler,
    *,
    scope: str = "write::trade",
    cost: int = DEFAULT_COST,
    struct: str = "",
    items: str | None = None,
) -> Route:
    """A write; billed to the write bucket."""
    return Route(method, path, operation, handler, scope, "write", cost, items, struct)


class Router:
    """Finds the route of a path; a literal part wins over a parameter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._by_shape: dict[tuple[str, int], list[tuple[tuple[str, ...], Route]]] = {}
        for route in self.routes:
            parts = tuple(route.path.strip("/").split("/"))
            self._by_shape.setdefault((route.method, len(parts)), []).append((parts, route))
        for found in self._by_shape.values():
            found.sort(key=lambda entry: tuple(part.startswith("{") for part in entry[0]))

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a call, with the parts of its path."""
        parts = path.strip("/").split("/")
        for wanted, route in self._by_shape.get((method, len(parts)), ()):
            params = {}
            for part, given in zip(wanted, parts, strict=True):
                if part.startswith("{"):
                    params[part[1:-1]] = given
                elif part != given:
                    break
            else:
                return route, params
        return None
