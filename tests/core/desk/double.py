"""A venue that misbehaves on command, and keeps its own books of what really happened."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pluggy
from pydantic import SecretStr

from pmi_core import (
    Idempotency,
    IdempotencyKind,
    NotFound,
    Order,
    OrderRef,
    OrderRefused,
    OrderRequest,
    OrderStatus,
    Provider,
    Registry,
    UncertainError,
    Unreachable,
    Venue,
    VenueInfo,
    WriteClass,
)
from pmi_core.capabilities import Capability
from pmi_core.clock import Clock, SystemClock
from pmi_core.desk import Desk, DeskSettings
from pmi_core.models import TERMINAL_STATUSES, BatchResult
from pmi_core.plugins import hookspecs
from pmi_core.plugins.loading import LoadedPlugin, Plugins
from pmi_core.settings import ProviderSettings, load_config

_spec = importlib.util.spec_from_file_location("desk_showing", Path(__file__).with_name("showing.py"))
_showing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_showing)

PLAIN = Idempotency(IdempotencyKind.CLIENT_ID, max_length=36)
NONE = Idempotency(IdempotencyKind.NONE)


class Settings(ProviderSettings):
    """What tells accounts apart, where the venue does not."""

    key_file: str = ""
    password: SecretStr | None = None


@dataclass
class Double(_showing.Showing):
    """The truth: every order that exists, whatever anybody was told.

    ``faults`` are taken from the front, one for each sending: "ok", "lose_request", "lose_answer",
    "duplicate", "delay" (executes after ``delay`` seconds, the answer is lost), "after_500" (executes, then
    a server error), "refuse" (says no), "error_in_200" (an answer without an order), "reject" (an order
    that is rejected), "hang" (executes and never answers), "garbage".
    """

    clock: Clock = field(default_factory=SystemClock)
    name: str = "fake"
    idempotency: Idempotency = PLAIN
    write_class: WriteClass = WriteClass.SIMULATED
    environment: str = "test"
    account: str | None = "one"
    currency: str = "USD"
    faults: list = field(default_factory=list)
    delay: float = 2.0
    unseen: float = 0.0
    """Seconds for which a new order does not show in reads."""
    book_price: Decimal = Decimal("0.50")
    cash: Decimal = Decimal(100000)
    held: Decimal = Decimal(0)
    trading: str = "open"
    orders_made: list = field(default_factory=list)
    sendings: list = field(default_factory=list)
    truth: Path | None = None
    """Where orders are kept so that they outlive the process."""
    reads_fail: int = 0
    batches: bool = False
    hook: object = None

    def __post_init__(self):
        if self.truth is not None and self.truth.exists():
            for line in self.truth.read_text().splitlines():
                row = json.loads(line)
                self.orders_made.append((Order.model_validate(row["order"]), row["shows"]))

    @property
    def orders(self):
        return [order for order, _ in self.orders_made]

    def execute(self, request: OrderRequest, *, later: float = 0.0, status=OrderStatus.OPEN):
        shows = self.clock.now() + timedelta(seconds=later + self.unseen)
        order = Order(
            ref=OrderRef(f"{self.name}:o{len(self.orders_made) + 1}"),
            **{
                **request.model_dump(),
                "client_order_id": None
                if self.idempotency.kind is IdempotencyKind.NONE
                else request.client_order_id,
            },
            status=status,
            filled="0",
            remaining=request.size,
            fees="0",
            created_time=self.clock.now() + timedelta(seconds=later),
        )
        self.orders_made.append((order, shows.timestamp()))
        if self.truth is not None:
            with self.truth.open("a") as file:
                row = {"order": order.model_dump(mode="json"), "shows": shows.timestamp()}
                file.write(json.dumps(row) + "\n")
        return order

    async def place_order(self, request):  # noqa: C901 - one case a misfortune
        self.sendings.append(request.client_order_id)
        if self.hook is not None:
            await self.hook(request)
        fault = self.faults.pop(0) if self.faults else "ok"
        doubt = UncertainError("no answer", venue=self.name, client_order_id=request.client_order_id)
        match fault:
            case "ok":
                await asyncio.sleep(0)
                return self.execute(request)
            case "lose_request":
                raise doubt
            case "lose_answer" | "duplicate":
                self.execute(request)
                if fault == "duplicate":  # the network repeats; the venue knows the id
                    from pmi_core import Duplicate

                    raise Duplicate("that id was used", venue=self.name)
                raise doubt
            case "delay":
                self.execute(request, later=self.delay)
                raise doubt
            case "after_500":
                self.execute(request)
                raise Unreachable("the server failed", venue=self.name)
            case "refuse":
                raise OrderRefused("no such luck", venue=self.name)
            case "error_in_200":
                raise OrderRefused("accepted, but no order was made: size", venue=self.name, code="size")
            case "reject":
                return Order(
                    **request.model_dump(),
                    status="rejected",
                    filled="0",
                    remaining="0",
                    fees="0",
                    reject_reason="too late",
                )
            case "hang":
                self.execute(request)
                await asyncio.sleep(3600)
            case "garbage":
                self.execute(request)
                return {"ok": True}
            case "crash":
                self.execute(request)
                raise KeyError("a bug in the provider")
        raise AssertionError(fault)

    async def cancel_order(self, order):
        for place, (one, shows) in enumerate(self.orders_made):
            if one.ref == order:
                if one.status not in TERMINAL_STATUSES:
                    one = one.model_copy(update={"status": OrderStatus.CANCELED, "remaining": Decimal(0)})
                    self.orders_made[place] = (one, shows)
                return one
        raise NotFound(f"no order {order}", venue=self.name)

    async def amend_order(self, order, *, price, size):
        fault = self.faults.pop(0) if self.faults else "ok"
        for place, (one, shows) in enumerate(self.orders_made):
            if one.ref == order and fault != "lose_request":
                one = one.model_copy(update={"price": price, "size": size, "remaining": size - one.filled})
                self.orders_made[place] = (one, shows)
                if fault == "ok":
                    return one
        raise UncertainError("no answer", venue=self.name)

    async def decrease_order(self, order, *, by):
        one = await self.get_order(order)
        return await self.amend_order(order, price=one.price, size=one.size - by)

    async def place_orders(self, requests):
        results = []
        for request in requests:
            try:
                order = await self.place_order(request)
            except OrderRefused as error:
                results.append(
                    BatchResult(
                        client_order_id=request.client_order_id, error="OrderRefused", message=str(error)
                    )
                )
            else:
                results.append(BatchResult(client_order_id=request.client_order_id, order=order))
        return tuple(results)

    async def cancel_orders(self, orders):
        return ()

    async def cancel_all(self, market=None):
        gone = [
            one for one in self.orders if one.status is OrderStatus.OPEN and market in (None, one.market_ref)
        ]
        return tuple([await self.cancel_order(one.ref) for one in gone])

    # ------------------------------------------------------------------ opening

    def info(self):
        return VenueInfo(
            name=self.name,
            provider="fake",
            title="Fake",
            environment=self.environment,
            write_class=self.write_class,
            currency=self.currency,
            idempotency=self.idempotency,
            account=self.account,
        )

    async def open(self, context):
        async def nothing(*_):
            return None

        return Venue(
            info=self.info(),
            resolver=nothing,
            closer=nothing,
            markets=self,
            books=self,
            account=self,
            orders=self,
            amend=self,
            batch=self if self.batches else None,
        )


def make_registry(home, doubles, *, clock=None, config="", environ=None, reviewer=None):
    """A real registry whose plugins are the doubles."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    if reviewer is not None:
        manager.register(reviewer, name="reviewer")
    loaded = [
        LoadedPlugin(
            double.name,
            "pmi-provider-fake",
            "1",
            ("pmi_provider",),
            Provider(
                name=double.name,
                title="Fake",
                settings=Settings,
                capabilities=frozenset(
                    {Capability.MARKETS, Capability.BOOKS, Capability.ACCOUNT, Capability.ORDERS}
                ),
                open=double.open,
            ),
        )
        for double in doubles
    ]
    path = Path(home) / "pmi.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(config, encoding="utf-8")
    path.chmod(0o600)
    settings = load_config(path, {"PMI_HOME": str(home), **(environ or {})})
    return Registry(settings, Plugins(manager, loaded, (), ()), clock)


DATABASE: str | None = None
"""Where journals are kept instead of a file in the home."""


def make_desk(home, *doubles, clock=None, config="", settings=None, **rest):
    """A desk over doubles."""
    registry = make_registry(home, doubles, clock=clock or doubles[0].clock, config=config, **rest)
    settings = settings or DeskSettings(lookup_seconds=1, lost_after_seconds=30)
    if DATABASE is not None:
        settings = settings.model_copy(update={"database": SecretStr(DATABASE)})
    return Desk(registry, settings)


START = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
