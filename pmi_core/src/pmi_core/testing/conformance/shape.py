"""What ``isinstance`` cannot see: parameters, async-ness, methods that are really there."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from pmi_core.capabilities import PROTOCOLS, Capability
from pmi_core.provider import Venue
from pmi_core.testing.conformance.excuses import needs
from pmi_core.testing.conformance.stage import Contract

__all__ = ["ShapeRules", "methods_of"]


def methods_of(capability: Capability) -> list[str]:
    """The names of a capability's methods."""
    protocol = PROTOCOLS[capability]
    return [
        name for name, item in vars(protocol).items() if inspect.isfunction(item) and not name.startswith("_")
    ]


def _parameters(method: Any) -> list[inspect.Parameter]:
    return [parameter for name, parameter in inspect.signature(method).parameters.items() if name != "self"]


each_capability = pytest.mark.parametrize("capability", list(Capability))


class ShapeRules(Contract):
    """Every part has the methods of its Protocol, as its Protocol says them."""

    @each_capability
    async def test_shape_methods_are_present(self, venue: Venue, capability: Capability) -> None:
        """A part defines every method itself instead of inheriting the Protocol's empty one."""
        part = needs(getattr(venue, capability.value), capability, venue)
        for name in methods_of(capability):
            found = getattr(type(part), name, None) or getattr(part, name, None)
            assert callable(found), f"{capability}.{name} is missing"
            empty = vars(PROTOCOLS[capability])[name]
            assert inspect.unwrap(found) is not empty, (
                f"{capability}.{name} is the Protocol's own, without a body"
            )

    @each_capability
    async def test_shape_methods_are_async(self, venue: Venue, capability: Capability) -> None:
        """A method is a coroutine function exactly where its Protocol's is."""
        part = needs(getattr(venue, capability.value), capability, venue)
        for name in methods_of(capability):
            promised = inspect.iscoroutinefunction(vars(PROTOCOLS[capability])[name])
            method = inspect.unwrap(getattr(part, name))
            given = inspect.iscoroutinefunction(method)
            assert given == promised, f"{capability}.{name} is {'not ' if promised else ''}async"

    @each_capability
    async def test_shape_parameters_agree(self, venue: Venue, capability: Capability) -> None:
        """Parameters have the promised names, order, kinds and defaults; more need a default."""
        part = needs(getattr(venue, capability.value), capability, venue)
        for name in methods_of(capability):
            promised = _parameters(vars(PROTOCOLS[capability])[name])
            given = _parameters(getattr(part, name))
            shown = [str(parameter) for parameter in given]
            assert [(one.name, one.kind) for one in given[: len(promised)]] == [
                (one.name, one.kind) for one in promised
            ], f"{capability}.{name} takes {shown}, promised are {[str(one) for one in promised]}"
            for ours, theirs in zip(given, promised, strict=False):
                assert ours.default == theirs.default, (
                    f"{capability}.{name}: the default of {ours.name} differs"
                )
            for extra in given[len(promised) :]:
                optional = extra.default is not inspect.Parameter.empty
                variadic = extra.kind in (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
                assert optional or variadic, f"{capability}.{name} demands {extra.name}, which nobody gives"
