"""Tools by which the account asks: requests for quotes, their withdrawal, and taking a quote."""

from __future__ import annotations

from typing import Annotated, Literal

from mcp_types import InputRequiredResult
from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import NotFound
from pmi_core.identifiers import QuoteRef, RfqRef
from pmi_core.models import OutcomeSide, RfqRequest
from pmi_mcp.caller import Caller
from pmi_mcp.outputs import Answer
from pmi_mcp.requesting import request_once
from pmi_mcp.settings import Toolset
from pmi_mcp.texts import identifier
from pmi_mcp.tools.arguments import MarketText, OneVenue
from pmi_mcp.tools.ordering import IntentText
from pmi_mcp.tools.spec import ToolSpec, Writes
from pmi_mcp.views import rfq_row
from pmi_mcp.wording import checked

__all__ = ["TOOLS", "accept_quote", "cancel_rfq", "create_rfq"]


async def create_rfq(
    caller: Caller,
    *,
    market: MarketText,
    size: Annotated[str | None, Field(description="Contracts; or else notional")] = None,
    notional: Annotated[str | None, Field(description="Money; or else size")] = None,
    rest_remainder: Annotated[bool, Field(description="What is left rests in the book")] = False,
    venue: OneVenue = None,
) -> Answer:
    """Ask other members for a price; nothing is bought by that."""
    _, ref = await caller.venues.locate(market, venue)
    request = checked(
        RfqRequest, market_ref=ref.market, size=size, notional=notional, rest_remainder=rest_remainder
    )
    desk = await caller.desk()
    try:
        made = await request_once(
            caller, ref.venue, desk.ask.create_rfq(request, caller.by), "get_rfqs with mine=true shows it"
        )
    except NotFound as error:
        raise caller.venues.with_nearest(error, ref) from None
    return Answer(
        facts={
            **rfq_row(made, "full"),
            "next": f"get_quotes with rfq={identifier(made.ref)} shows the answers",
        }
    )


async def cancel_rfq(
    caller: Caller, *, rfq: Annotated[str, Field(description="Own request's ref")]
) -> Answer:
    """Withdraw an own request for quotes."""
    ref = RfqRef(rfq.strip())
    name = caller.check_venue(ref)
    desk = await caller.desk()
    closed = await caller.venues.wait(name, desk.reduce.cancel_rfq(ref, caller.by))
    return Answer(facts=rfq_row(closed, "full"))


async def accept_quote(
    caller: Caller,
    *,
    quote: Annotated[str, Field(description="Quote's ref")],
    outcome: Annotated[
        Literal["yes", "no"], Field(description="What you get: yes at 1 - no_bid, or no at 1 - yes_bid")
    ],
    intent: IntentText = "",
) -> Answer | InputRequiredResult:
    """Take a quote that was given for an own request."""
    from pmi_core.desk.draft import AcceptDraft

    # The maker gets the side that it bids for; this account gets the other one.
    side = OutcomeSide(outcome).opposite
    return await caller.submit(AcceptDraft(quote_ref=QuoteRef(quote.strip()), side=side, intent=intent))


TOOLS = (
    ToolSpec(
        function=create_rfq,
        title="Request quotes",
        description="Ask other members for a price in a market; needs no approval, taking a quote does.",
        toolset=Toolset.RFQ,
        needs=(Capability.QUOTES,),
        writes=Writes.ASKS,
    ),
    ToolSpec(
        function=cancel_rfq,
        title="Cancel request",
        description="Withdraw an own request for quotes, and with it the quotes given for it.",
        toolset=Toolset.RFQ,
        needs=(Capability.QUOTES,),
        writes=Writes.REDUCES,
        repeatable=True,
    ),
    ToolSpec(
        function=accept_quote,
        title="Accept quote",
        description="Take a quote given for an own request, once a person approves.",
        toolset=Toolset.RFQ,
        needs=(Capability.QUOTES,),
        writes=Writes.ORDERS,
    ),
)
