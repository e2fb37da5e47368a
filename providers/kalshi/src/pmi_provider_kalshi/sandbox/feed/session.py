"""One connection's side of the stream: its commands answered, its subscriptions fed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from zlib import crc32

from pmi_provider_kalshi.sandbox.buckets import TokenBucket
from pmi_provider_kalshi.sandbox.feed.bulletins import Bulletin, book_message, ticker_message
from pmi_provider_kalshi.sandbox.feed.subscriptions import (
    CHANNELS,
    FILTERED,
    INDEXED,
    SEQUENCED,
    TEXTS,
    Complaint,
    Subscription,
)
from pmi_provider_kalshi.sandbox.keys import Key
from pmi_provider_kalshi.sandbox.office import Office

__all__ = ["MOST_MARKETS", "Session"]

MOST_MARKETS: Final = 1_000
"""Of one subscription; the exchange has a limit and does not publish it."""
_COMMANDS_A_SECOND: Final = 20
_PRIVATE: Final = frozenset(
    {"fill", "market_positions", "communications", "order_group_updates", "user_orders", *INDEXED}
)
_INDICES: Final = {
    "cfbenchmarks_value": ["BRTI", "ETHUSD_RTI"],
    "cfbenchmarks_value_5hz": ["BRTI", "ETHUSD_RTI"],
    "pyth_value": ["Metal.XAG/USD", "Metal.XAU/USD"],
}


class Session:
    """Commands and subscriptions.

    Args:
        send: takes a frame; answers whether there was room for it.
    """

    def __init__(self, office: Office, key: Key, send: Callable[[dict[str, Any]], bool]) -> None:
        self._office = office
        self._key = key
        self._send = send
        self._sids = 0
        self.subscriptions: dict[int, Subscription] = {}
        self._bucket = TokenBucket(_COMMANDS_A_SECOND, 5 * _COMMANDS_A_SECOND, office.clock)

    @property
    def channels(self) -> tuple[str, ...]:
        """What is listened to, in the order in which it was asked for."""
        return tuple(one.channel for one in self.subscriptions.values())

    # --------------------------------------------------------------------------------- commands

    def command(self, content: Any) -> None:
        """Answer one command."""
        number = content.get("id") if isinstance(content, dict) else None
        number = number if type(number) is int and number > 0 else None
        if not isinstance(content, dict):
            self._complain(Complaint(1), number)
            return
        if not self._bucket.take(1):
            self._complain(Complaint(27), number)
            return
        self._office.floor.catch_up()
        try:
            self._dispatch(content, number)
        except Complaint as error:
            self._complain(error, number)

    def _complain(self, error: Complaint, number: int | None) -> None:
        frame: dict[str, Any] = {"type": "error"}
        if number is not None:
            frame["id"] = number
        subscription = self.subscriptions.get(error.sid or 0)
        if subscription is not None:
            frame |= {"sid": subscription.sid, "seq": subscription.next()}
        frame["msg"] = {"code": error.code, "msg": TEXTS[error.code]}
        if error.tickers:
            frame["msg"]["market_tickers"] = error.tickers
        self._send(frame)

    def _dispatch(self, content: dict[str, Any], number: int | None) -> None:
        name = content.get("cmd")
        if name == "list_subscriptions":
            rows = [{"channel": one.channel, "sid": one.sid} for one in self.subscriptions.values()]
            self._reply({"type": "ok", "msg": rows}, number)
            return
        handler = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "update_subscription": self._update,
        }.get(name if isinstance(name, str) else "")
        if handler is None:
            raise Complaint(5)
        params = content.get("params")
        if not isinstance(params, dict) or not params:
            raise Complaint(2)
        handler(params, number)

    def _reply(self, frame: dict[str, Any], number: int | None) -> None:
        self._send(({"id": number} if number is not None else {}) | frame)

    @staticmethod
    def _texts(params: dict[str, Any], name: str) -> list[str]:
        """A list of texts, which may be absent."""
        found = params.get(name)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
            raise Complaint(11)
        return found

    def _tickers(self, params: dict[str, Any]) -> list[str]:
        one, several = params.get("market_ticker"), self._texts(params, "market_tickers")
        if one is not None and (several or not isinstance(one, str) or not one):
            raise Complaint(11)
        return list(dict.fromkeys([one] if one is not None else several))

    def _by_ids(self, params: dict[str, Any]) -> list[str]:
        """Tickers of market ids, which the ticker channel knows."""
        one, several = params.get("market_id"), self._texts(params, "market_ids")
        wanted = set([one] if isinstance(one, str) else several)
        known = {self._office.names.market_of(ticker): ticker for ticker in self._office.engine.market_ids()}
        return [known[name] for name in sorted(wanted & set(known))]

    def _subscribe(self, params: dict[str, Any], number: int | None) -> None:
        channels = self._texts(params, "channels")
        if not channels:
            raise Complaint(3)
        if any(channel not in CHANNELS for channel in channels):
            raise Complaint(8)
        if not self._key.may("read") and any(channel in _PRIVATE for channel in channels):
            raise Complaint(9)
        tickers = self._tickers(params)
        if "ticker" in channels and not tickers:
            tickers = self._by_ids(params)
        if "orderbook_delta" in channels and not tickers:
            raise Complaint(14)
        if len(tickers) > MOST_MARKETS:
            raise Complaint(26)
        shard = _shard(params)
        if params.get("user_filter") not in (None, "", "self"):
            raise Complaint(11)
        for channel in dict.fromkeys(channels):
            self._open(channel, tickers, params, shard, number)

    def _open(
        self,
        channel: str,
        tickers: list[str],
        params: dict[str, Any],
        shard: tuple[int, int],
        number: int | None,
    ) -> None:
        subscription = next((one for one in self.subscriptions.values() if one.channel == channel), None)
        added = list(tickers)
        if subscription is None:
            self._sids += 1
            subscription = Subscription(
                self._sids,
                channel,
                list(tickers) if channel in FILTERED and tickers else None,
                yes_price=params.get("use_yes_price") is True,
                only_mine=params.get("user_filter") == "self",
                quiet=params.get("skip_ticker_ack") is True,
                shard=shard,
            )
            if channel in INDEXED:
                subscription.names = self._texts(params, INDEXED[channel][0])
            self.subscriptions[subscription.sid] = subscription
        elif channel in FILTERED:
            added = self._add(subscription, tickers)
        self._reply({"type": "subscribed", "msg": {"channel": channel, "sid": subscription.sid}}, number)
        self._begin(subscription, added, snapshot=params.get("send_initial_snapshot") is True)

    def _add(self, subscription: Subscription, tickers: list[str]) -> list[str]:
        """Widen a subscription; none asked means all."""
        if subscription.tickers is None or not tickers:
            subscription.tickers = None
            return []
        added = [ticker for ticker in tickers if ticker not in subscription.tickers]
        if len(subscription.tickers) + len(added) > MOST_MARKETS:
            raise Complaint(26, subscription.sid)
        subscription.tickers += added
        return added

    def _begin(self, subscription: Subscription, tickers: list[str], *, snapshot: bool) -> None:
        """Send where markets stand that were added."""
        for ticker in tickers:
            if self._office.floor.view(ticker) is None:
                continue
            if subscription.channel == "orderbook_delta":
                self._snapshot(subscription, ticker, None)
            elif subscription.channel == "ticker" and snapshot:
                msg = ticker_message(self._office, ticker, self._office.floor.now())
                self._send(subscription.envelope("ticker", msg, counted=False))

    def _snapshot(self, subscription: Subscription, ticker: str, number: int | None) -> None:
        msg = book_message(self._office, ticker, yes_price=subscription.yes_price)
        self._reply(subscription.envelope("orderbook_snapshot", msg), number)

    def _unsubscribe(self, params: dict[str, Any], number: int | None) -> None:
        sids = params.get("sids")
        if not isinstance(sids, list) or not sids:
            raise Complaint(4)
        if any(type(sid) is not int or sid not in self.subscriptions for sid in sids):
            raise Complaint(7)
        for sid in dict.fromkeys(sids):
            gone = self.subscriptions.pop(sid)
            self._reply({"type": "unsubscribed", "sid": sid, "seq": gone.next()}, number)

    def _one(self, params: dict[str, Any]) -> Subscription:
        """The subscription that an update names, alone or in a list of one."""
        sids = params.get("sids")
        given = list(sids) if isinstance(sids, list) else []
        if params.get("sid") is not None:
            given.append(params["sid"])
        if len(given) != 1:
            raise Complaint(12)
        found = self.subscriptions.get(given[0]) if type(given[0]) is int else None
        if found is None:
            raise Complaint(7)
        return found

    def _update(self, params: dict[str, Any], number: int | None) -> None:
        subscription, action = self._one(params), params.get("action")
        if not action:
            raise Complaint(15, subscription.sid)
        if subscription.channel in INDEXED:
            self._update_names(subscription, params, action, number)
            return
        tickers = self._tickers(params)
        if action == "get_snapshot" and subscription.channel == "orderbook_delta":
            wanted = self._texts(params, "market_tickers")
            if not wanted:
                raise Complaint(14, subscription.sid)
            for ticker in wanted:
                if self._office.floor.view(ticker) is not None:
                    self._snapshot(subscription, ticker, number)
            return
        if action not in ("add_markets", "delete_markets") or subscription.channel not in FILTERED:
            raise Complaint(13, subscription.sid)
        if not tickers:
            raise Complaint(14, subscription.sid)
        added: list[str] = []
        if action == "add_markets":
            added = self._add(subscription, tickers)
        elif subscription.tickers is not None:
            subscription.tickers = [one for one in subscription.tickers if one not in tickers]
        self._acknowledge(subscription, number)
        self._begin(subscription, added, snapshot=params.get("send_initial_snapshot") is True)

    def _acknowledge(self, subscription: Subscription, number: int | None) -> None:
        frame: dict[str, Any] = {"type": "ok", "sid": subscription.sid, "seq": subscription.next()}
        if not subscription.quiet:
            frame["msg"] = {"market_tickers": list(subscription.tickers or ())}
        self._reply(frame, number)

    def _update_names(
        self, subscription: Subscription, params: dict[str, Any], action: Any, number: int | None
    ) -> None:
        """Commands of channels of outside prices: what there is, what is wanted."""
        field, missing, word = INDEXED[subscription.channel]
        listing = {"indices": "indexlist", "underlyings": "underlying_list"}[word]
        if action == listing:
            kind = f"{subscription.channel}_{listing}"
            self._reply(subscription.envelope(kind, {field: _INDICES[subscription.channel]}), number)
            return
        if action not in (f"subscribe_{word}", f"unsubscribe_{word}"):
            raise Complaint(13, subscription.sid)
        names = self._texts(params, field)
        if not names:
            raise Complaint(missing, subscription.sid)
        if action.startswith("un"):
            subscription.names = [one for one in subscription.names if one not in names]
        else:
            subscription.names += [one for one in names if one not in subscription.names]
        self._reply(subscription.envelope("ok", {field: list(subscription.names)}), number)

    # ---------------------------------------------------------------------------------- feeding

    def hear(self, bulletin: Bulletin) -> None:
        """Pass on what a subscription wants."""
        for subscription in list(self.subscriptions.values()):
            if (
                subscription.channel != bulletin.channel
                or not subscription.wants(bulletin.ticker)
                or (subscription.only_mine and not bulletin.mine)
                or not _in_shard(subscription, bulletin)
            ):
                continue
            msg = bulletin.msg
            if subscription.yes_price and bulletin.yes_price is not None:
                msg = msg | {"price_dollars": bulletin.yes_price}
            counted = subscription.channel in SEQUENCED
            if not self._send(subscription.envelope(bulletin.type, msg, counted=counted)):
                del self.subscriptions[subscription.sid]

    def wants(self, channel: str, ticker: str) -> bool:
        """Whether any subscription listens for a market on a channel."""
        return any(one.channel == channel and one.wants(ticker) for one in self.subscriptions.values())


def _shard(params: dict[str, Any]) -> tuple[int, int]:
    """The part of communications that is wanted."""
    factor, key = params.get("shard_factor"), params.get("shard_key")
    if factor is None:
        if key is not None:
            raise Complaint(20)
        return 1, 0
    if type(factor) is not int or (key is not None and type(key) is not int):
        raise Complaint(11)
    if factor <= 0:
        raise Complaint(19)
    if factor > 100:
        raise Complaint(22)
    if not 0 <= (key or 0) < factor:
        raise Complaint(21)
    return factor, key or 0


def _in_shard(subscription: Subscription, bulletin: Bulletin) -> bool:
    factor, key = subscription.shard
    return factor == 1 or crc32(str(bulletin.msg.get("market_ticker", "")).encode()) % factor == key
