"""A venue that numbers its messages per subscription, sends signed changes, and confirms by commands."""

from __future__ import annotations

import json

from stage.server import Session
from stage.truth import price_text, size_text


def _levels(side, *, mirrored):
    return [[price_text(10_000 - p if mirrored else p), size_text(q)] for p, q in side.items()]


class KalshiShaped(Session):
    def __init__(self, venue, connection):
        super().__init__(venue, connection)
        self.sids = {}  # channel -> sid
        self.seqs = {}  # sid -> last number
        self.markets = {"orderbook_delta": {}, "trade": {}}

    def numbered(self, channel, message):
        sid = self.sids[channel]
        self.seqs[sid] += 1
        self.say({"sid": sid, "seq": self.seqs[sid], **message})

    def heard(self, text):
        command = json.loads(text)
        params = command.get("params", {})
        tickers = params.get("market_tickers", [])
        match command["cmd"]:
            case "subscribe":
                unknown = [ticker for ticker in tickers if ticker not in self.venue.truth.books]
                if unknown:
                    self.say(
                        {
                            "type": "error",
                            "id": command["id"],
                            "msg": {"code": 11, "msg": "unknown market", "market_tickers": unknown},
                        }
                    )
                for channel in params["channels"]:
                    sid = self.sids.setdefault(channel, len(self.sids) + 1)
                    self.seqs.setdefault(sid, 0)
                    self.say(
                        {"type": "subscribed", "id": command["id"], "msg": {"channel": channel, "sid": sid}}
                    )
                    known = [ticker for ticker in tickers if ticker not in unknown]
                    self.markets[channel].update(dict.fromkeys(known))
                    if channel == "orderbook_delta":
                        for ticker in known:
                            self.snapshot(ticker)
            case "update_subscription":
                channel = next(one for one, sid in self.sids.items() if sid == params["sids"][0])
                if params["action"] == "get_snapshot":
                    for ticker in tickers:
                        self.snapshot(ticker)
                elif params["action"] == "delete_markets":
                    for ticker in tickers:
                        self.markets[channel].pop(ticker, None)
                    left = list(self.markets[channel])
                    self.numbered(
                        channel, {"type": "ok", "id": command["id"], "msg": {"market_tickers": left}}
                    )
            case "list_subscriptions":
                self.say({"type": "ok", "id": command["id"], "msg": {}})

    def snapshot(self, ticker):
        book = self.venue.truth.books[ticker]
        message = {
            "market_ticker": ticker,
            "yes_dollars_fp": _levels(book.bids, mirrored=False),
            "no_dollars_fp": _levels(book.asks, mirrored=True),
        }
        self.numbered(
            "orderbook_delta",
            {"type": "orderbook_snapshot", "msg": {key: value for key, value in message.items() if value}},
        )

    def changed(self, change):
        if change.market in self.markets["orderbook_delta"]:
            price = change.price if change.is_bid else 10_000 - change.price
            message = {
                "market_ticker": change.market,
                "price_dollars": price_text(price),
                "delta_fp": size_text(change.by),
                "side": "yes" if change.is_bid else "no",
            }
            self.numbered("orderbook_delta", {"type": "orderbook_delta", "msg": message})

    def traded(self, market, number):
        if market in self.markets["trade"]:
            message = {"trade_id": str(number), "market_ticker": market}
            self.numbered("trade", {"type": "trade", "msg": message})
