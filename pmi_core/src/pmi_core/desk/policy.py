"""The rules that the operator wrote: what no order may do, whoever asks and whoever agrees."""

from __future__ import annotations

from decimal import Decimal
from fnmatch import fnmatchcase

from pmi_core.desk.facts import Facts, reference_price
from pmi_core.desk.risk import Risk
from pmi_core.errors import OrderRefused
from pmi_core.identifiers import MarketRef
from pmi_core.models import Action, OrderRequest, Refusal
from pmi_core.numbers import plain
from pmi_core.provider import VenueInfo, WriteClass
from pmi_core.settings import ApprovalChannel, Mode, PolicySettings

__all__ = ["Policy", "refused"]

_WRITES = {
    Mode.READ_ONLY: frozenset[WriteClass](),
    Mode.PAPER: frozenset({WriteClass.SIMULATED}),
    Mode.DEMO: frozenset({WriteClass.SIMULATED, WriteClass.DEMO}),
    Mode.LIVE: frozenset(WriteClass),
}
_NEEDED = {
    WriteClass.SIMULATED: Mode.PAPER,
    WriteClass.DEMO: Mode.DEMO,
    WriteClass.REAL: Mode.LIVE,
}


def refused(refusal: Refusal, venue: str | None = None) -> OrderRefused:
    """The error that says a refusal."""
    by = f"plugin {refusal.by!r} refused: " if refusal.by else ""
    return OrderRefused(f"{by}{refusal.reason}", hint=refusal.hint, venue=venue, code=refusal.rule)


class Policy:
    """The rules; each method gives the first refusal, or None."""

    def __init__(self, mode: Mode, settings: PolicySettings) -> None:
        self.mode = mode
        self.settings = settings

    def channels(self, write_class: WriteClass, loss: Decimal) -> frozenset[ApprovalChannel]:
        """Which channels may approve something that moves this and can lose that much."""
        table = self.settings.approve_with
        by_class = {
            WriteClass.SIMULATED: table.paper,
            WriteClass.DEMO: table.demo,
            WriteClass.REAL: table.live,
        }
        ceiling = self.settings.token_ceiling
        if ceiling is None or loss >= ceiling:
            return by_class[write_class] - {ApprovalChannel.TOKEN}
        return by_class[write_class]

    def allows_writing(self, info: VenueInfo) -> Refusal | None:
        """Whether the mode lets anything be ordered at this venue."""
        if info.write_class not in _WRITES[self.mode]:
            needed = _NEEDED[info.write_class].value
            return Refusal(
                reason=f"mode {self.mode.value!r} does not write to {info.write_class.value} venues "
                f"such as {info.name!r}",
                rule="mode",
                hint=f"a person sets mode = {needed!r} in the configuration file",
            )
        caps = (self.settings.max_order, self.settings.max_day)
        if info.write_class is WriteClass.REAL and None in caps:
            return Refusal(
                reason="real money is not ordered with before its caps are written down",
                rule="caps",
                hint="a person sets max_order and max_day under [policy]",
            )
        return None

    def allows_market(self, ref: MarketRef) -> Refusal | None:
        """Whether the lists of patterns let a market pass; denying is stronger."""
        denied = next((pattern for pattern in self.settings.deny if fnmatchcase(ref, pattern)), None)
        if denied is not None:
            return Refusal(reason=f"{ref} is denied by the pattern {denied!r}", rule="deny")
        if self.settings.allow and not any(fnmatchcase(ref, one) for one in self.settings.allow):
            return Refusal(
                reason=f"{ref} is not among the markets that may be ordered in",
                rule="allow",
                hint="a person adds it to allow under [policy]",
            )
        return None

    def allows_loss(self, loss: Decimal) -> Refusal | None:
        """Whether one order may lose that much."""
        cap = self.settings.max_order
        if cap is None or loss <= cap:
            return None
        return Refusal(
            reason=f"{plain(loss)} at risk exceeds max_order {plain(cap)}",
            rule="max_order",
            hint="order less",
        )

    def allows_order(
        self, request: OrderRequest, risk: Risk, facts: Facts, info: VenueInfo
    ) -> Refusal | None:
        """Judge one order by everything but the counters."""
        return (
            self.allows_writing(info)
            or self.allows_market(request.market_ref)
            or self.allows_price(request.price)
            or self._near_enough(request, facts)
            or self.allows_loss(risk.loss)
            or self._fits_exposure(risk, facts)
            or self.leaves_reserve(risk.cash, facts)
        )

    def allows_price(self, price: Decimal) -> Refusal | None:
        """Whether a limit price is within the band."""
        low, high = self.settings.min_price, self.settings.max_price
        if low is not None and price < low:
            return Refusal(
                reason=f"the limit {plain(price)} is below min_price {plain(low)}", rule="min_price"
            )
        if high is not None and price > high:
            return Refusal(
                reason=f"the limit {plain(price)} is above max_price {plain(high)}", rule="max_price"
            )
        return None

    def _near_enough(self, request: OrderRequest, facts: Facts) -> Refusal | None:
        most = self.settings.max_distance
        middle = reference_price(facts.market, facts.book, request.outcome)
        if most is None or middle is None:
            return None
        worse = request.price - middle if request.action is Action.BUY else middle - request.price
        if worse <= most:
            return None
        return Refusal(
            reason=f"the limit {plain(request.price)} is {plain(worse)} worse than the middle "
            f"{plain(middle)}; max_distance is {plain(most)}",
            rule="max_distance",
            hint="take a limit nearer to the market",
        )

    def _fits_exposure(self, risk: Risk, facts: Facts) -> Refusal | None:
        """Held plus new against the caps of market and event; the counters hold the rest."""
        held = (
            ("max_market", self.settings.max_market, facts.invested(facts.market.ref)),
            ("max_event", self.settings.max_event, facts.invested(None)),
        )
        for rule, cap, invested in held:
            if cap is not None and risk.loss > 0 and invested + risk.loss > cap:
                return Refusal(
                    reason=f"{plain(invested)} held and {plain(risk.loss)} at risk exceed "
                    f"{rule} {plain(cap)}",
                    rule=rule,
                    hint="order less",
                )
        return None

    def leaves_reserve(self, cash: Decimal, facts: Facts) -> Refusal | None:
        """Whether enough cash is left when that much is paid."""
        reserve = self.settings.cash_reserve
        if reserve is None or facts.balances is None or cash <= 0:
            return None
        left = (facts.cash or Decimal(0)) - cash
        if left >= reserve:
            return None
        return Refusal(
            reason=f"{plain(left)} cash would be left; cash_reserve is {plain(reserve)}",
            rule="cash_reserve",
            hint="order less",
        )
