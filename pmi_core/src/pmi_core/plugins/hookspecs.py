"""The whole contract of a plugin: three hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from pmi_core.models import OrderDraft, Refusal
    from pmi_core.provider import CallRecord, Provider

__all__ = [
    "PROJECT",
    "hookimpl",
    "hookspec",
    "pmi_call_finished",
    "pmi_provider",
    "pmi_review_order",
]

PROJECT = "pmi"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a plugin's function as the implementation of the hook of the same name."""


@hookspec
def pmi_provider() -> Provider:  # type: ignore[empty-body]
    """Describe the one provider that this plugin brings.  Must not open anything."""


@hookspec(firstresult=True)
def pmi_review_order(draft: OrderDraft) -> Refusal | None:
    """Stop an order by giving a refusal; the first one wins.

    Asked when the draft is previewed and again just before it is sent.  Must not wait.
    """


@hookspec
def pmi_call_finished(record: CallRecord) -> None:
    """Hear about a finished call to a venue.  Must not wait; what it raises is logged only."""
