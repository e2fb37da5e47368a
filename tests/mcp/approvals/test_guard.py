"""What every request must prove before it is looked at, and what every answer carries."""

from __future__ import annotations

import socket

import pytest

from pmi_core.errors import SettingsError
from pmi_mcp.approvals import PageSettings
from pmi_mcp.approvals.guard import HEADERS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def visitor(stage, visit):
    async with stage() as opened:
        _, address = await opened.waiting()
        yield visit(address)


async def test_every_answer_carries_the_headers(visitor):
    answers = [
        await visitor.look(),
        await visitor.look(Host="localhost"),
        await visitor.client.get(f"{visitor.origin}/static/page.css"),
        await visitor.client.get(f"{visitor.origin}/nowhere"),
        await visitor.client.get(f"{visitor.origin}/no/such/place"),
        await visitor.say("approve", seal="x", headers={}),
        await visitor.say("approve"),
    ]
    assert [answer.status_code for answer in answers] == [200, 421, 200, 404, 404, 403, 303]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "server" not in answer.headers


async def test_the_page_asks_nothing_of_anybody_else(visitor):
    shown = (await visitor.look()).text
    assert "http" not in shown.replace('http-equiv="', "").replace(visitor.origin, "")
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "style=" not in shown
    assert "<script>" not in shown


HOSTS = ["localhost", "localhost:1", "127.0.0.1:{port}", "[::1]:{port}", "evil.example:{port}", ""]
FOREIGN = [
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost"},
    {"Origin": "http://127.0.0.1:{port}"},
    {"Origin": None},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": None},
]


async def test_a_foreign_host_gets_nothing(visitor):
    port = visitor.origin.rpartition(":")[2]
    for host in HOSTS:
        answer = await visitor.look(Host=host.format(port=port))
        assert answer.status_code in (400, 421), host
        assert "Approve" not in answer.text, host


async def test_a_post_from_elsewhere_does_nothing(stage, visit):
    async with stage() as opened:
        code, address = await opened.waiting()
        visitor = visit(address)
        port, seal = visitor.origin.rpartition(":")[2], await visitor.seal()
        for changes in FOREIGN:
            changed = {name: value and value.format(port=port) for name, value in changes.items()}
            headers = {
                name: value for name, value in (visitor.headers | changed).items() if value is not None
            }
            for path in ("", "/challenge", "/passkey"):
                answer = await visitor.say("approve", seal=seal, headers=headers, path=path)
                assert answer.status_code == 403, (changes, path)
        assert await opened.desk.state(code) == "waiting"
        assert opened.venue.sendings == []


async def test_the_page_is_not_shown_inside_another_one(visitor):
    for where in ("iframe", "frame", "embed", "object"):
        for site in ("cross-site", "same-origin"):
            answer = await visitor.look(**{"Sec-Fetch-Dest": where, "Sec-Fetch-Site": site})
            assert answer.status_code == 403
            assert "Approve" not in answer.text


async def test_an_image_of_another_page_does_not_open_the_address(visitor):
    foreign = await visitor.look(**{"Sec-Fetch-Dest": "image", "Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert (await visitor.look()).status_code == 200


async def test_other_methods_do_nothing(visitor):
    for method in ("HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert (await visitor.client.request(method, visitor.address)).status_code == 405, method


async def test_a_body_that_no_form_needs_is_not_read(visitor):
    seal = await visitor.seal()
    large = await visitor.client.post(
        visitor.address, data={"seal": seal, "answer": "approve", "x": "x" * 70_000}, headers=visitor.headers
    )
    assert large.status_code == 413


async def test_a_form_of_another_kind_does_nothing(visitor):
    seal = await visitor.seal()
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/json"):
        headers = {**visitor.headers, "Content-Type": kind}
        body = f"seal={seal}&answer=approve"
        answer = await visitor.client.post(visitor.address, content=body, headers=headers)
        assert answer.status_code == 403, kind


async def test_only_this_machine_reaches_the_page(stage):
    async with stage() as opened:
        _, address = await opened.waiting()
        port = int(address.split(":")[2].split("/")[0])
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            if family is socket.AF_INET6 and not _has_second_address():
                continue
            with socket.socket(family) as other, pytest.raises(OSError):
                other.bind((host, port))  # nobody else can stand in for the page
        for own in socket.gethostbyname_ex(socket.gethostname())[2]:
            if own.startswith("127."):
                continue
            with socket.socket() as other, pytest.raises(OSError):
                other.settimeout(2)
                other.connect((own, port))


async def test_a_port_that_is_taken_is_told(stage):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = PageSettings(port=taken.getsockname()[1], open_browser=True)
        opened_at = []

        async def opener(address):
            opened_at.append(address)
            return True

        async with stage(settings=settings, opener=opener) as opened:
            preview = await opened.preview()
            with pytest.raises(SettingsError, match=r"port .* 0 for any"):
                await opened.page.address(preview.code)
            assert not await opened.page.present(preview.code)
            assert opened_at == []


def _has_second_address():
    try:
        with socket.socket(socket.AF_INET6) as made:
            made.bind(("::1", 0))
    except OSError:
        return False
    return True
