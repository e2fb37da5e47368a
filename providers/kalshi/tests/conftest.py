"""A venue opened on answers that a test writes itself, and rows to write them with."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pmi_core.provider import OpenContext
from pmi_core.testing.clock import ManualClock
from pmi_core.testing.recordings import Recording
from pmi_core.testing.replay import ReplayTransport
from pmi_provider_kalshi.plugin import pmi_provider

NOW = datetime(2026, 11, 16, 15, tzinfo=UTC)
CUTOFF = "2026-08-16T00:00:00Z"
ROOT = "/trade-api/v2"
TOLD = frozenset({"PMI_SAMPLES", "PMI_REFERENCE", "PMI_OFFICIAL_CLIENTS", "PMI_FAULT_RUNS"})
"""Where recorded answers and the like are found; for tests alone."""
ORDER = json.loads(Path(__file__).with_name("order.json").read_bytes())


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(autouse=True, scope="module")
def nobodys_settings(tmp_path_factory):
    """No test reads what its developer has configured, or writes among the developer's data."""
    folder = tmp_path_factory.mktemp("pmi-home")
    (folder / "pmi.toml").touch(mode=0o600)
    with pytest.MonkeyPatch.context() as changed:
        for name in [name for name in os.environ if name.startswith("PMI_") and name not in TOLD]:
            changed.delenv(name)
        changed.setenv("PMI_HOME", str(folder))
        changed.setenv("PMI_CONFIG", str(folder / "pmi.toml"))
        yield folder


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def clock():
    return ManualClock(NOW, auto=True)


class Exchange(ReplayTransport):
    """The venue's side: what it answers, and what it was asked."""

    def answers(self, path, body, *, code=200, headers=None, **query):
        """Answer one question; the query must be exactly this one."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        made = {name: value if isinstance(value, list) else str(value) for name, value in query.items()}
        self.record(Recording(path=ROOT + path, query=made, status=code, headers=headers or {}, body=content))
        return self

    def knows_cutoff(self):
        """Tell when the archive begins."""
        told = dict.fromkeys(("market_settled_ts", "trades_created_ts", "orders_updated_ts"), CUTOFF)
        return self.answers("/historical/cutoff", told)

    def tells_limits(self, *, read=(200, 400), write=(100, 100), tier="basic", costs=()):
        """Tell the account's tier and the costs of calls: rate and capacity of each bucket."""
        buckets = {
            name: {"refill_rate": rate, "bucket_capacity": capacity}
            for name, (rate, capacity) in {"read": read, "write": write}.items()
        }
        self.answers("/account/limits", {"usage_tier": tier, **buckets, "grants": []})
        return self.answers("/account/endpoint_costs", {"default_cost": 10, "endpoint_costs": list(costs)})

    def takes(self, method, path, body, *, code=200, sent=None, **query):
        """Answer a write: with the body ``sent``, or whatever its body says."""
        content = b"" if body is None else json.dumps(body).encode()
        made = {name: str(value) for name, value in query.items()}
        told = Recording(
            method=method, path=ROOT + path, query=made, request_body=sent, status=code, body=content
        )
        self.record(told)
        return self

    def bodies(self, method=None):
        """What was written so far, as data."""
        return [
            json.loads(request.body)
            for request in self.requests
            if request.body and method in (None, request.method)
        ]

    @property
    def asked(self):
        """What was asked so far, without the root of the paths."""
        return [str(request).replace(ROOT, "", 1) for request in self.requests]


@pytest.fixture
def exchange():
    return Exchange()


@pytest.fixture
def open_venue(exchange, clock):
    """Open the venue with the given settings; the fixture ``kalshi`` is the usual one."""

    async def opened(**settings):
        provider = pmi_provider()
        made = provider.settings.model_validate(settings or {"environment": "demo"})
        return await provider.open(OpenContext(name="kalshi", settings=made, clock=clock, transport=exchange))

    return opened


@pytest.fixture(scope="session")
def ed25519_pem():
    """A key of this test run, in the form in which the venue hands them out."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    made = ed25519.Ed25519PrivateKey.generate()
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def key(ed25519_pem):
    """The settings of an account."""
    return {"environment": "demo", "api_key_id": "a-key-id", "private_key": ed25519_pem}


@pytest.fixture
async def keyed(exchange, open_venue, key):
    """The venue opened with a key; its limits are known."""
    exchange.tells_limits()
    async with await open_venue(**key) as venue:
        exchange.forget()
        yield venue


@pytest.fixture
async def kalshi(open_venue):
    async with await open_venue() as venue:
        yield venue


@pytest.fixture
def row():
    """A market as the venue writes it, with changes."""

    def made(ticker="KXLAKE-26NOV20-T4", **changes):
        plain = {
            "ticker": ticker,
            "event_ticker": str(ticker).rpartition("-")[0],
            "market_type": "binary",
            "title": "Will the lake be above 4 m?",
            "yes_sub_title": "Above 4 m",
            "no_sub_title": "Above 4 m",
            "created_time": "2026-10-30T08:00:00.12Z",
            "updated_time": "2026-11-01T08:00:00Z",
            "open_time": "2026-11-02T15:00:00Z",
            "close_time": "2026-11-20T22:00:00Z",
            "latest_expiration_time": "2026-11-28T15:00:00Z",
            "settlement_timer_seconds": 1800,
            "status": "active",
            "yes_bid_dollars": "0.2000",
            "yes_bid_size_fp": "1.00",
            "yes_ask_dollars": "0.2600",
            "yes_ask_size_fp": "44.00",
            "no_bid_dollars": "0.7400",
            "no_ask_dollars": "0.8000",
            "last_price_dollars": "0.2100",
            "volume_fp": "1204.50",
            "volume_24h_fp": "37.25",
            "open_interest_fp": "611.00",
            "notional_value_dollars": "1.0000",
            "result": "",
            "can_close_early": False,
            "expiration_value": "",
            "rules_primary": "If the lake is above 4 m, then the market resolves to Yes.",
            "rules_secondary": "",
            "price_level_structure": "linear_cent",
            "price_ranges": [{"start": "0.0000", "end": "1.0000", "step": "0.0100"}],
            "settlement_bounds_type": "default",
        }
        return {name: value for name, value in {**plain, **changes}.items() if value is not ...}

    return made


@pytest.fixture
def order_row():
    """An order as the venue's readings show it, with changes."""

    def made(order_id="o1", **changes):
        plain = ORDER | {"order_id": order_id, "client_order_id": f"c-{order_id}"}
        if "outcome_side" in changes:  # the venue says the same thing in three ways
            plain["book_side"] = {"yes": "bid", "no": "ask"}.get(changes["outcome_side"], "bid")
        if "yes_price_dollars" in changes:
            plain["no_price_dollars"] = str(1 - Decimal(changes["yes_price_dollars"]))
        return {name: value for name, value in {**plain, **changes}.items() if value is not ...}

    return made


@pytest.fixture
def page():
    """A page of markets."""

    def made(*rows, cursor=""):
        return {"markets": list(rows), "cursor": cursor}

    return made


@pytest.fixture
def sample():
    """Read a recorded answer of the venue; skips where the folder is not on this machine."""
    repository = Path(__file__).resolve().parents[3]
    folder = Path(os.environ.get("PMI_SAMPLES", repository.parent / "shared" / "samples")) / "kalshi"

    def read(name):
        path = folder / name
        if not path.is_file():
            pytest.skip(f"no recorded answers on this machine: {path} is absent (set PMI_SAMPLES)")
        return json.loads(path.read_bytes())

    return read
