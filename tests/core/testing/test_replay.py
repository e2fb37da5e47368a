from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest

from pmi_core.testing.misfortunes import STANDARD, ConnectionRefused, Status, UnknownField
from pmi_core.testing.recordings import Recording, Recordings, RecordingsError
from pmi_core.testing.replay import ReplayTransport, Unrecorded

pytestmark = pytest.mark.anyio


def client(transport: ReplayTransport) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=transport, base_url="https://venue.test/v1")


MARKETS = Recording(
    path="/v1/markets", query={"limit": "2", "status": "open"}, body=b'{"markets":[{"p":0.10}]}'
)


async def test_a_recorded_question_is_answered_whatever_the_order_of_its_parameters() -> None:
    transport = ReplayTransport([MARKETS])
    async with client(transport) as web:
        for query in ({"limit": "2", "status": "open"}, {"status": "open", "limit": "2"}):
            answer = await web.get("/markets", params=query)
            assert (answer.status_code, answer.content) == (200, MARKETS.body)
    assert [str(request) for request in transport.requests] == ["GET /v1/markets?limit=2&status=open"] * 2
    assert transport.writes == []


async def test_an_unrecorded_question_names_itself_and_the_nearest_recording() -> None:
    transport = ReplayTransport([MARKETS, Recording(path="/v1/events")])
    async with client(transport) as web:
        with pytest.raises(
            Unrecorded, match=r"answers GET /v1/markets\?limit=3.*nearest is GET /v1/markets\?limit=2"
        ):
            await web.get("/markets", params={"limit": "3"})
    assert len(transport.unrecorded) == 1


@pytest.mark.parametrize(
    "recorded, asked, fits",
    [
        ({}, "", True),
        ({}, "a=1", False),
        ({"a": "1"}, "", False),
        ({"a": "*"}, "", True),
        ({"a": "*"}, "a=9", True),
        ({"a": None}, "", True),
        ({"a": None}, "a=1", False),
        ({"*": "*", "a": "1"}, "a=1&b=2", True),
        ({"*": "*", "a": "1"}, "b=2", False),
        ({"a": ["1", "2"]}, "a=1&a=2", True),
        ({"a": ["1", "2"]}, "a=2&a=1", False),
    ],
)
async def test_rules_of_the_query(recorded: dict[str, str], asked: str, fits: bool) -> None:
    query = tuple(httpx2.QueryParams(asked).multi_items())
    assert Recording(path="/x", query=recorded).answers("GET", "h", "/x", query, b"") is fits


async def test_several_answers_to_one_question_come_in_order_and_the_last_stays() -> None:
    transport = ReplayTransport([Recording(path="/v1/x", body=text) for text in (b"1", b"2")])
    async with client(transport) as web:
        assert [(await web.get("/x")).json() for _ in range(3)] == [1, 2, 2]


async def test_a_request_body_can_be_part_of_the_question() -> None:
    transport = ReplayTransport(
        [Recording(method="POST", path="/v1/orders", request_body={"size": 1}, status=201)]
    )
    async with client(transport) as web:
        assert (await web.post("/orders", json={"size": 1})).status_code == 201
        with pytest.raises(Unrecorded):
            await web.post("/orders", json={"size": 2})
    assert len(transport.writes) == 2


async def test_a_strike_befalls_as_often_as_told_and_only_what_it_picks() -> None:
    transport = ReplayTransport([Recording(path="*"), Recording(method="POST", path="*")])
    transport.strike(Status(503), which=lambda sent: sent.writes, times=2)
    async with client(transport) as web:
        codes = [(await web.post("/a")).status_code for _ in range(3)]
        assert codes == [503, 503, 200]
        transport.strike(ConnectionRefused())
        with pytest.raises(httpx2.ConnectError):
            await web.post("/a")
        transport.calm()
        assert (await web.get("/a")).status_code == 200
    assert [sent.delivered for sent in transport.requests] == [True, True, True, False, True]
    assert len(transport.writes) == 3


@pytest.mark.parametrize("misfortune", STANDARD, ids=lambda one: one.name)
async def test_every_standard_misfortune_spoils_the_answer(misfortune) -> None:
    good = b'{"rows": [{"id": "a{", "price": 0.10}], "cursor": null}'
    transport = ReplayTransport([Recording(path="/v1/rows", body=good)])
    transport.strike(misfortune)
    async with client(transport) as web:
        try:
            answer = await web.get("/rows")
        except httpx2.TransportError:
            return
    assert answer.status_code != 200 or answer.content != good


async def test_growth_of_an_answer_moves_no_digit_of_it() -> None:
    good = b'{"rows": [{"id": "{\\"x", "price": 0.10}, {}], "by": {"a": 1}}'
    transport = ReplayTransport([Recording(path="/v1/rows", body=good)])
    transport.strike(UnknownField())
    async with client(transport) as web:
        grown = (await web.get("/rows")).content
    assert b"0.10" in grown
    read = json.loads(grown)
    assert read.pop("pmi_new_field") == read["rows"][0].pop("pmi_new_field")
    assert read == json.loads(good)


async def test_a_folder_gives_exchanges_settings_and_the_moment(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text(
        '{"now": "2026-09-30T12:00:00Z", "settings": {"environment": "demo"},'
        ' "exchanges": [{"path": "/a", "body": {"p": 0.10}}, {"path": "/b", "text": "no"}]}'
    )
    (tmp_path / "2.json").write_text('{"exchanges": [{"path": "/c", "body_file": "bodies/c.txt"}]}')
    (tmp_path / "bodies").mkdir()
    (tmp_path / "bodies" / "c.txt").write_text("long")
    read = Recordings.load(tmp_path)
    assert [exchange.body for exchange in read.exchanges] == [b'{"p": 0.10}', b"no", b"long"]
    assert read.now is not None
    assert read.now.isoformat() == "2026-09-30T12:00:00+00:00"
    assert read.settings == {"environment": "demo"}


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("{", "x.json"),
        ('{"exchanges": [{"path": "/a", "pathh": 1}]}', "pathh"),
        ('{"exchanges": [{"path": "/a", "body": 1, "text": "1"}]}', "one of"),
        ('{"exchanges": [], "now": "2026-01-01T00:00:00"}', "zone"),
        ('{"exchanges": [{"path": "/a", "body_file": "absent"}]}', "absent"),
    ],
)
async def test_a_malformed_file_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(RecordingsError, match=complaint):
        Recordings.load(tmp_path)


async def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingsError, match="no recordings"):
        Recordings.load(tmp_path)
