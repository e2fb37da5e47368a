"""Faults of venues that know no client order ids, decide later, or never rest."""

from __future__ import annotations

from healthy.kinds import deciding_later, never_resting, with_computed_refs, without_client_ids

from pmi_core.models import OrderStatus
from pmi_core.numbers import Rounding, round_to

from . import alter, but, planted, request_changed, twist
from .rest import streaming
from .trading import CENT


def each_item(change):
    return lambda page, *_: but(page, items=tuple(map(change, page.items)))


@planted("orders.keep_what_was_asked", at=without_client_ids)
def id_invented(bench):
    twist(bench, "orders", "get_order", lambda order, *_: but(order, client_order_id=f"venue-{order.ref}"))


@planted("orders.get_and_list_agree", at=without_client_ids)
def id_invented_in_lists(bench):
    twist(bench, "orders", "list_orders", each_item(lambda one: but(one, client_order_id=one.ref.native)))


@planted("orders.fills_speak_of_the_outcome", at=without_client_ids)
def id_invented_in_fills(bench):
    twist(bench, "orders", "list_fills", each_item(lambda one: but(one, client_order_id=one.trade_id)))


@planted("stream.orders_agree_with_reads", at=without_client_ids)
def id_invented_in_updates(bench):
    def invent(update):
        if update.type != "order":
            return update
        return but(update, order=but(update.order, client_order_id="venue-1"))

    streaming(bench, invent)


@planted("orders.are_found_by_client_id", at=without_client_ids)
def newest_taken_for_the_one_sought(bench):
    async def find_by_client_id(client_order_id):
        return next(reversed(bench.world.orders.values()), None)

    alter(bench, "orders", find_by_client_id=find_by_client_id)


@planted("orders.same_client_id_is_one_order", at=without_client_ids)
def second_order_not_told(bench):
    healthy, first = bench.parts["orders"].place_order, {}

    async def place_order(request):
        order = await healthy(request)
        return first.setdefault(request.client_order_id, order)

    alter(bench, "orders", place_order=place_order)


@planted("orders.off_grid_is_refused", at=without_client_ids)
def order_made_although_refused(bench):
    healthy = bench.parts["orders"].place_order

    async def place_order(request):
        try:
            return await healthy(request)
        except Exception:
            await healthy(but(request, price=round_to(request.price, CENT, Rounding.DOWN)))
            raise

    alter(bench, "orders", place_order=place_order)


@planted("orders.same_client_id_is_one_order", at=with_computed_refs)
def ref_computed_with_fresh_salt(bench):
    salt = iter(range(1000))
    request_changed(bench, lambda request: {"client_order_id": f"{request.client_order_id}-{next(salt)}"})


@planted("orders.are_found_by_client_id", at=with_computed_refs)
def computed_ref_forgotten(bench):
    async def find_by_client_id(client_order_id):
        return None

    alter(bench, "orders", find_by_client_id=find_by_client_id)


@planted("orders.pending_is_decided", at=deciding_later)
def pending_for_ever(bench):
    bench.parts["orders"].expire = lambda: None


@planted("orders.pending_is_decided", at=deciding_later)
def decided_under_another_name(bench):
    healthy = bench.parts["orders"].place_order

    async def place_order(request):
        order = await healthy(request)
        return but(order, ref=None, filled=order.size)

    alter(bench, "orders", place_order=place_order)


@planted("orders.without_money_are_refused", at=deciding_later)
def rejected_without_a_reason(bench):
    twist(bench, "orders", "get_order", lambda order, *_: but(order, reject_reason=None))


@planted("orders.post_only_never_takes", at=deciding_later)
def crossing_order_silently_rejected(bench):
    twist(bench, "orders", "get_order", lambda order, *_: but(order, reject_reason=" "))


@planted("orders.in_a_closed_market_are_refused", at=deciding_later)
def rejected_said_canceled(bench):
    def soften(order, *_):
        return but(order, status=OrderStatus.CANCELED) if order.status is OrderStatus.REJECTED else order

    twist(bench, "orders", "get_order", soften)


@planted("orders.off_grid_is_refused", at=deciding_later)
def price_rounded_after_acceptance(bench):
    request_changed(bench, lambda request: {"price": round_to(request.price, CENT, Rounding.DOWN)})


@planted("batch.one_refusal_stops_nobody", at=deciding_later)
def batch_rejects_without_a_reason(bench):
    twist(bench, "orders", "get_order", lambda order, *_: but(order, reject_reason=None))


@planted("batch.results_stand_in_order", at=deciding_later)
def batch_never_decided(bench):
    bench.parts["orders"].expire = lambda: None


@planted("stream.books_follow_the_orders", at=never_resting)
def own_orders_missing_in_the_stream(bench):
    def without(update):
        if update.type != "book":
            return update
        return but(update, book=but(update.book, bids=update.book.bids[1:]))

    streaming(bench, without)


@planted("stream.begins_with_a_whole_book", at=never_resting)
def first_book_never_whole(bench):
    def part(update):
        return (
            but(update, book=but(update.book, asks=update.book.asks[:1])) if update.type == "book" else update
        )

    streaming(bench, part)


@planted("stream.ticker_agrees_with_the_book", at=never_resting)
def bid_missing_in_the_ticker(bench):
    streaming(
        bench,
        lambda one: but(one, yes=but(one.yes, bid=None, bid_size=None)) if one.type == "ticker" else one,
    )
