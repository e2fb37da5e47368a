"""The truth table: one book in YES dollars, so NO is the other side at the complement.

=============== ====== =========
intent          side   price
=============== ====== =========
buy YES at p    bid    p
sell YES at p   ask    p
buy NO at q     ask    1 - q
sell NO at q    bid    1 - q
=============== ====== =========
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from pmi_core.models import Action, OutcomeSide
from pmi_core.numbers import ONE

__all__ = ["ASK", "BID", "OUTCOMES", "side_of", "turned"]

BID: Final = "bid"
ASK: Final = "ask"
OUTCOMES: Final = {"yes": OutcomeSide.YES, "no": OutcomeSide.NO}


def side_of(outcome: OutcomeSide, action: Action) -> str:
    """The side of the YES book on which an order stands."""
    return BID if (outcome is OutcomeSide.YES) == (action is Action.BUY) else ASK


def turned(price: Decimal, outcome: OutcomeSide) -> Decimal:
    """A price between the terms of an outcome and those of YES; the same way in both directions."""
    return price if outcome is OutcomeSide.YES else ONE - price
