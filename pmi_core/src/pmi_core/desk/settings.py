"""How the desk keeps its journal and how patient it is."""

from __future__ import annotations

from pydantic import Field, SecretStr

from pmi_core.settings import SettingsModel

__all__ = ["DeskSettings"]


class DeskSettings(SettingsModel):
    """The section ``[desk]``."""

    database: SecretStr | None = None
    """Where the journal is kept, as an address such as `postgresql+asyncpg://user@host/name`; a file
    in the data folder when not set.  Several machines that trade for one account share one."""
    answer_seconds: int = Field(default=30, ge=1, le=300)
    """How long an answer to an order is waited for before the order counts as in doubt."""
    lookup_seconds: int = Field(default=6, ge=0, le=60)
    """How long an order in doubt is looked for before its sender is told that it is in doubt."""
    lost_after_seconds: int = Field(default=60, ge=1, le=86_400)
    """How long after sending a venue that does not show an order can be believed that there is none."""
    book_age_seconds: int = Field(default=15, ge=1, le=3600)
    """How old an order book may be when an order is judged by it."""
