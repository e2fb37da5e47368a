"""Which messages are notices, and what they look like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pmi_provider_kalshi.native import notices as native
from pmi_provider_kalshi.streaming.channels import Notice

__all__ = ["NOTICES", "Told"]


@dataclass(frozen=True, slots=True)
class Told:
    """A type of message."""

    kind: Notice
    shape: type[native.Notified]


NOTICES: Final = {
    "order_group_updates": Told(Notice.GROUPS, native.GroupChanged),
    "rfq_created": Told(Notice.NEGOTIATIONS, native.RfqCreated),
    "rfq_deleted": Told(Notice.NEGOTIATIONS, native.RfqDeleted),
    "quote_created": Told(Notice.NEGOTIATIONS, native.QuoteCreated),
    "quote_accepted": Told(Notice.NEGOTIATIONS, native.QuoteAccepted),
    "quote_executed": Told(Notice.NEGOTIATIONS, native.QuoteExecuted),
    "event_lifecycle": Told(Notice.EVENTS, native.EventCreated),
    "event_fee_update": Told(Notice.EVENTS, native.EventFees),
}
"""By type (AsyncAPI of 2026-10-26); batches of requests for quotes are left alone."""
