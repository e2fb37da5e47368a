"""The gist of a row of the journal, in a few words."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmi_core.desk import Entry

__all__ = ["tells"]

_MILLION = Decimal(1_000_000)


def tells(entry: Entry) -> str:
    """What a row says; its text may be foreign, and a row that somebody changed may say anything."""
    try:
        return _TELLERS.get(entry.kind.value, _rest)(entry.subject, entry.body)
    except (KeyError, TypeError, ValueError):
        return "cannot be read; `pmi audit verify` tells whether it was changed"


def _draft(subject: str, body: dict[str, Any]) -> str:
    from pydantic import TypeAdapter

    from pmi_core.desk import Draft
    from pmi_mcp.terminal.sentence import of_draft

    del subject
    draft: Any = TypeAdapter(Draft).validate_python(body["draft"])
    return of_draft(draft)


def _preview(subject: str, body: dict[str, Any]) -> str:
    del subject
    payload = body["payload"]
    units = sum(step["units"] for step in payload["steps"])
    return f"may lose {_money(units)} {payload['currency']} at {payload['venue']}"


def _approval(subject: str, body: dict[str, Any]) -> str:
    del subject
    return f"by {body['channel']}: {body['by']}"


def _refusal(subject: str, body: dict[str, Any]) -> str:
    del subject
    said = body.get("reason") or body.get("message") or "no reason given"
    return f"{body['by']}: {said}" if "by" in body else str(said)


def _intent(subject: str, body: dict[str, Any]) -> str:
    return f"{body['kind']} {subject}, {_money(body['units'])} at risk"


def _answer(subject: str, body: dict[str, Any]) -> str:
    order = body.get("order") or {}
    status = order.get("status") or body["state"]
    parts = (status, body.get("order_ref"), body.get("message"))
    return ", ".join(str(part) for part in parts if part) or subject


def _reduction(subject: str, body: dict[str, Any]) -> str:
    del subject
    how = f"failed: {body['error']}" if "error" in body else "done"
    return f"{body['what']} {how}" + (f", {body['by']}" if body.get("by") else "")


def _kill(subject: str, body: dict[str, Any]) -> str:
    del subject
    return f"{body['by']}: {body['reason']}"


def _rest(subject: str, body: dict[str, Any]) -> str:
    del subject
    return ", ".join(f"{name} {value}" for name, value in body.items() if isinstance(value, str) and value)


def _money(units: int) -> str:
    from pmi_mcp.terminal.preview import money

    return money(Decimal(units) / _MILLION)


_TELLERS = {
    "draft": _draft,
    "preview": _preview,
    "approval": _approval,
    "refusal": _refusal,
    "intent": _intent,
    "answer": _answer,
    "reconciliation": _answer,
    "reduction": _reduction,
    "kill": _kill,
}
"""By the kind of the row."""
