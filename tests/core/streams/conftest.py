"""Makes the stage importable for the tests beside it: venues on this machine, and a network that fails."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
