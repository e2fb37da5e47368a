"""Neutral channels and the venue's own, which are named after what they carry."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, cast

from pmi_core.models import Channel
from pmi_core.transport.socket import Topic

__all__ = ["FILTERED", "NAMES", "Notice", "notice_topic"]


class Notice(StrEnum):
    """What the venue tells beyond the neutral channels."""

    GROUPS = "groups"
    """Order groups of the account."""
    NEGOTIATIONS = "negotiations"
    """Requests for quotes, and quotes that the account gave or asked for."""
    EVENTS = "events"
    """Events that came, and their fees that changed."""


_LIFECYCLES: Final = ("market_lifecycle_v2", "multivariate_market_lifecycle")
"""The first one leaves combos out, the second one tells of nothing else."""

NAMES: Final[dict[Channel | Notice, tuple[str, ...]]] = {
    Channel.BOOK: ("orderbook_delta",),
    Channel.TICKER: ("ticker",),
    Channel.TRADE: ("trade",),
    Channel.ORDER: ("user_orders",),
    Channel.FILL: ("fill",),
    Channel.POSITION: ("market_positions",),
    Channel.LIFECYCLE: _LIFECYCLES,
    Notice.GROUPS: ("order_group_updates",),
    Notice.NEGOTIATIONS: ("communications",),
    Notice.EVENTS: _LIFECYCLES,
}
"""The venue's channels by neutral channel (AsyncAPI of 2026-10-26)."""

FILTERED: Final = frozenset({"orderbook_delta", "ticker", "trade"})
"""Channels that are subscribed to market by market; the others are for everything."""


def notice_topic(notice: Notice) -> Topic:
    """The topic of a notice, which rides along with the neutral ones."""
    return Topic(cast("Channel", notice))
