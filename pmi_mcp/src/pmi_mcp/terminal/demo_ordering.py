"""The second half of the demonstration: orders, and a person who says yes to each."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from pmi_mcp.terminal.demo_steps import Step, Stopped, ask

if TYPE_CHECKING:
    from pathlib import Path

    from fastmcp import Client

    from pmi_mcp.terminal.screen import Screen

__all__ = ["Person", "order", "verify"]

_SIZE: Final = 10
_ROOM: Final = Decimal("0.08")
"""How far a limit is from the price that was read, so that it is met, or is not met, for certain."""
_HIGHEST, _LOWEST = Decimal("0.99"), Decimal("0.01")


class Person:
    """Who sits at the assistant's program: is shown every order, and says yes to each of these."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self.asked = 0

    async def __call__(self, message: str, *_: Any) -> Any:
        """Answer one question of the server."""
        from fastmcp.client.elicitation import ElicitResult

        from pmi_mcp.texts import clean

        self.asked += 1
        self._screen.say("  The server asks the person, not the assistant:")
        for line in message.splitlines():
            self._screen.say(f"    {clean(line, 400)}")
        self._screen.say("  The person says yes. (Here the demonstration does, in the person's place.)")
        return ElicitResult(action="accept", content={"approve": True})


async def order(client: Client[Any], screen: Screen, person: Person, market: dict[str, Any]) -> None:
    """Buy what is offered, look at the account, and rest an order that is cancelled again."""
    ref = f"{market['ref']}#yes"
    high = min(Decimal(market["yes_ask"]) + _ROOM, _HIGHEST)
    low = max(Decimal(market["yes_bid"]) - _ROOM, _LOWEST)
    await ask(client, screen, Step("get_account", "What could I spend?", {}), _show_account)
    bought = await ask(
        client, screen, Step("create_order", "Buy ten contracts of YES.", _wish(ref, high, "ioc")), _show_sent
    )
    if person.asked != 1 or bought["status"] != "filled":
        raise Stopped(f"the order was not filled as it should be: {bought['status']}")
    await ask(client, screen, Step("get_account", "What do I have now?", {}), _show_account)
    resting = await ask(
        client,
        screen,
        Step("create_order", "Bid for ten more, far below the market.", _wish(ref, low, "gtc")),
        _show_sent,
    )
    (row,) = resting["orders"]
    await ask(
        client,
        screen,
        Step("cancel_orders", "Take that back. Cancelling asks nobody.", {"orders": [row["ref"]]}),
        _show_canceled,
    )


def _wish(ref: str, price: Decimal, time_in_force: str) -> dict[str, Any]:
    return {
        "market": ref,
        "action": "buy",
        "size": str(_SIZE),
        "price": format(price, "f"),
        "time_in_force": time_in_force,
    }


async def verify(screen: Screen, config: Path, home: Path) -> None:
    """Read the journal of the session, as `pmi audit verify` does."""
    from pmi_core.desk import Desk
    from pmi_core.plugins.registry import Registry

    screen.say("What was written down about it?", style="bold")
    screen.say("  pmi audit verify", style="dim")
    registry = Registry.load(config_path=config, environ={"PMI_HOME": str(home)})
    async with registry, Desk(registry) as desk:
        verdict = await desk.verify()
    if not verdict.whole:
        raise Stopped("; ".join(verdict.faults))
    screen.say(f"  {verdict.rows} rows, whole: each yes, each order, each answer, sealed by a hash.\n")


def _show_sent(screen: Screen, content: dict[str, Any]) -> None:
    rows = content.get("orders", [])
    screen.table(
        ["order", "status", "filled", "average", "fees", "remaining"],
        [
            [
                row.get("ref"),
                row.get("status"),
                row.get("filled"),
                row.get("average_price"),
                row.get("fees"),
                row.get("remaining"),
            ]
            for row in rows
        ],
        numeric=frozenset({"filled", "average", "fees", "remaining"}),
        for_people=True,
    )


def _show_canceled(screen: Screen, content: dict[str, Any]) -> None:
    for row in content["orders"]:
        screen.say(f"  {row['ref']} is {row.get('status') or row.get('message')}")


def _show_account(screen: Screen, content: dict[str, Any]) -> None:
    for row in content["totals"]:
        screen.say(f"  {row['available']} {row['currency']} available of {row['cash']}")
    held = content["positions"]
    if held:
        screen.table(
            ["market", "outcome", "size", "average", "cost"],
            [
                [row["market"], row["outcome"], row["size"], row.get("average_price"), row["exposure"]]
                for row in held
            ],
            numeric=frozenset({"size", "average", "cost"}),
            for_people=True,
        )
