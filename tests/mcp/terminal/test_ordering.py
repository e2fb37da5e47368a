"""The commands around orders, over a venue in memory that must never be sent one."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

from pmi_core import Unreachable
from pmi_core.settings import ProviderSettings
from pmi_mcp.terminal import person
from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.preview import amount_of, is_amount, money

SECRET = "k3y-of-a-p3rson-0123456789"
VENOM = "\x1b]52;c;ZXZpbA==\x07Will [red]it[/red] rain?\u202e\x1b[2J [link=http://evil]x[/link]"
ORDER = ("order", "alpha:RATE-1#yes", "--buy", "10", "--limit", "0.45")
COMMANDS = {
    "order": (*ORDER, "--dry-run"),
    "approvals": ("approvals",),
    "cancel": ("cancel", "--all", "alpha"),
    "unknown": ("unknown",),
    "reconcile": ("reconcile", "alpha"),
    "kill": ("kill", "on", "--reason", VENOM),
    "audit": ("audit", "verify"),
}


def rows(told):
    return dict(line.split("\t", 1) for line in told.out.splitlines() if "\t" in line)


@pytest.mark.parametrize("name", COMMANDS)
def test_json_is_one_document_with_a_version(pmi, world, name):
    world.orders = []
    told = pmi(*COMMANDS[name], "--json", worlds=[world])
    assert told.status == Exit.OK, told.err
    assert told.document["schema_version"] == 1
    assert told.document["kind"] == name
    assert all(letter.isprintable() for letter in told.out.replace("\n", "")), "escaped"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_pipe_gets_no_escape_codes(pmi, world, name):
    world.orders = []
    told = pmi(*COMMANDS[name], worlds=[world])
    assert told.status == Exit.OK, told.err
    assert "\x1b" not in told.out + told.err


def test_the_preview_tells_what_is_paid_what_it_takes_and_what_it_may_bring(pmi, world):
    told = pmi(*ORDER, "--dry-run", worlds=[world])
    assert told.out.startswith("buy 10 YES of alpha:RATE-1, at most 0.45 each\n")
    shown = rows(told)
    assert shown["you pay at most"].startswith("4.70"), "10 at 0.45, and 0.02 of fees for each at most"
    assert "fees" in shown["you pay at most"]
    assert shown["pays if YES"] == "10.00 USD"
    assert shown["trades at once"] == "10 at 0.44 on average"
    assert shown["best bid, ask"] == "0.42, 0.44"
    assert "play money" in shown["venue"]


def test_a_sale_tells_what_it_raises_and_what_it_opens(pmi, world):
    told = pmi("order", "alpha:RATE-1#no", "--sell", "10", "--limit", "0.50", "--dry-run", worlds=[world])
    shown = rows(told)
    assert shown["you get at least"].startswith("5.00 USD, before fees: ")
    assert Decimal(shown["most you can lose"].split()[0]) > Decimal("3.5"), "7 of 10 are not held"
    assert "! 7 contracts more sold than free" in told.err


def test_an_order_waits_where_nobody_sits_and_is_listed_until_it_is_refused(pmi, world):
    told = pmi(*ORDER, "--intent", "because of the minutes", worlds=[world])
    assert told.status == Exit.WAITING
    code = rows(told)["code"].split(",")[0]
    assert f"pmi approve {code}" in told.err
    assert code in pmi("approvals", worlds=[world]).out
    assert "because of the minutes" in rows(told)["said, not checked"]
    assert pmi("approve", code, worlds=[world]).status == Exit.REFUSED
    assert pmi("refuse", code, worlds=[world]).status == Exit.OK
    assert code not in pmi("approvals", worlds=[world]).out
    told = pmi("audit", "show", code, worlds=[world])
    assert [line.split("\t")[2] for line in told.out.splitlines()[1:]] == ["draft", "preview", "refusal"]


def test_hostile_text_reaches_no_terminal(pmi, world):
    from pmi_mcp_doubles import market

    world.markets[0] = market(title=VENOM)
    told = pmi("--color", "always", *ORDER, "--intent", VENOM, worlds=[world])
    code = pmi("approvals", "--json", worlds=[world]).document["items"][0]["code"]
    refused = pmi("--color", "always", "refuse", code, "--reason", VENOM, worlds=[world])
    listed = pmi("--color", "always", "audit", "show", worlds=[world])
    exported = pmi("audit", "export", worlds=[world])
    for said in (told, refused, listed, exported):
        for venom in ("\x1b]", "\x1b[2J", "\u202e"):
            assert venom not in said.out + said.err
    assert all(json.loads(line)["hash"] for line in exported.out.splitlines())


@pytest.mark.parametrize(
    "args",
    [
        ("order", "alpha:RATE-1", "--buy", "10", "--limit", "0.45"),
        ("order", "alpha:RATE-1#no", "--outcome", "yes", "--buy", "10", "--limit", "0.45"),
        ("order", "alpha:RATE-1#yes", "--limit", "0.45"),
        ("order", "alpha:RATE-1#yes", "--buy", "1", "--sell", "1", "--limit", "0.45"),
        ("order", "alpha:RATE-1#yes", "--buy", "ten", "--limit", "0.45"),
        ("order", "alpha:RATE-1#yes", "--buy", "10", "--limit", "0.455"),
        ("order", "alpha:RATE-1#yes", "--buy", "10", "--limit", "45"),
        ("order", "alpha:RATE-1#yes", "--buy", "10"),
        ("order", "alpha:RATE-1#yes", "--buy", "10", "--limit", "0.45", "--tif", "soon"),
        ("order", "alpha:RATE-1#yes", "--buy", "10", "--limit", "0.45", "--tif", "gtd"),
        ("order", "alpha:RATE-1#yes", "--buy", "10", "--limit", "0.45", "--expires", "soon"),
        ("order", "alpha:RATE-1#yes", "--buy", "10", "--limit", "0.45", "--tif", "ioc", "--post-only"),
        ("order", "alpha:RATE-1#yes", "--buy", "9000", "--limit", "0.45"),
        ("amend", "alpha:o0"),
        ("amend", "not a ref", "--size", "5"),
        ("cancel",),
        ("cancel", "alpha:o0", "--all", "alpha"),
        ("cancel", "--all", "nowhere"),
        ("approve", "NONE-SUCH"),
        ("refuse", "NONE-SUCH"),
        ("reconcile", "nowhere"),
        ("decide", "x"),
        ("decide", "x", "--none", "--is", "alpha:o1"),
        ("audit", "show"),
        ("audit", "verify", "--expect", "1" * 64),
        ("kill", "maybe"),
    ],
)
def test_absurd_wishes_are_refused_with_what_to_write(pmi, world, args):
    told = pmi(*args, worlds=[world])
    assert told.status in (Exit.USAGE, Exit.NO)
    assert (told.err + told.out).strip()
    assert "Traceback" not in told.err


def test_the_mode_and_the_policy_are_told_with_what_would_mend_them(pmi, world):
    told = pmi(*ORDER, worlds=[world], toml='mode = "read-only"\n')
    assert told.status == Exit.REFUSED
    assert "a person sets mode = " in told.err
    capped = pmi(*ORDER, worlds=[world], toml='[policy]\nmax_order = "1"\n')
    assert capped.status == Exit.REFUSED
    assert "exceeds max_order 1" in capped.err


def test_an_export_is_a_new_file_that_only_its_owner_reads(pmi, world, tmp_path):
    pmi(*ORDER, "--dry-run", worlds=[world])
    path = tmp_path / "journal.jsonl"
    assert pmi("audit", "export", "--out", str(path), worlds=[world]).status == Exit.OK
    assert path.stat().st_mode & 0o077 == 0
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    again = pmi("audit", "export", "--out", str(path), worlds=[world])
    assert again.status == Exit.USAGE
    assert "is there already" in again.err


def test_a_hash_that_was_noted_earlier_is_found_again(pmi, world):
    pmi(*ORDER, "--dry-run", worlds=[world])
    noted = pmi("audit", "verify", "--json", worlds=[world]).document["hash"]
    pmi(*ORDER, "--dry-run", worlds=[world])
    later = pmi("audit", "verify", "--expect", noted, "--json", worlds=[world])
    assert later.status == Exit.OK
    assert later.document["hash"] != noted


def test_no_secret_gets_into_the_journal_or_onto_the_screen(pmi, world, monkeypatch, tmp_path):
    import pmi_mcp_doubles

    class Keyed(ProviderSettings):
        api_key: SecretStr | None = None

    (tmp_path / "pmi.toml").touch(mode=0o600)
    make = pmi_mcp_doubles.provider
    monkeypatch.setattr(pmi_mcp_doubles, "provider", lambda one: make(one, settings=Keyed))
    toml = f'[venues.alpha]\napi_key = "{SECRET}"\n'
    said = [
        pmi(*ORDER, "--intent", f"my key is {SECRET}", worlds=[world], toml=toml),
        pmi(*ORDER, "--json", worlds=[world], toml=toml),
    ]
    assert [one.status for one in said] == [Exit.USAGE, Exit.WAITING]

    async def fail(*_):
        raise Unreachable(f"no answer to {SECRET}", venue="alpha")

    monkeypatch.setattr(pmi_mcp_doubles.Account, "cancel_order", fail)
    world.failure = Unreachable(f"no answer to {SECRET}", venue="alpha")
    said += [
        pmi(*ORDER, worlds=[world], toml=toml),
        pmi("cancel", "alpha:o0", worlds=[world], toml=toml),
        pmi("audit", "export", worlds=[world], toml=toml),
    ]
    assert [one.status for one in said[2:]] == [Exit.UNREACHABLE, Exit.UNREACHABLE, Exit.OK]
    assert [SECRET in one.out + one.err for one in said] == [False] * 5


@pytest.mark.parametrize(
    "loss, sizes, expected",
    [("4.37", ["10"], "4.37"), ("5", ["10"], "5.00"), ("0", ["10", "2.5"], "12.5"), ("0", [], "7K2M-Q4XD")],
)
def test_what_is_typed_is_the_loss_else_the_size_else_the_code(loss, sizes, expected):
    orders = [SimpleNamespace(request=SimpleNamespace(size=Decimal(size))) for size in sizes]
    preview = SimpleNamespace(max_loss=Decimal(loss), currency="USD", orders=orders, code="7K2M-Q4XD")
    assert amount_of(preview)[0] == expected


@pytest.mark.parametrize(
    "typed, expected",
    [("4.37", True), ("4.370", True), ("$4.37", True), ("4.36", False), ("y", False), ("nan", False)],
)
def test_only_the_very_amount_is_a_yes(typed, expected):
    assert is_amount(typed, "4.37") is expected


@pytest.mark.parametrize("missing", [None, "stdin", "stdout", "stderr"])
def test_only_who_sees_the_preview_and_can_type_is_asked(missing, monkeypatch):
    for name in ("stdin", "stdout", "stderr"):
        stream = SimpleNamespace(isatty=lambda name=name: name != missing)
        monkeypatch.setattr(sys, name, stream)
    there = person.is_there()
    monkeypatch.undo()
    assert there is (missing is None)


def test_money_is_exact_with_two_places_at_least():
    assert [money(Decimal(text)) for text in ("5", "5.1", "5.125", "0.000001", "5.600")] == [
        "5.00",
        "5.10",
        "5.125",
        "0.000001",
        "5.60",
    ]
