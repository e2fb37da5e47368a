"""The state of the exchange."""

from __future__ import annotations

from datetime import datetime

from pmi_core.models import ExchangeStatus, StatusPart
from pmi_provider_kalshi.translate.numbers import moment
from pmi_provider_kalshi.wire.status import Exchange

__all__ = ["status"]


def status(row: Exchange, as_of: datetime) -> ExchangeStatus:
    """Translate the state; the top fields are those of shard 0, every shard is a part."""
    return ExchangeStatus(
        exchange_active=row.exchange_active,
        trading_active=row.trading_active,
        resume_time=moment(row.exchange_estimated_resume_time),
        parts=tuple(
            StatusPart(
                name=f"{shard.exchange_index} {shard.description}".strip(),
                exchange_active=shard.exchange_active,
                trading_active=shard.trading_active,
            )
            for shard in row.exchange_index_statuses or ()
        ),
        as_of=as_of,
    )
