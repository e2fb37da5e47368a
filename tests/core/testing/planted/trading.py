"""Faults of orders, fills and the account."""

from __future__ import annotations

from decimal import Decimal

from pmi_core.errors import Duplicate, PmiError
from pmi_core.models import Action, Liquidity, OrderStatus, OutcomeSide, TimeInForce
from pmi_core.numbers import ONE, Rounding, round_to

from . import alter, but, planted, request_changed, twist

CENT = Decimal("0.01")


@planted("orders.rest_on_the_right_side")
def yes_and_no_swapped(bench):
    request_changed(bench, lambda request: {"outcome": request.outcome.opposite})


@planted("orders.move_the_position_rightly")
def buy_and_sell_swapped(bench):
    def swap(request):
        best = Decimal("0.01") if request.action is Action.BUY else Decimal("0.99")
        return {"action": request.action.opposite, "price": best}

    request_changed(bench, swap)


@planted("orders.rest_on_the_right_side")
def no_price_not_complemented(bench):
    def forget(request):
        return {"price": ONE - request.price} if request.outcome is OutcomeSide.NO else {}

    request_changed(bench, forget)


@planted("orders.decimals_survive")
def size_cut_to_whole(bench):
    request_changed(bench, lambda request: {"size": round_to(request.size, ONE, Rounding.DOWN)})


@planted("orders.off_grid_is_refused")
def price_rounded_in_silence(bench):
    request_changed(bench, lambda request: {"price": round_to(request.price, CENT, Rounding.DOWN)})


@planted("orders.below_minimum_is_refused")
def size_raised_in_silence(bench):
    request_changed(bench, lambda request: {"size": round_to(request.size, ONE, Rounding.UP)})


@planted("orders.post_only_never_takes")
def post_only_dropped(bench):
    request_changed(bench, lambda request: {"post_only": False})


@planted("orders.reduce_only_never_flips")
def reduce_only_dropped(bench):
    request_changed(bench, lambda request: {"reduce_only": False})


@planted("orders.ioc_leaves_nothing")
def time_in_force_ignored(bench):
    request_changed(bench, lambda request: {"time_in_force": TimeInForce.GTC})


@planted("orders.fok_is_all_or_nothing")
def fok_sent_as_ioc(bench):
    def loosen(request):
        return {"time_in_force": TimeInForce.IOC} if request.time_in_force is TimeInForce.FOK else {}

    request_changed(bench, loosen)


@planted("orders.expire")
def expiry_dropped(bench):
    request_changed(
        bench,
        lambda request: (
            {"time_in_force": TimeInForce.GTC, "expires_at": None} if request.expires_at is not None else {}
        ),
    )


@planted("orders.never_trade_with_themselves")
def self_trade_policy_dropped(bench):
    from pmi_core.models import SelfTradePolicy

    request_changed(bench, lambda request: {"self_trade": SelfTradePolicy.CANCEL_TAKER})


@planted("orders.notional_never_spends_more")
def notional_doubled(bench):
    request_changed(bench, lambda request: {"notional": request.notional * 2} if request.notional else {})


@planted("orders.fill_no_worse_than_the_limit")
def limit_moved(bench):
    def worse(page, *_):
        return but(page, items=tuple(but(fill, price=fill.price + CENT * 3) for fill in page.items))

    twist(bench, "orders", "list_fills", worse)


@planted("orders.keep_what_was_asked")
def client_id_lost(bench):
    twist(bench, "orders", "get_order", lambda order, *_: but(order, client_order_id=None))


@planted("orders.keep_what_was_asked")
def client_id_remade(bench):
    request_changed(bench, lambda request: {"client_order_id": f"x{request.client_order_id[1:]}"})


@planted("orders.same_client_id_is_one_order")
def duplicate_sent_twice(bench):
    healthy = bench.parts["orders"].place_order

    async def place_order(request):
        try:
            return await healthy(request)
        except Duplicate:
            again = await healthy(but(request, client_order_id="again"))
            changed = but(again, client_order_id=request.client_order_id)
            bench.world.orders[again.ref] = changed
            return changed

    alter(bench, "orders", place_order=place_order)


@planted("orders.cancel_ends_it")
def cancel_claimed(bench):
    orders = bench.parts["orders"]

    async def cancel_order(order):
        return but(await orders.get_order(order), status=OrderStatus.CANCELED, remaining=Decimal(0))

    alter(bench, "orders", cancel_order=cancel_order)


@planted("orders.cancel_of_filled_stays_filled")
def filled_said_canceled(bench):
    twist(bench, "orders", "cancel_order", lambda order, *_: but(order, status=OrderStatus.CANCELED))


@planted("orders.sizes_add_up")
def remaining_is_the_size(bench):
    twist(bench, "orders", "get_order", lambda order, *_: but(order, remaining=order.size))


@planted("orders.without_money_are_refused")
def credit_without_end(bench):
    bench.world.cash = Decimal(10) ** 15


@planted("orders.are_found_by_client_id")
def nothing_is_found(bench):
    async def find_by_client_id(client_order_id):
        return None

    alter(bench, "orders", find_by_client_id=find_by_client_id)


@planted("orders.list_is_newest_first")
def orders_oldest_first(bench):
    twist(
        bench,
        "orders",
        "list_orders",
        lambda page, *_: but(
            page,
            items=tuple(
                but(order, created_time=order.created_time.replace(minute=len(page.items) - place))
                for place, order in enumerate(page.items[::-1])
            )[::-1],
        ),
    )


@planted("orders.list_by_status")
def statuses_ignored(bench):
    healthy = bench.parts["orders"].list_orders
    alter(bench, "orders", list_orders=lambda query: healthy(but(query, statuses=frozenset())))


def each_fill(bench, change):
    twist(bench, "orders", "list_fills", lambda page, *_: but(page, items=tuple(map(change, page.items))))


@planted("orders.fills_speak_of_the_outcome")
def maker_for_taker(bench):
    each_fill(bench, lambda fill: but(fill, liquidity=Liquidity.MAKER))


@planted("orders.fills_speak_of_the_outcome")
def fill_in_the_other_outcome(bench):
    each_fill(bench, lambda fill: but(fill, price=ONE - fill.price))


@planted("orders.fills_sum_to_the_order")
def fill_counted_twice(bench):
    twist(bench, "orders", "list_fills", lambda page, *_: but(page, items=page.items + page.items[:1]))


@planted("account.buying_pays")
def fee_sign_turned(bench):
    each_fill(bench, lambda fill: but(fill, fee=-fill.fee))


@planted("orders.fees_follow_the_schedule")
def fee_of_another_venue(bench):
    each_fill(bench, lambda fill: but(fill, fee=fill.fee + Decimal("0.0001")))


@planted("account.balance_adds_up")
def reserved_forgotten(bench):
    twist(
        bench,
        "account",
        "get_balance",
        lambda rows, *_: tuple(but(row, reserved=row.reserved + 1) for row in rows),
    )


@planted("account.resting_orders_reserve")
def nothing_is_reserved(bench):
    twist(
        bench,
        "account",
        "get_balance",
        lambda rows, *_: tuple(but(row, available=row.total, reserved=Decimal(0)) for row in rows),
    )


@planted("account.positions_follow_the_fills")
def cost_in_yes_terms(bench):
    def turned(page, *_):
        return but(page, items=tuple(but(one, cost=one.size - one.cost) for one in page.items))

    twist(bench, "account", "list_positions", turned)


@planted("account.closed_positions_are_hidden")
def closed_positions_listed(bench):
    healthy = bench.parts["account"].list_positions
    alter(bench, "account", list_positions=lambda query: healthy(but(query, include_closed=True)))


@planted("amend.counts_the_filled_part")
def amended_size_is_what_is_left(bench):
    healthy = bench.parts["amend"]

    async def amend_order(order, *, price, size):
        filled = (await bench.parts["orders"].get_order(order)).filled
        return await healthy.amend_order(order, price=price, size=size + filled)

    alter(bench, "amend", amend_order=amend_order)


@planted("amend.moves_the_order")
def amend_claimed(bench):
    async def amend_order(order, *, price, size):
        return but(await bench.parts["orders"].get_order(order), price=price, size=size, remaining=size)

    alter(bench, "amend", amend_order=amend_order)


@planted("queue.counts_what_is_ahead")
def queue_counts_itself(bench):
    twist(
        bench,
        "queue",
        "get_queue_positions",
        lambda places, *_: {ref: one + 1 for ref, one in places.items()},
    )


@planted("batch.one_refusal_stops_nobody")
def batch_stops_at_the_first_refusal(bench):
    healthy = bench.parts["batch"].place_orders

    async def place_orders(requests):
        results = []
        for request in requests:
            (result,) = await healthy([request])
            results.append(result)
            if result.error:
                break
        return tuple(results)

    alter(bench, "batch", place_orders=place_orders)


@planted("batch.cancel_all_keeps_to_the_market")
def cancel_all_ignores_the_market(bench):
    healthy = bench.parts["batch"].cancel_all
    alter(bench, "batch", cancel_all=lambda market=None: healthy())


@planted("batch.results_stand_in_order")
def batch_results_turned(bench):
    twist(bench, "batch", "place_orders", lambda results, *_: results[::-1])


@planted("groups.stop_at_their_limit")
def group_limit_ignored(bench):
    bench.parts["groups"].count = lambda order: None


@planted("groups.know_their_orders")
def group_dropped(bench):
    request_changed(bench, lambda request: {"group_ref": None})


@planted("quotes.accepting_gives_the_other_side")
def maker_and_asker_confused(bench):
    healthy = bench.parts["quotes"].accept_quote

    async def accept_quote(quote, side):
        return but(await healthy(quote, side.opposite), accepted_side=side)

    alter(bench, "quotes", accept_quote=accept_quote)


@planted("orders.in_a_closed_market_are_refused")
def closed_is_merely_a_failure(bench):
    healthy = bench.parts["orders"].place_order

    async def place_order(request):
        try:
            return await healthy(request)
        except PmiError as error:
            raise RuntimeError(error.message) from None

    alter(bench, "orders", place_order=place_order)


@planted("account.equity_follows_the_fills")
def cents_leak(bench):
    healthy = bench.world.filled

    def filled(order, price, size, liquidity):
        bench.world.cash -= Decimal("0.0001") if size != 1 else 0
        return healthy(order, price, size, liquidity)

    bench.world.filled = filled
