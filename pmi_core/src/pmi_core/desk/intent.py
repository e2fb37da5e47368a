"""Compares what an author says with what the order does: words and numbers, no understanding."""

from __future__ import annotations

import re
from decimal import Decimal

from pmi_core.models import OrderDraft
from pmi_core.numbers import plain

__all__ = ["compare_intent"]

_WORDS = re.compile(r"[a-z]+", re.IGNORECASE)
_ACTIONS = {
    "buy": {"buy", "buying", "purchase", "long", "acquire"},
    "sell": {"sell", "selling", "exit", "dump", "offload"},
}
_NEGATIONS = re.compile(r"\b(?:not|never|no longer|don't|instead of|rather than)\b", re.IGNORECASE)
_SIZE = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(?:contracts?|shares?|lots?)\b", re.IGNORECASE)
_CENTS = re.compile(r"(\d+(?:\.\d+)?)\s*(?:¢|c\b|cents?\b)", re.IGNORECASE)
_DOLLARS = re.compile(r"\$?\b(0?\.\d+)\b")


def compare_intent(draft: OrderDraft, said: str = "") -> tuple[str, ...]:
    """Sentences about each plain contradiction between the text and the order; empty when none is seen.

    That nothing is seen proves nothing: a text may contradict the order in ways that words do not show.
    """
    text = f"{said} {draft.intent}".strip()
    if not text or _NEGATIONS.search(text):
        return ()
    words = {word.lower() for word in _WORDS.findall(text)}
    found = []
    actions = {action for action, names in _ACTIONS.items() if names & words}
    if len(actions) == 1 and draft.action.value not in actions:
        found.append(f"the text speaks of {actions.pop()}ing, the order {draft.action.value}s")
    outcomes = {"yes", "no"} & words
    if len(outcomes) == 1 and draft.outcome.value not in outcomes:
        found.append(
            f"the text names {outcomes.pop().upper()}, the order is for {draft.outcome.value.upper()}"
        )
    sizes = {Decimal(number.replace(",", "")) for number in _SIZE.findall(text)}
    if draft.size is not None and sizes and draft.size not in sizes:
        found.append(f"the text says {_list(sizes)} contracts, the order has {plain(draft.size)}")
    prices = {Decimal(number) / 100 for number in _CENTS.findall(text)}
    prices |= {Decimal(number) for number in _DOLLARS.findall(text)}
    if prices and draft.price not in prices:
        found.append(f"the text says a price of {_list(prices)}, the order's limit is {plain(draft.price)}")
    return tuple(found)


def _list(numbers: set[Decimal]) -> str:
    return " or ".join(plain(number) for number in sorted(numbers))
