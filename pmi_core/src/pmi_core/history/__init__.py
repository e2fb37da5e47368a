"""What streams said, kept in files, and played again as a venue; needs the extra ``pmi-core[history]``."""

from __future__ import annotations

from pmi_core.history.playhead import Playhead
from pmi_core.history.reader import Recorded
from pmi_core.history.recorder import record
from pmi_core.history.replay import Replay, open_replay, replay_venue
from pmi_core.history.rows import MarketSeen, Row
from pmi_core.history.schema import SCHEMA_VERSION
from pmi_core.history.writer import Recording

__all__ = [
    "SCHEMA_VERSION",
    "MarketSeen",
    "Playhead",
    "Recorded",
    "Recording",
    "Replay",
    "Row",
    "open_replay",
    "record",
    "replay_venue",
]
