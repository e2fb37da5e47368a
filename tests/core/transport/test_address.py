"""What stands on the wire, and is signed, is what the network library makes of an address."""

from __future__ import annotations

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.errors import RequestError
from pmi_core.transport.address import Origin
from pmi_core.transport.question import Question, query_of


def question(path, params=None, secret=()):
    query, shown, secrets = query_of(params, frozenset(secret))
    return Question(
        venue="here",
        capability="markets",
        method="GET",
        path=path,
        query=query,
        shown_query=shown,
        secrets=secrets,
        bucket="read",
        cost=1.0,
        signed=False,
        repeatable=True,
    )


LETTERS = st.text(st.sampled_from("aZ09-._~%/%2F%zé é\"<>{}[]|\\^`!$&'()*+,;=:@"), max_size=12)


@given(LETTERS, st.dictionaries(st.text(max_size=5), st.text(max_size=8), max_size=3))
def test_the_target_is_what_the_library_would_send(path, params):
    asked = question(f"/{path}", params)
    for base in ("https://api.example.com", "https://api.example.com/v2/a"):
        url = f"{base}{asked.path}{'?' if asked.query else ''}{asked.query}"
        assert Origin(base).address(asked).target == httpx2.URL(url).raw_path.decode("ascii")


@pytest.mark.parametrize(
    "base, host, port, authority",
    [
        ("https://api.example.com/v2", "api.example.com", 443, b"api.example.com"),
        ("http://api.example.com", "api.example.com", 80, b"api.example.com"),
        ("https://API.example.com:8443", "api.example.com", 8443, b"api.example.com:8443"),
        ("https://api.example.com:443", "api.example.com", 443, b"api.example.com"),
        ("http://[::1]:8080", "::1", 8080, b"[::1]:8080"),
        ("https://b\u00fccher.example", "xn--bcher-kva.example", 443, b"xn--bcher-kva.example"),
    ],
)
def test_the_host_is_named_as_the_network_wants_it(base, host, port, authority):
    origin = Origin(base)
    assert (origin.host, origin.port, origin.authority) == (host, port, authority)
    assert origin.tls is base.startswith("https")


def test_a_secret_of_the_query_is_in_no_text_of_the_address():
    address = Origin("https://api.example.com").address(question("/a", {"token": "tok-1", "b": 1}, {"token"}))
    assert address.target == "/a?token=tok-1&b=1"
    assert "tok-1" not in str(address.url) + repr(address.url) + repr(address)


@pytest.mark.parametrize("path", ["/a\x00b", "/" + "a" * 70_000])
def test_what_the_library_refuses_is_refused(path):
    with pytest.raises(RequestError, match="cannot be part of an address"):
        Origin("https://api.example.com").address(question(path))
