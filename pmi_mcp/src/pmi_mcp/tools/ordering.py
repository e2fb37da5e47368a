"""Arguments of orders; their descriptions are paid for in every client."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

__all__ = [
    "ActionWord",
    "ExpiresText",
    "GroupText",
    "IntentText",
    "NotionalText",
    "OrderMarket",
    "OutcomeText",
    "PostOnly",
    "PriceText",
    "ReduceOnly",
    "SelfTradeWord",
    "SizeText",
    "TimeInForceWord",
]

OrderMarket = Annotated[
    str, Field(description="Market ref, with #yes or #no for the outcome; or URL, or own id")
]
OutcomeText = Annotated[str | None, Field(description="yes, no or its label, unless the ref says it")]
ActionWord = Annotated[Literal["buy", "sell"], Field(description="What to do with the outcome")]
SizeText = Annotated[str | None, Field(description="Contracts, as 12 or 0.5; or else notional")]
NotionalText = Annotated[str | None, Field(description="Money without fees; or else size")]
PriceText = Annotated[str, Field(description="Limit of that outcome, as 0.42: the worst price you take")]
TimeInForceWord = Annotated[
    Literal["gtc", "gtd", "ioc", "fok"],
    Field(description="gtc rests, gtd until expires, ioc takes what is there now, fok all now or nothing"),
]
ExpiresText = Annotated[str | None, Field(description="ISO 8601 UTC; with gtd")]
PostOnly = Annotated[bool, Field(description="Never take")]
ReduceOnly = Annotated[bool, Field(description="Only reduce a position")]
SelfTradeWord = Annotated[
    Literal["cancel_taker", "cancel_maker"], Field(description="Which own order gives way")
]
GroupText = Annotated[str | None, Field(description="Order group ref")]
IntentText = Annotated[
    str, Field(max_length=1000, description="What it is for, in words; shown to your person")
]
