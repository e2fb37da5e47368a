"""Fees: the venue's formula as a neutral schedule, and what may come on top by rounding.

Per fill the venue charges ``multiplier x rate x contracts x p x (1 - p)``, rounded up to
$0.000001; then it brings the balance to the account's own precision, which may add up to that
precision, and gives the additions of one order's fills back as rebates once they exceed it
(docs.kalshi.com, getting_started/fee_rounding, as of October 2026).  Who is charged what in the
end depends on the account and on earlier fills of the order, so the schedule is an upper bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pmi_core.models import FeeCertainty, FeeSchedule, QuadraticFee
from pmi_core.numbers import ZERO, Rounding

__all__ = ["FeeTerms"]

_TAKER: Final = Decimal("0.07")
_MAKER: Final = {
    "quadratic": ZERO,
    "quadratic_with_maker_fees": Decimal("0.0175"),
    "quadratic_with_combo_maker_fees": Decimal("0.035"),
}
"""Maker's rate by ``fee_type`` (OpenAPI 3.34.0, FeeType; fee schedule of July 2026)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeTerms:
    """How fees are rounded for the account in question.

    Attributes:
        step: a fill's fee is rounded up to a multiple of this.
        precision: balances are kept to a multiple of this: 0.0001 for direct members, 0.01 behind a broker.
    """

    step: Decimal = Decimal("0.000001")
    precision: Decimal = Decimal("0.0001")

    def schedule(
        self,
        fee_type: str,
        multiplier: Decimal,
        *,
        type_override: str | None = None,
        multiplier_override: Decimal | None = None,
    ) -> FeeSchedule | None:
        """Give what a market of a series is charged, an event's overrides counting first.

        None for ``flat`` and for any other type whose formula is not published.
        """
        maker = _MAKER.get(type_override or fee_type)
        if maker is None:
            return None
        return QuadraticFee(
            taker_rate=_TAKER,
            maker_rate=maker,
            multiplier=multiplier if multiplier_override is None else multiplier_override,
            step=self.step,
            rounding=Rounding.UP,
            alignment=self.precision,
            certainty=FeeCertainty.UPPER_BOUND,
        )
