"""Names the recorded answers, for these tests and for the installed contract run beside them."""

from __future__ import annotations

from pathlib import Path

import pytest

RECORDINGS = Path(__file__).parent / "recordings"


def pytest_configure(config: pytest.Config) -> None:
    config.option.pmi_recordings = config.option.pmi_recordings or str(RECORDINGS)
