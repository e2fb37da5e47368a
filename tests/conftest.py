"""What every test outside the providers shares."""

from __future__ import annotations

import pytest

import pmi_core

if pmi_core.__file__ is None:  # the project folder was found as an empty namespace package
    pytest.exit(
        "pmi-core is not installed here: run the tests by `nox`, or make an environment by `nox -s dev`", 4
    )


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asyncio alone: no library that the venues need runs on another loop."""
    return "asyncio"
