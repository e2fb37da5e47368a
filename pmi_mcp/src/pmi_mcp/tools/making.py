"""Tools by which the account makes prices for others: quotes given, confirmed, withdrawn."""

from __future__ import annotations

from typing import Annotated

from mcp_types import InputRequiredResult
from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.identifiers import QuoteRef, RfqRef
from pmi_core.models import QuoteRequest
from pmi_mcp.caller import Caller
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.tools.ordering import IntentText
from pmi_mcp.tools.spec import ToolSpec, Writes
from pmi_mcp.views import quote_row
from pmi_mcp.wording import checked

__all__ = ["TOOLS", "cancel_quote", "confirm_quote", "create_quote"]

OwnQuote = Annotated[str, Field(description="Own quote's ref")]


async def create_quote(
    caller: Caller,
    *,
    rfq: Annotated[str, Field(description="Ref of another member's request")],
    yes_bid: Annotated[str | None, Field(description="Price at which you would buy YES")] = None,
    no_bid: Annotated[str | None, Field(description="Price at which you would buy NO")] = None,
    rest_remainder: Annotated[bool, Field(description="What is left rests in the book")] = False,
    intent: IntentText = "",
) -> Answer | InputRequiredResult:
    """Answer a request with a price on one side or both."""
    from pmi_core.desk.draft import QuoteDraft

    wanted = checked(
        QuoteRequest,
        rfq_ref=RfqRef(rfq.strip()),
        yes_bid=yes_bid,
        no_bid=no_bid,
        rest_remainder=rest_remainder,
    )
    return await caller.submit(
        QuoteDraft(
            rfq_ref=wanted.rfq_ref,
            yes_bid=wanted.yes_bid,
            no_bid=wanted.no_bid,
            rest_remainder=wanted.rest_remainder,
            intent=intent,
        )
    )


async def confirm_quote(caller: Caller, *, quote: OwnQuote) -> Answer | InputRequiredResult:
    """Let a quote trade that was accepted."""
    from pmi_core.desk.draft import ConfirmDraft

    return await caller.submit(ConfirmDraft(quote_ref=QuoteRef(quote.strip())))


async def cancel_quote(caller: Caller, *, quote: OwnQuote) -> Answer:
    """Withdraw an own quote."""
    ref = QuoteRef(quote.strip())
    name = caller.check_venue(ref)
    desk = await caller.desk()
    canceled = await caller.venues.wait(name, desk.reduce.cancel_quote(ref, caller.by))
    return Answer(facts=quote_row(canceled, "full"))


TOOLS = (
    ToolSpec(
        function=create_quote,
        title="Create quote",
        description="Answer another member's request with your prices, once a person approves. One that is "
        "accepted trades only after confirm_quote.",
        toolset=Toolset.RFQ,
        needs=(Capability.QUOTES,),
        writes=Writes.ORDERS,
    ),
    ToolSpec(
        function=confirm_quote,
        title="Confirm quote",
        description="Let an own quote trade that was accepted, once a person approves; the time for it is short.",
        toolset=Toolset.RFQ,
        needs=(Capability.QUOTES,),
        writes=Writes.ORDERS,
    ),
    ToolSpec(
        function=cancel_quote,
        title="Cancel quote",
        description="Withdraw an own quote.",
        toolset=Toolset.RFQ,
        needs=(Capability.QUOTES,),
        writes=Writes.REDUCES,
        repeatable=True,
    ),
)
