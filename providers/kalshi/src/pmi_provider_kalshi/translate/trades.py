"""Public trades."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

from pmi_core.errors import MalformedRef, UnexpectedAnswer
from pmi_core.identifiers import MarketRef
from pmi_core.models import Action, OutcomeSide, Trade
from pmi_core.numbers import ZERO
from pmi_provider_kalshi.translate.numbers import moment, number, price
from pmi_provider_kalshi.wire import trade as wire

__all__ = ["trade"]

_SIDES: Final = {"yes": OutcomeSide.YES, "no": OutcomeSide.NO}


def trade(row: wire.Trade, venue: str) -> Trade:
    """Translate a trade.

    The venue states the exposure that the taker took on; selling YES and buying NO are the same
    thing there, so the taker is said to have bought that outcome.

    Raises:
        UnexpectedAnswer: a value is not one that the venue documents; the message names the trade.
    """
    try:
        return Trade.trusted(
            {
                "trade_id": row.trade_id,
                "market_ref": MarketRef.make(venue, row.ticker),
                "price": price(row.yes_price_dollars),
                "size": _size(row),
                "taker_outcome": _SIDES[row.taker_outcome_side],
                "taker_action": Action.BUY,
                "off_book": row.is_block_trade,
                "time": _time(row),
            }
        )
    except KeyError:
        side = f"taker_outcome_side is {row.taker_outcome_side!r}, which the venue does not document"
        raise UnexpectedAnswer(f"trade {row.trade_id}: {side}", venue=venue) from None
    except (ValueError, MalformedRef) as error:
        raise UnexpectedAnswer(f"trade {row.trade_id}: {error}", venue=venue) from error


def _time(row: wire.Trade) -> datetime:
    time = moment(row.created_time)
    if time is None:
        raise ValueError("created_time is the zero time")
    return time


def _size(row: wire.Trade) -> Decimal:
    size = number(row.count_fp)
    if size <= ZERO:
        raise ValueError(f"count_fp is {row.count_fp}, and nothing is no trade")
    return size
