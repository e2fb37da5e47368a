"""The question that a person answers at the client: the whole order, and nothing that could pose as it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pmi_core.models import Action
from pmi_core.numbers import plain
from pmi_mcp.texts import clean
from pmi_mcp.views.drafts import MOVES, draft_line, money_name, order_line, quoted, second, terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pmi_core.desk import OrderPreview, Preview

__all__ = ["question"]

_TITLE = 100
_LEG_TITLE = 60
_SAID = 300


def question(preview: Preview, about: Sequence[tuple[str, str]] = ()) -> str:
    """Everything that a yes stands for, a line for each thing.

    What venues, their users and the assistant wrote stands in quotation marks on lines of its own, one
    line each, and can neither end them nor format anything.

    Args:
        preview: what is asked about.
        about: names and values that the venue tells of what is no new order.
    """
    return "\n".join(_lines(preview, about))


def _lines(preview: Preview, about: Sequence[tuple[str, str]]) -> Iterator[str]:
    yield f"Approve? {_first_upper(draft_line(preview.draft, preview.orders))}"
    account = f", account {quoted(preview.account, 60)}" if preview.account else ""
    yield (
        f"Venue: {preview.venue} ({clean(preview.environment, 40)}{account}): {MOVES[preview.write_class]}. "
        f"Mode: {preview.mode.value}."
    )
    for name, value in about:
        yield f"{clean(name, 40)}: {quoted(value, 2 * _TITLE)}"
    if len(preview.orders) == 1:
        yield from _order(preview.orders[0])
    else:
        for number, order in enumerate(preview.orders, 1):
            yield from _leg(number, order)
    yield f"Worst case: {plain(preview.max_loss)} {money_name(preview.currency)} lost, fees included."
    for warning in preview.warnings:
        yield f"WARNING: {clean(warning, 300)}"
    said = [getattr(preview.draft, "intent", ""), *_intents(preview)]
    for text in dict.fromkeys(text for text in said if text.strip()):
        yield f"The assistant says (not checked): {quoted(text, _SAID)}"
    yield f"Code {preview.code}; void after {second(preview.expires_at)}."


def _intents(preview: Preview) -> tuple[str, ...]:
    """What was said of each order."""
    draft = preview.draft
    if draft.kind == "place":
        return (draft.order.intent,)
    return tuple(order.intent for order in draft.orders) if draft.kind == "batch" else ()


def _order(order: OrderPreview) -> Iterator[str]:
    wanted, currency = order.request, money_name(order.currency)
    yield f"Market title: {quoted(order.market_title, _TITLE)}"
    yield f"Terms: {terms(wanted)}."
    fees = f"fees {'' if order.fees_certainty == 'exact' else 'at most '}{plain(order.fees)} {currency}"
    paid = plain(order.max_payout)
    if wanted.action is Action.BUY:
        yield f"Cost: at most {plain(order.max_loss)} {currency}, of it {fees}; pays {paid} if it wins."
    else:
        yield f"Raises at least {paid} {currency} if all of it is sold; {fees}."
    yield f"Now: {_book(order)}; {_taken(order)}."
    yield (
        f"Position: {plain(order.position_before)} {wanted.outcome.upper()} now, "
        f"{plain(order.position_after)} afterwards; {plain(order.exposure_after)} {currency} at stake here."
    )


def _leg(number: int, order: OrderPreview) -> Iterator[str]:
    yield (
        f"{number}. {order_line(order.request)}; {terms(order.request)}; at most {plain(order.max_loss)} "
        f"{money_name(order.currency)} lost, fees at most {plain(order.fees)}; {_taken(order)}"
    )
    yield f"{number}. title: {quoted(order.market_title, _LEG_TITLE)}"


def _book(order: OrderPreview) -> str:
    sides = (("best bid", order.best_bid), ("best ask", order.best_ask))
    known = [f"{name} {plain(price)}" for name, price in sides if price is not None]
    return ", ".join(known) or "nobody quotes"


def _taken(order: OrderPreview) -> str:
    if not order.taken_now or order.average_price is None:
        return "nothing trades at once"
    by = ", by the venue's own quote" if order.priced_by_venue else ""
    return f"{plain(order.taken_now)} would trade at once at {plain(order.average_price)} on average{by}"


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
