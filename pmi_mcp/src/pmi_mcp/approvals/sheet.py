"""A preview as what the page shows: sentences, figures, checks; every foreign text sanitized."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from pmi_core.desk.checks import Severity
from pmi_core.desk.draft import BatchDraft, PlaceDraft
from pmi_core.models import Action, FeeCertainty, TimeInForce
from pmi_core.numbers import plain
from pmi_core.provider import WriteClass
from pmi_core.settings import ApprovalChannel
from pmi_mcp.approvals.amounts import average, contracts, moment, money, price
from pmi_mcp.texts import clean, identifier
from pmi_mcp.views.drafts import Units, draft_line, first_upper, order_line

if TYPE_CHECKING:
    from pmi_core.desk import OrderPreview, Preview
    from pmi_core.desk.checks import Check
    from pmi_mcp.approvals.depth import Depth

__all__ = ["Badge", "CheckLine", "Figure", "Leg", "Sheet", "sheet_of"]

_BADGES = {
    WriteClass.SIMULATED: ("Simulated", "play money"),
    WriteClass.DEMO: ("Test environment", "no real money"),
    WriteClass.REAL: ("LIVE", "real money"),
}
_SIGNS = {
    Severity.OK: ("\N{CHECK MARK}", "Fine"),
    Severity.WARN: ("!", "Look twice"),
    Severity.FAIL: ("\N{MULTIPLICATION SIGN}", "Cannot be"),
}
_LASTING = {
    TimeInForce.GTC: "until it is filled or cancelled",
    TimeInForce.GTD: "until it expires",
    TimeInForce.IOC: "what can be had at once; the rest is cancelled",
    TimeInForce.FOK: "all of it at once, or nothing",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """What the order moves."""

    kind: str
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One amount that matters."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One thing that was looked at."""

    kind: str
    sign: str
    word: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One order of a draft."""

    sentence: str
    question: str
    ref: str
    figures: tuple[Figure, ...]
    at_once: str
    checks: tuple[CheckLine, ...]
    details: tuple[tuple[str, str], ...]
    said: str
    depth: Depth | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that the page says of a draft before it is decided."""

    code: str
    heading: str
    badge: Badge
    venue: str
    environment: str
    account: str
    legs: tuple[Leg, ...]
    facts: tuple[tuple[str, str], ...]
    """What is known of what is no order, such as a request for quotes."""
    total: str
    """The most that everything together can lose."""
    said: str
    details: tuple[tuple[str, str], ...]
    expires: datetime
    by_page: bool
    by_passkey: bool
    others: tuple[str, ...] = field(default=())
    """Ways to approve it that are not on a page."""


def _units(currency: str) -> Units:
    """Amounts with their currency; the market's title stands beside the sentence."""
    return Units(lambda value: price(value, currency), lambda value: money(value, currency), refs=False)


def sheet_of(preview: Preview, depths: tuple[Depth | None, ...], facts: tuple[tuple[str, str], ...]) -> Sheet:
    """What the page shows of a preview, with the books that could be read for its orders."""
    draft, batch = preview.draft, isinstance(preview.draft, BatchDraft)
    intents = [one.intent for one in draft.orders] if isinstance(draft, BatchDraft) else []
    said = draft.order.intent if isinstance(draft, PlaceDraft) else draft.intent
    name, note = _BADGES[preview.write_class]
    legs = tuple(
        _leg(one, preview.currency, depth, intents[place] if batch else "")
        for place, (one, depth) in enumerate(zip(preview.orders, depths, strict=True))
    )
    passkey, page = ApprovalChannel.PASSKEY, ApprovalChannel.PAGE
    return Sheet(
        code=preview.code,
        heading=first_upper(
            draft_line(preview.draft, [one.request for one in preview.orders], _units(preview.currency))
        ),
        badge=Badge(preview.write_class.value, name, note),
        venue=clean(preview.venue, 60),
        environment=clean(preview.environment, 60),
        account=clean(preview.account or "the only one", 80),
        legs=legs,
        facts=facts,
        total=money(preview.max_loss, preview.currency),
        said=clean(said, 2000, lines=True),
        details=(("Code", preview.code), ("Digest", preview.digest)),
        expires=preview.expires_at,
        by_page=page in preview.approve_with,
        by_passkey=passkey in preview.approve_with,
        others=tuple(sorted(channel.value for channel in preview.approve_with - {passkey, page})),
    )


def _leg(shown: OrderPreview, currency: str, depth: Depth | None, said: str) -> Leg:
    return Leg(
        sentence=first_upper(order_line(shown.request, _units(currency))),
        question=clean(shown.market_title, 300),
        ref=identifier(shown.request.market_ref.of(shown.request.outcome.value)),
        figures=_figures(shown),
        at_once=_at_once(shown),
        checks=tuple(_check(check) for check in shown.checks),
        details=_details(shown),
        said=clean(said, 2000, lines=True),
        depth=depth,
        currency=currency,
    )


def _figures(shown: OrderPreview) -> tuple[Figure, ...]:
    request, currency = shown.request, shown.currency
    fees = "exact" if shown.fees_certainty is FeeCertainty.EXACT else "at most"
    charged = Figure("Fees", money(shown.fees, currency), fees)
    lost = Figure("Most you can lose", money(shown.max_loss, currency), "fees included")
    wins = f"You receive if {request.outcome.value.upper()}"
    if request.action is Action.SELL:
        raised = Figure("You receive", money(shown.max_payout, currency), "at least, if all of it is sold")
        held, noun = contracts(shown.position_after).split()
        after = Figure("You hold afterwards", held, f"{noun}, if all of it is sold")
        return (raised, charged, lost, after)
    spent = request.notional if request.size is None else request.size * request.price
    assert spent is not None
    paid = Figure("You pay", money(spent, currency), "at most, before fees")
    return (paid, charged, lost, Figure(wins, money(shown.max_payout, currency), "if all of it is bought"))


def _at_once(shown: OrderPreview) -> str:
    if shown.book_time is None:
        return "This venue shows no book; what trades at once is not known."
    if not shown.taken_now or shown.average_price is None:
        return "Nothing trades at once: the order waits in the book."
    each = average(shown.average_price, shown.currency)
    said = f"{contracts(shown.taken_now)} would trade at once, for {each} on average"
    if shown.request.size is not None and shown.taken_now < shown.request.size:
        waits = shown.request.time_in_force in (TimeInForce.GTC, TimeInForce.GTD)
        return f"{said}; the rest {'waits' if waits else 'is cancelled'}."
    return f"{said}."


def _check(check: Check) -> CheckLine:
    sign, word = _SIGNS[check.severity]
    return CheckLine(check.severity.value, sign, word, clean(check.says, 400))


def _details(shown: OrderPreview) -> tuple[tuple[str, str], ...]:
    request, currency = shown.request, shown.currency
    rows = [("Works", _LASTING[request.time_in_force])]
    if request.expires_at is not None:
        rows.append(("Expires", moment(request.expires_at)))
    if request.post_only:
        rows.append(("Post only", "it never takes; it waits in the book or is refused"))
    if request.reduce_only:
        rows.append(("Reduce only", "it only closes what is held"))
    if request.group_ref is not None:
        rows.append(("Order group", identifier(request.group_ref)))
    if shown.best_bid is not None:
        rows.append(("Best bid at the preview", price(shown.best_bid, currency)))
    if shown.best_ask is not None:
        rows.append(("Best ask at the preview", price(shown.best_ask, currency)))
    rows += [
        ("You hold", f"{contracts(shown.position_before)} of {request.outcome.value.upper()}"),
        ("You would hold", f"{plain(shown.position_after)} if all of it is filled"),
        ("At stake in this market", money(shown.exposure_after, currency)),
        ("Order id", identifier(request.client_order_id)),
    ]
    return tuple(rows)
