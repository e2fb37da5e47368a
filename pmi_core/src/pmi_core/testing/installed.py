"""Finding what the command line names: an installed provider, a transport."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

import pytest

from pmi_core.provider import Provider

__all__ = ["installed_provider", "named_transport"]

GROUP = "pmi.providers"


def installed_provider(name: str) -> Provider:
    """Load the provider that the entry point ``name`` announces.

    Raises:
        pytest.UsageError: nobody announces it, or several do.
    """
    found = entry_points(group=GROUP, name=name)
    if len(found) != 1:
        known = ", ".join(sorted({point.name for point in entry_points(group=GROUP)})) or "none"
        count = "no installed provider is" if not found else f"{len(found)} installed providers are"
        raise pytest.UsageError(f"{count} named {name!r}; installed: {known}")
    (point,) = found
    made = point.load().pmi_provider()
    if not isinstance(made, Provider):
        raise pytest.UsageError(
            f"pmi_provider() of {point.value} gave a {type(made).__name__}, not a Provider"
        )
    return made


def named_transport(place: str) -> Any:
    """Call ``package.module:function`` for an ``httpx2.AsyncBaseTransport``.

    Raises:
        pytest.UsageError: the text does not name a callable.
    """
    module, colon, name = place.partition(":")
    try:
        make = getattr(import_module(module), name) if colon else None
    except (ImportError, AttributeError) as error:
        raise pytest.UsageError(f"--pmi-transport {place}: {error}") from None
    if not callable(make):
        raise pytest.UsageError(f"--pmi-transport {place}: write package.module:function")
    return make()
