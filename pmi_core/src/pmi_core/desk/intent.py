"""Compares what an author says with what the order does: words and numbers, no understanding."""

from __future__ import annotations

import re
from decimal import Decimal

from pmi_core.desk.counting import NUMBER, number_of, spelled
from pmi_core.desk.lettering import plain_letters
from pmi_core.models import Action, OrderDraft, OutcomeSide
from pmi_core.numbers import ONE, plain

__all__ = ["compare_intent"]

_VERBS = {
    **dict.fromkeys(("buy", "buys", "buying", "bought", "purchase", "purchasing", "acquire"), Action.BUY),
    **dict.fromkeys(("sell", "sells", "selling", "sold", "exit", "dump", "offload", "unload"), Action.SELL),
}
_VERB = re.compile(rf"\b(?:{'|'.join(_VERBS)})\b")
_LEANINGS = re.compile(
    r"\b(?:((?<!as )(?<!how )(?<!so )long\b(?![\s-]*(?:as|term|time|way|shot|run|enough)\b)|bullish\b)"
    r"|((?<!in )short(?:ing)?\b(?![\s-]*(?:term|of|time|run|notice)\b)|bearish\b|bet(?:ting)? against\b))"
)
_NOT = r"\b(?:not|never|don't|dont|no longer|instead of|rather than|without|avoid|stop)\s+(?:to\s+)?"
_NEGATED = re.compile(rf"{_NOT}({'|'.join(_VERBS)})\b")
_YES = r"yes\b"
_NO = (
    r"no\b(?!\s+(?:more|longer|less|later|rush|idea|matter|need|reason|way|one|doubt|limit|problem|hurry|fewer"
    r"|higher|lower|other|further|earlier|position|change|risk|fees?|cost|later|slippage|worries|contracts?)\b)"
)
_OUTCOME = re.compile(rf"\b(?:({_YES})|({_NO}))")
_THINGS = r"(?:contracts?|shares?|lots?|units?)\b"
_PRICED = r"(?!\s*(?:¢|%|c\b|cents?\b|percent\b|dollars?\b|usd\b|\$))"
_SIZES = (
    re.compile(rf"({NUMBER})\s*(?:(?:more|of|x)\s+)*(?:yes\s+|no\s+)?{_THINGS}"),
    re.compile(rf"\b(?:{'|'.join(_VERBS)})\s+(?:up\s+to\s+)?({NUMBER})(?![\d.,]){_PRICED}"),
    re.compile(rf"(?<![$\d.,])({NUMBER})\s*(?:x\s+|of\s+)?(?:yes|no)\b"),
)
_CENTS = re.compile(rf"({NUMBER})\s*(?:¢|c\b|cents?\b|%|percent\b)")
_FRACTION = re.compile(r"(?<![\d.])\$?(0?\.\d+)\b")
_AT = re.compile(rf"(?:\bat|@|\blimit(?:\s+of)?|\bprice(?:\s+of)?)\s*({NUMBER})(?![\d:]|[.,]\d|\s*{_THINGS})")
_MONEY = re.compile(
    rf"(?:\$\s*(?!0?\.)({NUMBER})|({NUMBER})\s*(?:dollars?|usd|bucks)\b)(?!\s*(?:a|per|each)\b)"
)
_ROOM = Decimal("1.05")


def compare_intent(draft: OrderDraft, said: str = "") -> tuple[str, ...]:
    """Sentences about each plain contradiction between the text and the order; empty when none is seen.

    Letters that look like others count as those.  That nothing is seen proves nothing: a text may
    contradict the order in ways that words do not show.
    """
    text = spelled(plain_letters(f"{said} {draft.intent}")).strip()
    if not text:
        return ()
    outcome, found = _outcome_of(text), []
    found += _actions(text, draft.action)
    if outcome is not None and outcome is not draft.outcome:
        found.append(
            f"the text names {outcome.value.upper()}, the order is for {draft.outcome.value.upper()}"
        )
    found += _leanings(text, draft, outcome)
    sizes = {number_of(number) for pattern in _SIZES for number in pattern.findall(text)}
    if draft.size is not None and sizes and draft.size not in sizes:
        found.append(
            f"the text says {_list(sizes)} contract{'' if sizes == {ONE} else 's'}, the order has {plain(draft.size)}"
        )
    prices = _prices(text)
    if prices and draft.price not in prices:
        found.append(f"the text says a price of {_list(prices)}, the order's limit is {plain(draft.price)}")
    return (*found, *_money(text, draft))


def _actions(text: str, action: Action) -> list[str]:
    """What is to be done, and what is not to be."""
    forbidden = {_VERBS[verb] for verb in _NEGATED.findall(text)}
    named = {_VERBS[verb] for verb in _VERB.findall(_NEGATED.sub(" ", text))}
    if named and action not in named:
        return [f"the text speaks of {_ing(next(iter(named)))}, the order {action.value}s"]
    if action in forbidden and action not in named:
        return [f"the text says not to {action.value}, the order {action.value}s"]
    return []


def _outcome_of(text: str) -> OutcomeSide | None:
    """The outcome that is meant: the only one, or of both the first after the verb."""
    named = [(one.start(), OutcomeSide.YES if one[1] else OutcomeSide.NO) for one in _OUTCOME.finditer(text)]
    if len({side for _, side in named}) < 2:
        return named[0][1] if named else None
    verb = _VERB.search(_NEGATED.sub(lambda one: " " * len(one[0]), text))
    after = [side for place, side in named if verb is not None and place > verb.start()]
    return after[0] if after else None


def _leanings(text: str, draft: OrderDraft, outcome: OutcomeSide | None) -> list[str]:
    """For or against: being short of one outcome is being long of the other."""
    words = {bool(up) for up, _ in _LEANINGS.findall(text)}
    if len(words) != 1:
        return []
    up = words.pop()
    wanted = up is ((outcome or OutcomeSide.YES) is OutcomeSide.YES)
    does = (draft.action is Action.BUY) is (draft.outcome is OutcomeSide.YES)
    if wanted is does:
        return []
    return [
        f"the text leans {'towards' if wanted else 'against'} YES, the order {'towards' if does else 'against'} it"
    ]


def _prices(text: str) -> set[Decimal]:
    prices = {number_of(number) / 100 for number in _CENTS.findall(text)}
    prices |= {Decimal(number) for number in _FRACTION.findall(text)}
    for number in _AT.findall(text):
        value = number_of(number)
        prices.add(value / 100 if ONE <= value < 100 else value)
    return {price for price in prices if 0 < price < ONE}


def _money(text: str, draft: OrderDraft) -> list[str]:
    """Sums of money against what the order may pay or raise; an order for less is none of concern."""
    sums = {number_of(first or second) for first, second in _MONEY.findall(text)} - {Decimal(0)}
    worth = draft.notional if draft.size is None else draft.size * draft.price
    if not sums or worth is None or worth <= max(sums) * _ROOM:
        return []
    return [f"the text speaks of {_list(sums)} in money, the order is worth {plain(worth)}"]


def _ing(action: Action) -> str:
    return "buying" if action is Action.BUY else "selling"


def _list(numbers: set[Decimal]) -> str:
    return " or ".join(plain(number) for number in sorted(numbers))
