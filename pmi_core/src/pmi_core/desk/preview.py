"""What an order would do, computed from what is true at the venue now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pmi_core.analysis.cost import FillCost
from pmi_core.desk.checks import Check, Severity, check_order
from pmi_core.desk.draft import AmendDraft, BatchDraft, Draft, PlaceDraft, draft_of
from pmi_core.desk.facts import Facts, reference_price
from pmi_core.desk.intent import compare_intent
from pmi_core.desk.lettering import oddities
from pmi_core.desk.policy import Policy
from pmi_core.desk.risk import Risk, assess
from pmi_core.models import Action, FeeCertainty, Model, OrderDraft, OrderRequest, Time
from pmi_core.numbers import Amount, Number, Price, Quantity
from pmi_core.provider import WriteClass
from pmi_core.settings import ApprovalChannel, Mode, PolicySettings

__all__ = ["OrderPreview", "Preview", "loss_of", "preview_of", "preview_order"]


class OrderPreview(Model):
    """What one order would do; prices in terms of its outcome, money in ``currency``."""

    request: OrderRequest
    market_title: str
    currency: str
    middle: Price | None
    """Middle of the market; the one side that there is, or None."""
    best_bid: Price | None
    best_ask: Price | None
    book_time: Time | None
    taken_now: Quantity
    """Contracts that would trade at once; the rest waits or is cancelled."""
    average_price: Number | None
    """Of what would trade at once."""
    priced_by_venue: bool
    """Whether that is the venue's own quote, because its book is none that an order meets."""
    fees: Amount
    """The most that its fills are charged when they happen."""
    fees_certainty: FeeCertainty
    max_loss: Amount
    """The most that can be lost, fees included."""
    max_payout: Amount
    """What a full fill of a purchase pays if its outcome wins; for a sale, what it raises at least."""
    position_before: Quantity
    """Contracts of this outcome held."""
    position_after: Number
    """After a full fill; negative means that a position in the other outcome is opened."""
    exposure_after: Amount
    """What was paid for what is held in the market, and what this order can lose."""
    checks: tuple[Check, ...]


class Preview(Model):
    """What a draft would do, and the code under which it can be approved."""

    code: str
    digest: str
    """Binds an approval to exactly this; a strong channel signs it."""
    draft: Draft
    venue: str
    environment: str
    account: str | None
    write_class: WriteClass
    mode: Mode
    orders: tuple[OrderPreview, ...]
    """Empty for what is no order, such as answering a request for quotes."""
    max_loss: Amount
    """Over all orders; counted against the caps when it is sent."""
    currency: str
    warnings: tuple[str, ...]
    """What a person should look at twice."""
    approve_with: frozenset[ApprovalChannel]
    """Without the token where `token_ceiling` closes it for this."""
    expires_at: Time


def preview_order(
    draft: OrderDraft,
    request: OrderRequest,
    facts: Facts,
    policy: PolicySettings,
    *,
    taking: FillCost | None,
    now: datetime,
    said: str = "",
) -> tuple[OrderPreview, Risk]:
    """Compute the preview of one order that would take that at once, failed checks included."""
    risk = assess(request, facts, taking)
    checks = list(check_order(request, facts, risk=risk, taking=taking, policy=policy, now=now))
    doubts = (
        *compare_intent(draft, said),
        *oddities(f"{said} {draft.intent}", "the text"),
        *oddities(facts.market.title, "the market's title"),
    )
    checks += [Check(name="intent", severity=Severity.WARN, says=sentence) for sentence in doubts]
    book = facts.book
    held = facts.held(request.outcome)
    signed = risk.size if request.action is Action.BUY else -risk.size
    if request.reduce_only:
        signed = max(signed, -held)
    payout = risk.size if request.action is Action.BUY else risk.size * request.price
    shown = OrderPreview(
        request=request,
        market_title=facts.market.title,
        currency=facts.market.currency,
        middle=reference_price(facts.market, book, request.outcome),
        best_bid=book.best_bid.price if book and book.best_bid else None,
        best_ask=book.best_ask.price if book and book.best_ask else None,
        book_time=book.received_time if book else None,
        taken_now=taking.size if taking else Decimal(0),
        average_price=taking.average_price if taking else None,
        priced_by_venue=taking is not None and taking.by_venue,
        fees=risk.fees,
        fees_certainty=risk.certainty,
        max_loss=risk.loss,
        max_payout=payout,
        position_before=held,
        position_after=held + signed,
        exposure_after=facts.invested(facts.market.ref) + risk.loss,
        checks=tuple(checks),
    )
    return shown, risk


def preview_of(
    payload: dict[str, Any], digest: str, orders: tuple[OrderPreview, ...], policy: Policy
) -> Preview:
    """What a ticket holds, for people."""
    checks = [check for one in orders for check in one.checks]
    write_class, loss = WriteClass(payload["write_class"]), loss_of(payload)
    return Preview(
        code=payload["code"],
        digest=digest,
        draft=draft_of(payload),
        venue=payload["venue"],
        environment=payload["environment"],
        account=payload["account"],
        write_class=write_class,
        mode=policy.mode,
        orders=orders,
        max_loss=loss,
        currency=payload["currency"],
        warnings=(
            *(check.says for check in checks if check.severity is Severity.WARN),
            *_deal_warnings(payload),
        ),
        approve_with=policy.channels(write_class, loss),
        expires_at=datetime.fromtimestamp(payload["expires"] / 1000, UTC),
    )


def _deal_warnings(payload: dict[str, Any]) -> Iterator[str]:
    """What is odd about the text of something that is no order."""
    draft = draft_of(payload)
    if isinstance(draft, PlaceDraft | BatchDraft | AmendDraft):
        return
    alike = [OrderDraft.model_validate(one) for step in payload["steps"] for one in step["stands_for"]]
    if len(alike) == 1:
        yield from compare_intent(alike[0])
    yield from oddities(draft.intent, "the text")


def loss_of(payload: dict[str, Any]) -> Decimal:
    """What everything that a ticket holds can lose together."""
    return Decimal(sum(step["units"] for step in payload["steps"])) / 1_000_000
