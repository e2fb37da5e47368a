"""A sandbox with a clock that tests move, a caller that signs, and the official documents."""

from __future__ import annotations

import base64
import json
import os
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
import websockets
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding

from pmi_core.testing.clock import ManualClock
from pmi_provider_kalshi.sandbox import Sandbox

REFERENCE = Path(
    os.environ.get("PMI_REFERENCE", Path(__file__).resolve().parents[5] / "shared" / "reference")
)
SAMPLES = Path(os.environ.get("PMI_SAMPLES", Path(__file__).resolve().parents[5] / "shared" / "samples"))
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)


class Caller:
    """Asks the sandbox as a client would, with a signature unless told otherwise."""

    def __init__(self, sandbox, http, *, key=None):
        self.sandbox = sandbox
        self.http = http
        self.key_id, pem = key or (sandbox.api_key_id, sandbox.private_key)
        self.private = serialization.load_pem_private_key(pem.encode(), None)
        self.calls = []

    def headers(self, method, path, *, skew=0):
        """What a signed call carries."""
        stamp = str(int(self.sandbox.clock.now().timestamp() * 1000) + skew)
        message = f"{stamp}{method}{path}".encode()
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            signature = self.private.sign(message)
        else:
            signature = self.private.sign(message, PSS, hashes.SHA256())
        return {
            "KALSHI-ACCESS-KEY": self.key_id,
            "KALSHI-ACCESS-TIMESTAMP": stamp,
            "KALSHI-ACCESS-SIGNATURE": base64.b64encode(signature).decode(),
        }

    async def ask(self, method, path, body=None, *, signed=True, **query):
        """Send one call; gives the answer."""
        full = urlsplit(self.sandbox.rest_url).path + path
        headers = self.headers(method, full) if signed else {}
        more = {} if body is None else {"json": body}
        answer = await self.http.request(
            method, self.sandbox.rest_url + path, headers=headers, params=query or None, **more
        )
        self.calls.append((method, path, answer))
        return answer

    async def get(self, path, **query):
        """Read something that must be there; gives the body."""
        answer = await self.ask("GET", path, **query)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.json()

    @staticmethod
    def bid(ticker, **fields):
        """What places an order; a small bid that rests unless told otherwise."""
        plain = {
            "ticker": ticker,
            "side": "bid",
            "count": "10.00",
            "price": "0.0200",
            "time_in_force": "good_till_canceled",
            "self_trade_prevention_type": "taker_at_cross",
        }
        return plain | fields

    async def order(self, ticker, **fields):
        """Place an order."""
        named = {"client_order_id": f"test-{len(self.calls)}"} | fields
        return await self.ask("POST", "/portfolio/events/orders", self.bid(ticker, **named))

    async def leap(self, seconds):
        """Let time pass at once, without playing every step of it."""
        clock = self.sandbox.clock
        clock.set(clock.now() + timedelta(seconds=seconds))
        await self.get("/exchange/status")

    async def market(self, series="KXFED"):
        """The first open market of a series."""
        rows = await self.get("/markets", status="open", series_ticker=series, limit=100)
        return rows["markets"][0]


class Line:
    """A stream connection that a test reads frame by frame."""

    def __init__(self, socket):
        self.socket = socket
        self.number = 0
        self.seen = []

    async def command(self, cmd, **params):
        """Send a command; gives its number."""
        self.number += 1
        await self.socket.send(json.dumps({"id": self.number, "cmd": cmd, "params": params}))
        return self.number

    async def frame(self, kind=None):
        """The next frame, or the next of a kind."""
        while True:
            found = json.loads(await self.socket.recv())
            self.seen.append(found)
            if kind is None or found["type"] == kind:
                return found


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def serve(clock):
    """Start a sandbox with given settings; gives a caller."""

    @asynccontextmanager
    async def started(**settings):
        given = {"clock": clock, "tier": "prime", **settings}
        async with Sandbox(**given) as sandbox, httpx2.AsyncClient(timeout=30) as http:
            yield Caller(sandbox, http)

    return started


@pytest.fixture
async def caller(serve):
    async with serve() as caller:
        yield caller


@pytest.fixture
async def line(caller):
    headers = caller.headers("GET", urlsplit(caller.sandbox.ws_url).path)
    async with websockets.connect(caller.sandbox.ws_url, additional_headers=headers) as socket:
        yield Line(socket)


def is_moment(text):
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


@pytest.fixture(scope="session")
def official():
    """Read one of the official documents, or pass over the test."""
    yaml = pytest.importorskip("yaml", reason="the official documents are YAML")

    def read(name):
        path = REFERENCE / name
        if not path.is_file():
            pytest.skip(f"{path} is not here; name its folder in PMI_REFERENCE")
        return yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    return read


@pytest.fixture(scope="session")
def checker():
    """A validator of a schema within a document."""
    jsonschema = pytest.importorskip("jsonschema", reason="answers are checked against schemas")
    formats = jsonschema.FormatChecker(formats=())
    formats.checks("date-time")(lambda value: not isinstance(value, str) or is_moment(value))

    def made(document, schema):
        whole = {**schema, "components": document["components"]}
        return jsonschema.Draft202012Validator(whole, format_checker=formats)

    return made


def nullable(schema):
    """An OpenAPI 3.0 schema in the words of JSON Schema: what may be null says so."""
    if isinstance(schema, list):
        return [nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        name: nullable(part)
        for name, part in schema.items()
        if name not in ("nullable", "example", "default", "discriminator")
    }
    if schema.get("nullable") is True:
        return {"anyOf": [found, {"type": "null"}]}
    return found


@pytest.fixture(scope="session")
def openapi(official):
    """The official document of the exchange's REST calls."""
    document = official("kalshi-openapi.yaml")
    return {
        "paths": document["paths"],
        "components": {**document["components"], "schemas": nullable(document["components"]["schemas"])},
    }


@pytest.fixture(scope="session")
def as_schema():
    return nullable


@pytest.fixture(scope="session")
def recorded():
    """Recorded errors by case; which service spoke is not said any more since August 2026."""
    path = SAMPLES / "kalshi" / "rest_errors_demo_2026-06.json"
    if not path.is_file():
        pytest.skip(f"{path} is not here; name the folder of samples in PMI_SAMPLES")
    rows = {row["case"]: row for row in json.loads(path.read_text("utf-8"))}
    for row in rows.values():
        if isinstance(row["body"].get("error"), dict):
            row["body"]["error"].pop("service", None)
    return rows
