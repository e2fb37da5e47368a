"""Where the system's Chromium is."""

from __future__ import annotations

import os
import shutil

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str:
    """Its path; without one the tests are skipped with a reason, and fail where they are required."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is not None:
        return found
    said = "no Chromium is installed here (on Debian: apt-get install chromium)"
    if os.environ.get("CI"):  # noqa: TID251 - says who runs the tests
        pytest.fail(said)
    pytest.skip(said)
