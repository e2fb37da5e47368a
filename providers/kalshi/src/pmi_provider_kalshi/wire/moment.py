"""Times as the venue writes them: RFC 3339, in UTC, with up to six decimals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

__all__ = ["Moment"]

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""Aware; the zero time ``0001-01-01T00:00:00Z`` occurs and means that there is none."""
