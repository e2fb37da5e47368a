"""Orders placed and changed: create, amend, decrease, cancel, one or many (V2, OpenAPI 3.34.0)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pmi_core.errors import NotFound, RequestError
from pmi_core.exchange.commands import AmendOrder, CancelAll, CancelOrder, DecreaseOrder, PlaceOrder
from pmi_core.exchange.views import OrderView
from pmi_core.models import Action, OutcomeSide, SelfTradePolicy, TimeInForce
from pmi_provider_kalshi.sandbox.call import Answer, Body, Call
from pmi_provider_kalshi.sandbox.names import account_of, place_of
from pmi_provider_kalshi.sandbox.noise import uuid_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import Refusal, from_engine, invalid, missing, refusal
from pmi_provider_kalshi.sandbox.routes import Route, write
from pmi_provider_kalshi.sandbox.rows.orders import NEVER
from pmi_provider_kalshi.sandbox.writing import count, dollars, millis, moment

__all__ = ["PlacingDesk"]

_FORCE: Final = {
    "good_till_canceled": TimeInForce.GTC,
    "immediate_or_cancel": TimeInForce.IOC,
    "fill_or_kill": TimeInForce.FOK,
}
_POLICY: Final = {
    "taker_at_cross": SelfTradePolicy.CANCEL_TAKER,
    "maker": SelfTradePolicy.CANCEL_MAKER,
}
_BASE: Final = "/portfolio/events/orders"
_CREATE: Final = "CreateOrderV2Request"


class PlacingDesk:
    """Writes of orders; answers say what the matching engine did, not what reads will show."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._floor = office.floor
        self._engine = office.engine
        self._unnamed = 0

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        batch, one = f"{_BASE}/batched", f"{_BASE}/{{order_id}}"
        gone = (
            ("POST", "/portfolio/orders"),
            ("POST", "/portfolio/orders/batched"),
            ("DELETE", "/portfolio/orders/batched"),
            ("DELETE", "/portfolio/orders/{order_id}"),
            ("POST", "/portfolio/orders/{order_id}/amend"),
            ("POST", "/portfolio/orders/{order_id}/decrease"),
        )
        return (
            write("POST", _BASE, "CreateOrderV2", self.create, struct=_CREATE),
            write("DELETE", _BASE, "CancelAllOrders", self.cancel_all, cost=2),
            write(
                "POST",
                batch,
                "BatchCreateOrdersV2",
                self.create_many,
                struct="BatchCreateOrdersV2Request",
                items="orders",
            ),
            write(
                "DELETE",
                batch,
                "BatchCancelOrdersV2",
                self.cancel_many,
                cost=2,
                struct="BatchCancelOrdersV2Request",
                items="orders",
            ),
            write("DELETE", one, "CancelOrderV2", self.cancel, cost=2),
            write("POST", f"{one}/amend", "AmendOrderV2", self.amend, struct="AmendOrderV2Request"),
            write(
                "POST", f"{one}/decrease", "DecreaseOrderV2", self.decrease, struct="DecreaseOrderV2Request"
            ),
            *(write(method, path, "", self.gone) for method, path in gone),
        )

    def gone(self, call: Call) -> Answer:
        """The first version of order writes, which was switched off."""
        raise refusal(410, "deprecated_v1_order_endpoint", message="Please switch to the V2 endpoints")

    # ---------------------------------------------------------------------------------- placing

    def create(self, call: Call) -> Answer:
        """Place one order."""
        return Answer(201, self._create(call, call.body))

    def create_many(self, call: Call) -> Answer:
        """Place several; each has its own answer or error."""
        rows = []
        for body in call.body.rows("orders", _CREATE):
            try:
                rows.append(self._create(call, body))
            except Refusal as error:
                rows.append(_failed(error) | {"client_order_id": body.fields.get("client_order_id")})
        return Answer(201, {"orders": rows})

    def _check_trading(self) -> None:
        if self._floor.paused:
            raise refusal(503, "trading_paused")

    def _create(self, call: Call, body: Body) -> dict[str, Any]:
        self._check_trading()
        size = body.needed_decimal("count", 2)
        price = body.needed_decimal("price", 4)
        ticker = body.needed("ticker")
        yes = body.choice("side", ("bid", "ask")) == "bid"
        force = _FORCE[body.choice("time_in_force", tuple(_FORCE))]
        policy = _POLICY[body.choice("self_trade_prevention_type", tuple(_POLICY))]
        expires = self._expiry(body, force, call.now)
        if expires is not None:
            force = TimeInForce.GTD
        reduce_only = body.flag("reduce_only")
        if reduce_only and force is not TimeInForce.IOC:
            raise invalid("reduce_only requires immediate_or_cancel")
        account = self._account(call, body.number("subaccount"), ticker, body.number("exchange_index"))
        client_id = body.text("client_order_id") or self._unnamed_id()
        self._check_new(client_id)
        group = body.text("order_group_id")
        command: dict[str, Any] = {
            "account": account,
            "market_id": ticker,
            "client_order_id": client_id,
            "outcome": OutcomeSide.YES if yes else OutcomeSide.NO,
            "action": Action.BUY,
            "price": price if yes else 1 - price,
            "size": size,
            "time_in_force": force,
            "expires_at": expires,
            "post_only": body.flag("post_only"),
            "reduce_only": reduce_only,
            "self_trade": policy,
            "group_id": self._office.names.back(group) if group else None,
            "cancel_on_pause": body.flag("cancel_order_on_pause"),
        }
        self._check_price(ticker, price)
        try:
            self._floor.apply(PlaceOrder, **command)
        except RequestError as error:
            if error.code == "fill_or_kill":
                self._office.records.client_ids.add(client_id)
            raise from_engine(error) from None
        self._office.records.client_ids.add(client_id)
        order = self._engine.find_by_client_id(account, client_id)
        assert order is not None
        self._office.records.note(order.id).cancel_on_pause = bool(command["cancel_on_pause"])
        row = {
            "order_id": self._office.names.of(order.id),
            "client_order_id": client_id,
            "fill_count": count(order.filled),
            "remaining_count": count(order.remaining),
            "ts_ms": millis(order.created_time),
        }
        return row | self._averages(order)

    def _unnamed_id(self) -> str:
        self._unnamed += 1
        return uuid_of(self._floor.plan.seed, "client", self._unnamed)

    def _check_new(self, client_id: str) -> None:
        if client_id in self._office.records.client_ids:
            raise refusal(409, "order_already_exists")

    def _check_price(self, ticker: str, price: Decimal) -> None:
        """The grid speaks of YES prices only; at the engine, mirrored ones count too."""
        view = self._floor.view(ticker)
        if view is not None and not view.spec.price_grid.contains(price):
            raise refusal(400, "invalid_price")

    @staticmethod
    def _expiry(body: Body, force: TimeInForce, now: datetime) -> datetime | None:
        expires = body.number("expiration_time")
        if not expires:
            return None
        if force is not TimeInForce.GTC:
            raise invalid("Cannot specify both immediate_or_cancel and expiration_ts")
        when = _moment(expires)
        if when <= now:
            raise invalid("Expiration timestamp must be in the future")
        return when

    def _account(self, call: Call, subaccount: int | None, ticker: str, shard: int | None) -> str:
        """The account that pays; the market's shard counts."""
        number = call.settled(subaccount) or 0
        if number not in self._office.subaccounts:
            raise refusal(404, "subaccount_not_found")
        if self._floor.view(ticker) is None:
            raise missing()
        own = self._floor.series_of(ticker).shard
        if shard is not None and shard not in (-1, own):
            raise missing()
        return account_of(number, own)

    @staticmethod
    def _averages(order: OrderView) -> dict[str, str]:
        if not order.filled or order.average_price is None:
            return {}
        average = order.average_price if order.outcome is OutcomeSide.YES else 1 - order.average_price
        return {
            "average_fill_price": dollars(average),
            "average_fee_paid": dollars(order.fees / order.filled),
        }

    # --------------------------------------------------------------------------------- changing

    def _working(
        self, call: Call, order_id: str, ticker: str | None, shard: int | None, sub: int | None
    ) -> OrderView:
        """An own order that can still be changed.

        Without a ticker and a shard the call goes to shard 0, where orders of others are not found.
        """
        try:
            order = self._engine.order(self._office.names.back(order_id))
        except NotFound:
            raise missing() from None
        place = place_of(order.account)
        if place is None or (sub is not None and place[0] != sub):
            raise missing()
        if ticker is not None and ticker != order.market_id:
            raise missing()
        asked = shard if shard is not None and shard >= 0 else None
        if ticker is None and place[1] != (asked or 0):
            raise missing()
        if not order.is_working:
            raise missing()
        return order

    def amend(self, call: Call) -> Answer:
        """Move an order."""
        self._check_trading()
        body = call.body
        price, size = body.needed_decimal("price", 4), body.needed_decimal("count", 2)
        side = body.choice("side", ("bid", "ask"))
        ticker = body.needed("ticker")
        order = self._working(call, call.params["order_id"], None, self._shard_of(ticker), call.subaccount)
        if ticker != order.market_id:
            raise refusal(400, "order_ticker_mismatch")
        if side != ("bid" if order.outcome is OutcomeSide.YES else "ask"):
            raise refusal(400, "order_side_mismatch")
        if body.text("client_order_id") not in (None, "", order.client_order_id):
            raise refusal(400, "order_id_and_client_order_id_mismatch")
        renamed = body.text("updated_client_order_id")
        if renamed and renamed != order.client_order_id:
            self._check_new(renamed)
        self._check_price(ticker, price)
        expires = body.number("expiration_time")
        if expires and _moment(expires) <= call.now:
            raise invalid("Expiration timestamp must be in the future")
        try:
            self._floor.apply(
                AmendOrder,
                account=order.account,
                order_id=order.id,
                price=price if order.outcome is OutcomeSide.YES else 1 - price,
                size=size,
                expires_at=_new_expiry(expires, order),
                client_order_id=renamed or None,
            )
        except RequestError as error:
            raise from_engine(error) from None
        if renamed:
            self._office.records.client_ids.add(renamed)
        now = self._engine.order(order.id)
        row: dict[str, Any] = {
            "order_id": call.params["order_id"],
            "client_order_id": now.client_order_id,
            "ts_ms": millis(now.updated_time),
        }
        if (now.filled, now.remaining) != (order.filled, order.remaining):
            row |= {"remaining_count": count(now.remaining), "fill_count": count(now.filled)}
        return Answer(200, row | self._averages(now))

    def _shard_of(self, ticker: str) -> int:
        return self._floor.series_of(ticker).shard

    def decrease(self, call: Call) -> Answer:
        """Take contracts off an order."""
        body = call.body
        by, to = body.decimal("reduce_by", 2), body.decimal("reduce_to", 2)
        if (by is None) == (to is None):
            raise invalid("exactly one of reduce_by and reduce_to is required")
        order = self._working(
            call,
            call.params["order_id"],
            body.text("market_ticker"),
            body.number("exchange_index"),
            call.subaccount,
        )
        if by is None:
            assert to is not None
            by = order.remaining - to
        if by > 0:
            try:
                self._floor.apply(
                    DecreaseOrder, account=order.account, order_id=order.id, by=min(by, order.remaining)
                )
            except RequestError as error:
                raise from_engine(error) from None
        now = self._engine.order(order.id)
        return Answer(
            200,
            {
                "order_id": call.params["order_id"],
                "client_order_id": now.client_order_id,
                "remaining_count": count(now.remaining),
                "ts_ms": millis(now.updated_time),
            },
        )

    # -------------------------------------------------------------------------------- canceling

    def cancel(self, call: Call) -> Answer:
        """Cancel one order."""
        order = self._working(
            call,
            call.params["order_id"],
            call.text("market_ticker"),
            call.number("exchange_index"),
            call.subaccount,
        )
        return Answer(200, self._cancel(order))

    def _cancel(self, order: OrderView) -> dict[str, Any]:
        self._floor.apply(CancelOrder, account=order.account, order_id=order.id)
        return {
            "order_id": self._office.names.of(order.id),
            "client_order_id": order.client_order_id,
            "reduced_by": count(order.remaining),
            "ts_ms": millis(self._engine.order(order.id).updated_time),
        }

    def cancel_many(self, call: Call) -> Answer:
        """Cancel several; each has its own answer or error."""
        rows = []
        for body in call.body.rows("orders", "BatchCancelOrdersV2RequestOrder"):
            order_id = body.needed("order_id")
            try:
                order = self._working(
                    call,
                    order_id,
                    body.text("market_ticker"),
                    body.number("exchange_index"),
                    call.settled(body.number("subaccount")),
                )
                rows.append(self._cancel(order))
            except Refusal as error:
                rows.append(_failed(error) | {"order_id": order_id, "reduced_by": count(None)})
        return Answer(200, {"orders": rows})

    def cancel_all(self, call: Call) -> Answer:
        """Cancel everything on every shard, or one subaccount's orders."""
        wanted = call.subaccount
        for account in self._engine.accounts():
            place = place_of(account)
            if place is not None and wanted in (None, place[0]):
                self._floor.apply(CancelAll, account=account)
        return Answer(204)


def _failed(error: Refusal) -> dict[str, Any]:
    """One row's error within a batch that went through: the error's own fields, without an envelope."""
    inner = error.body.get("error")
    return {"error": inner if isinstance(inner, dict) else error.body}


def _new_expiry(expires: int | None, order: OrderView) -> datetime | None:
    """What an amendment asks of the expiry: absent keeps it, zero removes it."""
    if expires == 0:
        return NEVER if order.expires_at is not None else None
    return _moment(expires) if expires else None


def _moment(seconds: int) -> datetime:
    """A moment from the body, which may be any number."""
    try:
        return moment(seconds)
    except (OverflowError, ValueError, OSError):
        raise invalid("Expiration timestamp is out of range") from None
