"""The one road of every order; needs the extra ``pmi-core[desk]``.

``async with Desk(registry) as desk``: ``preview`` a draft, let a person ``approve`` its code, ``send``
the code.  A name loads its module when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmi_core.desk.approval import TicketState
    from pmi_core.desk.checks import Check, Severity
    from pmi_core.desk.desk import Desk
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
    )
    from pmi_core.desk.intents import IntentState
    from pmi_core.desk.journal import Entry, EntryKind, Verdict
    from pmi_core.desk.kill import KillSwitch
    from pmi_core.desk.preview import OrderPreview, Preview
    from pmi_core.desk.sent import Sent, SentOrder
    from pmi_core.desk.settings import DeskSettings
    from pmi_core.models import OrderDraft, Refusal
    from pmi_core.settings import ApprovalChannel

__all__ = [
    "AcceptDraft",
    "AmendDraft",
    "ApprovalChannel",
    "BatchDraft",
    "Check",
    "ConfirmDraft",
    "Desk",
    "DeskSettings",
    "Draft",
    "Entry",
    "EntryKind",
    "GroupDraft",
    "IntentState",
    "KillSwitch",
    "OrderDraft",
    "OrderPreview",
    "PlaceDraft",
    "Preview",
    "QuoteDraft",
    "Refusal",
    "Sent",
    "SentOrder",
    "Severity",
    "TicketState",
    "TransferDraft",
    "Verdict",
]

_HOMES = {
    "pmi_core.desk.approval": ("TicketState",),
    "pmi_core.desk.checks": ("Check", "Severity"),
    "pmi_core.desk.desk": ("Desk",),
    "pmi_core.desk.intents": ("IntentState",),
    "pmi_core.desk.journal": ("Entry", "EntryKind", "Verdict"),
    "pmi_core.desk.kill": ("KillSwitch",),
    "pmi_core.desk.preview": ("OrderPreview", "Preview"),
    "pmi_core.desk.sent": ("Sent", "SentOrder"),
    "pmi_core.desk.settings": ("DeskSettings",),
    "pmi_core.models": ("OrderDraft", "Refusal"),
    "pmi_core.settings": ("ApprovalChannel",),
}
"""Where a name lives; every other name is a draft."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = next((home for home, names in _HOMES.items() if name in names), "pmi_core.desk.draft")
    found = getattr(import_module(home), name)
    globals()[name] = found
    return found
