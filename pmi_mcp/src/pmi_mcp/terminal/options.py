"""Options that mean the same in every command."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["Cursor", "Json", "Limit", "MarketFilter", "Reference", "StatusWord", "VenueName"]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document with exact numbers as text.")]
VenueName = Annotated[str | None, typer.Option("--venue", "-v", help="A configured venue; see `pmi venues`.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="Rows at most.")]
Cursor = Annotated[
    str | None, typer.Option("--cursor", help="Where the last answer ended, to go on from there.")
]
Reference = Annotated[
    str, typer.Argument(metavar="REF", help="A market, such as venue:TICKER or venue:TICKER#no.")
]
MarketFilter = Annotated[
    str | None, typer.Option("--market", "-m", metavar="REF", help="Only of this market.")
]
StatusWord = Annotated[
    str, typer.Option("--status", help="unopened, open, closed, determined, settled, voided or any.")
]
