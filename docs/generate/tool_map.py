"""`reference/tool-map.md`."""

from __future__ import annotations

from text import code, page, table

from pmi_mcp.tools import ALL

TITLE = "Which tool does what"

_PURPOSES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "Find": (
        ("see which venues there are, and what each can do", ("list_venues",)),
        ("find markets by words", ("search_markets",)),
        ("read one market: rules, prices, times, grid, fees", ("get_market",)),
        ("list events", ("get_events",)),
        ("read one event with all its markets", ("get_event",)),
        ("read a series, or list series", ("get_series",)),
        ("see games, releases and votes that events depend on", ("get_milestones",)),
        ("see from which events a combination may be built", ("get_multivariate_collections",)),
        ("know whether a venue works and trades", ("get_exchange_status",)),
    ),
    "Prices": (
        ("read the order book, of YES or of NO", ("get_orderbook",)),
        ("read public trades", ("get_trades",)),
        ("read price history", ("get_candlesticks",)),
        ("know what taking would cost, fees included", ("quote_cost",)),
    ),
    "Live": (
        ("follow markets, or the account, while they change", ("subscribe",)),
        ("know what is new, waiting for it if need be", ("read_updates",)),
        ("end one subscription, or all", ("unsubscribe",)),
        ("see what is followed, and whether it is live", ("list_subscriptions",)),
    ),
    "Account": (
        ("see cash, positions, exposure and working orders of all venues at once", ("get_account",)),
        ("read cash alone", ("get_balance",)),
        ("read positions, with those closed", ("get_positions",)),
        ("list orders, or read one", ("get_orders",)),
        ("list own executions", ("get_fills",)),
        ("see what settled markets paid", ("get_settlements",)),
        ("see how much stands before a resting order", ("get_queue_position",)),
    ),
    "Orders": (
        ("place an order, after a person's yes", ("create_order",)),
        ("wait for that yes, and learn what became of the order", ("confirm_order",)),
        ("place several orders under one yes", ("batch_create_orders",)),
        ("move a resting order, or change its size", ("amend_order",)),
        ("cancel one order, those of a market, or all", ("cancel_orders",)),
        ("cancel many orders by their refs", ("batch_cancel_orders",)),
        ("stop everything", ("engage_kill_switch",)),
    ),
    "Order groups": (
        ("make a group that stops after so many contracts", ("create_order_group",)),
        ("read groups with their orders", ("get_order_groups",)),
        ("stop, restart, change or delete a group", ("update_order_group",)),
    ),
    "Quotes and combinations": (
        ("ask other members for a price", ("create_rfq",)),
        ("see who asks, and what own requests became", ("get_rfqs",)),
        ("see quotes given and received", ("get_quotes",)),
        ("take a quote, after a person's yes", ("accept_quote",)),
        ("answer a request with a price, after a person's yes", ("create_quote",)),
        ("let a quote trade that was accepted, after a person's yes", ("confirm_quote",)),
        ("withdraw a request", ("cancel_rfq",)),
        ("withdraw a quote", ("cancel_quote",)),
        ("open the market of a combination", ("open_combo",)),
    ),
}
"""What somebody wants, by chapter, and the tools that do it."""


def build() -> str:
    """Purposes, and the tool for each.

    Raises:
        LookupError: a tool serves no purpose, or a purpose names a tool that is not there.
    """
    specs = {spec.name: spec for spec in ALL}
    used = {name for purposes in _PURPOSES.values() for _, names in purposes for name in names}
    if used != set(specs):
        raise LookupError(f"purposes and tools differ in {sorted(used ^ set(specs))}")
    parts = []
    for chapter, purposes in _PURPOSES.items():
        rows = [
            [
                purpose,
                " or ".join(f"[{code(name)}](tools.md#{name})" for name in names),
                ", ".join(dict.fromkeys(code(specs[name].toolset.value) for name in names)),
                _needs(specs[names[0]].needs),
            ]
            for purpose, names in purposes
        ]
        parts.append(f"## {chapter}\n\n{table(['to', 'tool', 'toolset', 'needs of the venue'], rows)}")
    return page(
        TITLE,
        "One row for everything that an assistant can be asked to do. The tools are the same for every venue; "
        "what a venue has to be able to do for it is its [capability](capabilities.md). How to get more "
        "toolsets than `core`: [connect an assistant](../how-to/connect-an-assistant.md).",
        *parts,
    )


def _needs(needs: tuple[object, ...]) -> str:
    return " or ".join(f"[{need}](capabilities.md#{need})" for need in needs) or "nothing"
