"""From a draft to the exact steps that a yes stands for, judged by the live market."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock
from pmi_core.desk.caps import pool_of, scopes_of, to_units
from pmi_core.desk.checks import Check, failure
from pmi_core.desk.draft import (
    AcceptDraft,
    AmendDraft,
    BatchDraft,
    ConfirmDraft,
    Draft,
    GroupDraft,
    PlaceDraft,
    QuoteDraft,
    TransferDraft,
    new_order_id,
)
from pmi_core.desk.facts import Facts, read_facts, reference_price
from pmi_core.desk.moving import place_of, priced_in
from pmi_core.desk.negotiation import Stake, quote_at_stake, rfq_at_stake
from pmi_core.desk.policy import Policy, refused
from pmi_core.desk.preview import OrderPreview, preview_order
from pmi_core.desk.pricing import taking_now
from pmi_core.desk.risk import Risk, assess
from pmi_core.errors import InsufficientFunds, InvalidOrder, MarketNotOpen, NotFound
from pmi_core.identifiers import GroupRef, MarketRef
from pmi_core.models import OrderDraft, OrderRequest, OutcomeSide, Refusal
from pmi_core.numbers import ZERO, counted, plain
from pmi_core.provider import IdempotencyKind, Venue, require

__all__ = ["Plan", "Planner", "Step"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to send, with what it is counted for."""

    kind: str
    id: str
    market: str
    """The market's ref, or that of the group."""
    outcome: str | None
    reference: str | None
    """The middle of the market when it was judged, which the market may not leave too far."""
    loss: Decimal
    scopes: tuple[str, ...]
    leans_on_position: bool
    body: dict[str, Any]
    stands_for: tuple[OrderDraft, ...] = ()
    """Orders that would do the same, for what is no new order itself; reviewed again at sending."""

    def data(self) -> dict[str, Any]:
        """As plain data for the ticket."""
        return {
            "kind": self.kind,
            "id": self.id,
            "market": self.market,
            "outcome": self.outcome,
            "reference": self.reference,
            "units": to_units(self.loss),
            "scopes": list(self.scopes),
            "leans_on_position": self.leans_on_position,
            "body": self.body,
            "stands_for": [order.model_dump(mode="json") for order in self.stands_for],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps of a draft."""

    steps: tuple[Step, ...]
    shown: tuple[OrderPreview, ...]
    currency: str

    @property
    def loss(self) -> Decimal:
        """Over all steps."""
        return sum((step.loss for step in self.steps), ZERO)


class Planner:
    """Judges drafts by policy, plugins and the live market."""

    def __init__(
        self,
        policy: Policy,
        review: Callable[[OrderDraft], Refusal | None],
        clock: Clock,
        book_age: int,
    ) -> None:
        self._policy = policy
        self._review = review
        self._clock = clock
        self._book_age = book_age

    async def plan(self, draft: Draft, venue: Venue) -> Plan:  # noqa: PLR0911 - one for each kind
        """Make the steps of a draft.

        Raises:
            RequestError: the market or the policy does not let it pass; the message says why.
        """
        if refusal := self._policy.allows_writing(venue.info):
            raise refused(refusal, venue.name)
        match draft:
            case PlaceDraft():
                return await self._place((draft.order,), venue)
            case BatchDraft():
                return await self._place(draft.orders, venue, draft.intent)
            case AmendDraft():
                return await self._amend(draft, venue)
            case QuoteDraft():
                return self._deal(draft, venue, await rfq_at_stake(venue, draft))
            case AcceptDraft() | ConfirmDraft():
                return self._deal(draft, venue, await quote_at_stake(venue, draft))
            case GroupDraft():
                require(venue.groups, Capability.GROUPS, venue)
                return Plan((self._step(draft, venue, draft.group_ref, ZERO, ()),), (), venue.info.currency)
            case TransferDraft():
                currency = await priced_in(venue, draft)
                return Plan((self._step(draft, venue, place_of(draft), ZERO, ()),), (), currency)

    async def _place(self, orders: tuple[OrderDraft, ...], venue: Venue, said: str = "") -> Plan:
        require(venue.orders, Capability.ORDERS, venue)
        markets = [order.market_ref for order in orders]
        if venue.info.idempotency.kind is IdempotencyKind.NONE and len(set(markets)) < len(markets):
            raise InvalidOrder(
                f"{venue.name} cannot tell two orders in one market apart when an answer is lost",
                hint="send them one after the other",
                venue=venue.name,
            )
        for group in dict.fromkeys(order.group_ref for order in orders if order.group_ref is not None):
            await _check_group(venue, group)
        steps, shown = [], []
        cash, currencies = ZERO, set()
        for order in orders:
            if refusal := self._policy.allows_market(order.market_ref):
                raise refused(refusal, venue.name)
            facts = await self._facts(venue, order.market_ref, order.outcome)
            request = order.request(new_order_id(venue.info))
            preview, risk = await self._preview(order, request, facts, venue, said)
            self._judge(order, request, risk=risk, facts=facts, checks=preview.checks, venue=venue)
            cash += risk.cash
            currencies.add(facts.market.currency)
            steps.append(self._order_step("place", request, risk=risk, facts=facts, venue=venue))
            shown.append(preview)
            self._check_cash(cash, facts, venue)
        if len(currencies) != 1:
            raise InvalidOrder("the orders of a batch are paid in one currency", venue=venue.name)
        return Plan(tuple(steps), tuple(shown), currencies.pop())

    async def _amend(self, draft: AmendDraft, venue: Venue) -> Plan:
        require(venue.amend, Capability.AMEND, venue)
        order = await require(venue.orders, Capability.ORDERS, venue).get_order(draft.order_ref)
        if order.is_terminal or order.size is None:
            raise InvalidOrder(f"the order is {order.status.value} and cannot be amended", venue=venue.name)
        if draft.size <= order.filled:
            raise InvalidOrder(
                f"{counted(order.filled, 'contract')} filled already; the new total size must exceed that",
                venue=venue.name,
            )
        id_ = new_order_id(venue.info)
        changed = OrderDraft(
            market_ref=order.market_ref,
            outcome=order.outcome,
            action=order.action,
            size=draft.size,
            price=draft.price,
            time_in_force=order.time_in_force,
            expires_at=order.expires_at,
            post_only=order.post_only,
            reduce_only=order.reduce_only,
            group_ref=order.group_ref,
            intent=draft.intent,
        )
        facts = await self._facts(venue, order.market_ref, order.outcome)
        request = changed.request(id_)
        preview, _ = await self._preview(changed, request, facts, venue)
        risk = assess(request, facts, None, order.filled)
        as_it_was = changed.model_copy(update={"price": order.price, "size": order.size})
        before = assess(as_it_was.request(id_), facts, None, order.filled)
        more = Risk(
            max(ZERO, risk.loss - before.loss),
            max(ZERO, risk.cash - before.cash),
            risk.fees,
            risk.certainty,
            risk.size,
            risk.leans_on_position,
        )
        checks = tuple(check for check in preview.checks if check.name != "cash")
        self._judge(changed, request, risk=more, facts=facts, checks=checks, venue=venue)
        self._check_cash(more.cash, facts, venue)
        body = {"order_ref": draft.order_ref, "price": plain(draft.price), "size": plain(draft.size)}
        before_body = {"price": plain(order.price), "size": plain(order.size)}
        step = self._order_step(
            "amend", request, risk=more, facts=facts, venue=venue, body={**body, "before": before_body}
        )
        step = replace(step, stands_for=(changed,))
        shown = preview.model_copy(update={"max_loss": more.loss, "checks": checks})
        return Plan((step,), (shown,), facts.market.currency)

    async def _facts(self, venue: Venue, market: MarketRef, outcome: OutcomeSide) -> Facts:
        return await read_facts(venue, market, outcome, self._clock, self._book_age)

    async def _preview(
        self, draft: OrderDraft, request: OrderRequest, facts: Facts, venue: Venue, said: str = ""
    ) -> tuple[OrderPreview, Risk]:
        taking = await taking_now(venue, request, facts)
        now = self._clock.now()
        return preview_order(draft, request, facts, self._policy.settings, taking=taking, now=now, said=said)

    def _judge(
        self,
        draft: OrderDraft,
        request: OrderRequest,
        *,
        risk: Risk,
        facts: Facts,
        checks: tuple[Check, ...],
        venue: Venue,
    ) -> None:
        if error := failure(checks, venue.name):
            raise error
        refusal = self._policy.allows_order(request, risk, facts, venue.info) or self._review(draft)
        if refusal is not None:
            raise refused(refusal, venue.name)

    def _check_cash(self, cash: Decimal, facts: Facts, venue: Venue) -> None:
        """The orders of a batch are paid from the same cash."""
        if refusal := self._policy.leaves_reserve(cash, facts):
            raise refused(refusal, venue.name)
        if facts.cash is not None and cash > facts.cash:
            raise InsufficientFunds(
                f"{plain(cash)} {facts.market.currency} may be needed, {plain(facts.cash)} is free",
                venue=venue.name,
            )

    def _order_step(
        self,
        kind: str,
        request: OrderRequest,
        *,
        risk: Risk,
        facts: Facts,
        venue: Venue,
        body: dict[str, Any] | None = None,
    ) -> Step:
        reference = reference_price(facts.market, facts.book, request.outcome)
        pool = pool_of(venue.info, facts.market.currency)
        return Step(
            kind=kind,
            id=request.client_order_id,
            market=facts.market.ref,
            outcome=request.outcome.value,
            reference=None if reference is None else plain(reference),
            loss=risk.loss,
            scopes=scopes_of(pool, venue.name, facts.market.event_ref, facts.market.ref),
            leans_on_position=risk.leans_on_position,
            body={"request": request.model_dump(mode="json"), **(body or {})},
        )

    def _deal(self, draft: Draft, venue: Venue, stake: Stake) -> Plan:
        market = stake.market
        refusals = (
            self._policy.allows_market(market.ref),
            *(self._policy.allows_price(order.price) for order in stake.orders),
            self._policy.allows_loss(stake.loss),
            *(self._review(order) for order in stake.orders),
        )
        for refusal in refusals:
            if refusal is not None:
                raise refused(refusal, venue.name)
        if not market.is_open:
            raise MarketNotOpen(f"{market.ref} takes no orders now", venue=venue.name)
        pool = pool_of(venue.info, market.currency)
        scopes = scopes_of(pool, venue.name, market.event_ref, market.ref)
        step = self._step(draft, venue, market.ref, stake.loss, scopes)
        return Plan((replace(step, stands_for=stake.orders),), (), market.currency)

    def _step(self, draft: Draft, venue: Venue, subject: str, loss: Decimal, scopes: tuple[str, ...]) -> Step:
        return Step(
            kind=draft.kind,
            id=new_order_id(venue.info),
            market=subject,
            outcome=None,
            reference=None,
            loss=loss,
            scopes=scopes,
            leans_on_position=False,
            body=draft.model_dump(mode="json", exclude={"kind", "intent"}),
        )


async def _check_group(venue: Venue, group: GroupRef) -> None:
    """Look that an order may join a group."""
    if group.venue != venue.name or venue.groups is None:
        raise InvalidOrder(
            f"{venue.name} has no order group {str(group)[:80]!r}",
            hint="leave the group out" if venue.groups is None else "give a group of the order's own venue",
            venue=venue.name,
            code="group",
        )
    try:
        found = await venue.groups.get_group(group)
    except NotFound as error:
        error.hint = "give a group that exists, make one first, or leave the group out"
        raise
    if found.triggered:
        raise InvalidOrder(
            f"order group {group} has stopped and takes no orders",
            hint="let it work again first (reset), or leave the group out",
            venue=venue.name,
            code="group",
        )
