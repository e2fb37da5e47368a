"""Makes the stage importable for the tests beside it: venues on this machine, and a network that fails."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def fault_runs():
    """Seeded runs on a failing network: fifty by default, as many as PMI_FAULT_RUNS says."""
    return int(os.environ.get("PMI_FAULT_RUNS", "50"))
