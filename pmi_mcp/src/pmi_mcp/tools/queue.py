"""The tool that reads how many contracts stand before an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from pmi_core.capabilities import Capability
from pmi_core.errors import PmiError
from pmi_core.identifiers import OrderRef
from pmi_mcp.addressing import venue_of
from pmi_mcp.asking import ask_all
from pmi_mcp.failures import describe
from pmi_mcp.outputs import Answer
from pmi_mcp.settings import Toolset
from pmi_mcp.texts import identifier
from pmi_mcp.tools.spec import ToolSpec
from pmi_mcp.venues import Venues
from pmi_mcp.views import queue_row

__all__ = ["TOOLS", "get_queue_position"]

OrderTexts = Annotated[list[str], Field(min_length=1, max_length=100, description="Order refs")]


async def get_queue_position(venues: Venues, *, orders: OrderTexts) -> Answer:
    """Read the places of resting orders in their queues."""
    refs = list(dict.fromkeys(OrderRef(text.strip()) for text in orders))
    asked: dict[str, list[OrderRef]] = {}
    for ref in refs:
        asked.setdefault(venue_of(venues, ref), []).append(ref)

    async def ask(name: str) -> dict[OrderRef, Decimal]:
        part = await venues.part(name, Capability.QUEUE)
        found: dict[OrderRef, Decimal] = await venues.wait(name, part.get_queue_positions(asked[name]))
        return found

    answers = dict(zip(asked, await ask_all(tuple(asked), ask), strict=True))
    failed = [answer for answer in answers.values() if isinstance(answer, PmiError)]
    if len(failed) == len(answers):
        raise failed[0]
    rows: list[dict[str, Any]] = []
    for ref in refs:
        answer = answers[ref.venue]
        if not isinstance(answer, PmiError):
            rows.append(queue_row(identifier(ref), answer.get(ref)))
    errors = {"errors": [describe(error) for error in failed]} if failed else {}
    return Answer(name="orders", rows=rows, advice="name fewer orders", after=errors)


TOOLS = (
    ToolSpec(
        function=get_queue_position,
        title="Queue position",
        description="Contracts that are filled before each resting order at its price; resting=false otherwise.",
        toolset=Toolset.TRADING,
        needs=(Capability.QUEUE,),
    ),
)
