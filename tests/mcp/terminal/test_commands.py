import re

import pytest

from pmi_core import BadKey, BusyError, SettingsError, UncertainError, Unreachable
from pmi_mcp.terminal.exits import Exit

VENOM = "\x1b]52;c;ZXZpbA==\x07Will [red]it[/red] rain?\u202e\x1b[2J [link=http://evil]x[/link]"
COMMANDS = {
    "search": ("search", "rate"),
    "market": ("market", "alpha:RATE-1"),
    "book": ("book", "alpha:RATE-1"),
    "trades": ("trades", "alpha:RATE-1"),
    "candles": ("candles", "alpha:RATE-1", "--start", "2026-01-04", "--end", "2026-01-06"),
    "quote": ("quote", "alpha:RATE-1", "--size", "5"),
    "events": ("events",),
    "event": ("event", "alpha:RATE"),
    "balance": ("balance",),
    "positions": ("positions",),
    "orders": ("orders", "--all"),
    "fills": ("fills",),
    "venues": ("venues",),
    "doctor": ("doctor",),
}


@pytest.mark.parametrize("args", COMMANDS.values(), ids=COMMANDS)
def test_a_pipe_gets_tab_separated_rows_and_no_escape_codes(pmi, world, args):
    told = pmi(*args, worlds=[world])
    assert told.status == 0
    assert "\x1b" not in told.out
    assert told.out.strip()


@pytest.mark.parametrize("args", COMMANDS.values(), ids=COMMANDS)
def test_json_is_one_document_with_a_version(pmi, world, args):
    told = pmi(*args, "--json", worlds=[world])
    assert told.status == 0
    assert told.document["schema_version"] == 1
    assert told.document["kind"] == args[0]


def test_numbers_in_json_are_exact_text(pmi, world):
    (bid, *_) = pmi("book", "alpha:RATE-1", "--json", worlds=[world]).document["item"]["bids"]
    assert isinstance(bid["price"], str)
    assert isinstance(bid["size"], str)


@pytest.mark.parametrize("args", COMMANDS.values(), ids=COMMANDS)
def test_hostile_text_of_a_venue_reaches_no_terminal(pmi, world, args):
    from pmi_mcp_doubles import market

    world.markets[0] = market(title=VENOM, subtitle=VENOM, rules=VENOM)
    world.message = VENOM
    world.event_title = VENOM
    world.orders = [row.model_copy(update={"reject_reason": VENOM}) for row in world.orders]
    told = pmi("--color", "always", *args, worlds=[world])
    assert told.status == 0
    # Rich's own colours may remain; nothing of the venue's sequences may.
    assert "\x1b]" not in told.out
    assert "\x1b[2J" not in told.out
    assert "\u202e" not in told.out
    plain = pmi(*args, "--json", worlds=[world]).out
    assert all(letter.isprintable() for letter in plain.replace("\n", "")), "escaped, in JSON"
    if args[0] == "market":
        assert "[red]it[/red]" in re.sub(r"\x1b\[[0-9;]*m", "", told.out), "markup is shown, not read"


def test_the_book_shows_the_spread_between_asks_and_bids(pmi, world):
    rows = [line.split("\t") for line in pmi("book", "alpha:RATE-1", worlds=[world]).out.splitlines()]
    sides = [row[0] for row in rows[1:]]
    assert sides == sorted(sides), "asks above bids"
    prices = [float(row[1]) for row in rows[1:]]
    assert prices == sorted(prices, reverse=True)


def test_searching_for_what_nobody_asks_about_exits_with_1(pmi, world):
    told = pmi("search", "zebra", worlds=[world])
    assert told.status == Exit.NO
    assert "nothing found" in told.err


def test_search_asks_every_venue_and_tells_which_one_failed(pmi, world):
    from pmi_mcp_doubles import World

    away = World(venue="beta", failure=Unreachable("no answer came", venue="beta"))
    told = pmi("search", "rate", "--json", worlds=[world, away])
    assert told.status == 0
    assert {item["ref"].partition(":")[0] for item in told.document["items"]} == {"alpha"}
    assert [error["venue"] for error in told.document["errors"]] == ["beta"]


@pytest.mark.parametrize(
    "failure, status",
    [
        (Unreachable("no answer came"), Exit.UNREACHABLE),
        (BusyError("too many calls", retry_after=3), Exit.UNREACHABLE),
        (BadKey("the key is not known"), Exit.REFUSED),
        (SettingsError("api_key is missing"), Exit.SETTINGS),
        (UncertainError("an order may exist", client_order_id="x"), Exit.UNCERTAIN),
    ],
    ids=lambda value: type(value).__name__,
)
def test_failures_end_in_their_exit_status_with_one_sentence(pmi, world, failure, status):
    world.failure = failure
    told = pmi("book", "alpha:RATE-1", worlds=[world])
    assert told.status == status
    assert failure.message in told.err
    assert "Traceback" not in told.err
    assert told.out == ""


def test_an_error_in_json_names_its_class_and_whether_to_repeat(pmi, world):
    import json

    told = pmi("market", "alpha:NOPE", "--json", worlds=[world])
    assert told.status == Exit.NO
    error = json.loads(told.err)
    assert error["error"] == "NotFound"
    assert error["repeat_is_safe"] is True


@pytest.mark.parametrize(
    "args",
    [
        ("book", "alpha:RATE-1", "--depth", "0"),
        ("trades", "alpha:RATE-1", "--limit", "100000"),
        ("candles", "alpha:RATE-1", "--start", "yesterday-ish"),
        ("candles", "alpha:RATE-1", "--start", "1d", "--end", "2d"),
        ("candles", "alpha:RATE-1", "--interval", "7m"),
        ("candles", "alpha:RATE-1", "--interval", "1m", "--start", "520w"),
        ("market", "not a ref"),
        ("search", "rate", "--status", "sideways"),
        ("events", "--status", "sideways"),
        ("event", "not a ref"),
        ("event", "nowhere:RATE"),
        ("quote", "alpha:RATE-1"),
        ("quote", "alpha:RATE-1", "--size", "5", "--notional", "5"),
        ("quote", "alpha:RATE-1", "--size", "some"),
        ("quote", "alpha:RATE-1", "--size", "0"),
        ("quote", "alpha:RATE-1", "--size", "5", "--outcome", "maybe"),
        ("quote", "alpha:RATE-1#no", "--size", "5", "--outcome", "yes"),
        ("orders", "--market", "not a ref"),
        ("fills", "--market", "nowhere:RATE-1"),
        ("positions", "--venue", "nowhere"),
        ("orders", "--limit", "0"),
        ("orders", "--cursor", "not a cursor"),
        ("market", "nowhere:RATE-1"),
    ],
)
def test_absurd_questions_are_refused_with_what_to_write(pmi, world, args):
    told = pmi(*args, worlds=[world])
    assert told.status in (Exit.USAGE, Exit.NO)
    assert told.err.strip()
    assert {call[0] for call in world.calls} <= {"resolve", "close"}, "nothing is asked of the venue"


def test_where_no_provider_is_installed_every_command_says_what_to_do(pmi):
    told = pmi("venues")
    assert told.status == 0
    assert "pip install" in told.err
    told = pmi("doctor")
    assert told.status == Exit.NO
    assert "pip install" in told.out
    assert "all is well" not in told.out
    told = pmi("search", "rate")
    assert told.status == Exit.USAGE
    assert "pmi venues" in told.err


def test_a_venue_without_its_provider_hides_no_other(pmi, world):
    toml = "[venues.alpha]\n[venues.gone]\n"
    told = pmi("venues", worlds=[world], toml=toml)
    assert told.status == 0
    assert "alpha" in told.out
    assert "no provider 'gone' is installed" in told.out
    items = pmi("venues", "--json", worlds=[world], toml=toml).document["items"]
    assert ["error" in item for item in items] == [False, True]


def test_a_real_account_is_not_started_over(pmi, world):
    told = pmi("reset", "alpha", "--yes", worlds=[world])
    assert told.status == Exit.USAGE
    assert "cannot be started over" in told.err
