"""Money and holdings: balance per shard, positions, settlements, what resting orders bind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from pmi_core.models import OutcomeSide
from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.names import account_of, place_of
from pmi_provider_kalshi.sandbox.noise import uuid_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.routes import Route, get
from pmi_provider_kalshi.sandbox.rows.sending import shown
from pmi_provider_kalshi.sandbox.scenario.series import SHARDS
from pmi_provider_kalshi.sandbox.writing import cents, count, dollars, micro_dollars, seconds

__all__ = ["PortfolioDesk"]

_ZERO = Decimal(0)


class PortfolioDesk:
    """Private readings of the account."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._records = office.records
        self._engine = office.engine

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        balance = Route(
            "GET",
            "/portfolio/balance",
            "GetBalance",
            self.balance,
            "read::portfolio_balance",
            "balance",
            1,
        )
        return (
            balance,
            get("/portfolio/positions", "GetPositions", self.positions, scope="read"),
            get("/historical/positions", "GetHistoricalPositions", self.old_positions, scope="read"),
            get("/portfolio/settlements", "GetSettlements", self.settlements, scope="read"),
            get(
                "/portfolio/summary/total_resting_order_value",
                "GetPortfolioRestingOrderTotalValue",
                self.resting,
                scope="read",
            ),
            get("/portfolio/deposits", "GetDeposits", self.deposits, scope="read"),
            get("/portfolio/withdrawals", "GetWithdrawals", self.withdrawals, scope="read"),
        )

    # ---------------------------------------------------------------------------------- balance

    def _value(self, account: str) -> Decimal:
        """What an account's positions are worth at the best bids, or at the last price."""
        total = _ZERO
        for held in self._engine.positions(account):
            market = self._engine.market(held.market_id)
            if held.outcome is OutcomeSide.YES:
                mark = market.bid if market.bid is not None else market.last
            else:
                best = market.ask if market.ask is not None else market.last
                mark = None if best is None else 1 - best
            total += held.size * (mark or _ZERO)
        return total

    def balance(self, call: Call) -> Answer:
        """Money that can be spent, in all and on each shard."""
        subaccount, only = call.subaccount or 0, call.number("exchange_index")
        breakdown, total, value = [], _ZERO, _ZERO
        touched = self._office.floor.start
        for shard, _ in SHARDS:
            if only not in (None, shard):
                continue
            account = account_of(subaccount, shard)
            known = self._records.balances.get(account, call.now)
            if known is None:
                continue
            money, at = known
            breakdown.append({"exchange_index": shard, "balance": dollars(money)})
            total += money
            value += self._value(account)
            touched = max(touched, at)
        row: dict[str, Any] = {
            "balance": cents(total),
            "balance_dollars": dollars(total),
            "portfolio_value": cents(value),
            "updated_ts": seconds(touched),
        }
        if call.key is None or call.key.subaccount is None:
            row["balance_breakdown"] = breakdown
        return Answer(200, row)

    def resting(self, call: Call) -> Answer:
        """Money that resting orders bind, on each shard."""
        by_shard = {shard: _ZERO for shard, _ in SHARDS}
        for account in self._engine.accounts():
            place = place_of(account)
            if place is not None:
                by_shard[place[1]] += self._engine.balance(account).reserved
        rows = [{"exchange_index": shard, "balance": dollars(money)} for shard, money in by_shard.items()]
        total = cents(sum(by_shard.values(), _ZERO))
        return Answer(200, {"total_resting_order_value": total, "resting_order_value_breakdown": rows})

    # -------------------------------------------------------------------------------- positions

    def _rows(self, call: Call, *, old: bool) -> Iterator[dict[str, Any]]:
        wanted = call.choice("settlement_status", ("unsettled", "settled", "all")) or "unsettled"
        ticker, event = call.text("ticker"), call.text("event_ticker")
        shard, subaccount = call.number("exchange_index"), call.subaccount or 0
        filters = call.texts("count_filter")
        calendar = self._office.floor.calendar
        for row in self._records.positions.each(call.now):
            view = self._office.floor.view(row["ticker"])
            settled = view is None or view.settled_time is not None
            archived = settled and view is not None and (view.settled_time or call.now) < calendar.cutoff
            if (
                row["_place"][0] != subaccount
                or (ticker is not None and row["ticker"] != ticker)
                or (event is not None and row["_event"] not in event.split(","))
                or shard not in (None, row["exchange_index"])
                or archived is not old
                or (not old and wanted != "all" and settled is not (wanted == "settled"))
                or ("position" in filters and Decimal(row["position_fp"]) == 0)
            ):
                continue
            yield row

    def _positions(self, call: Call, *, old: bool) -> Answer:
        limit = call.limit(1000, 100)
        rows = list(self._rows(call, old=old))
        found, cursor = page(call, rows, limit, lambda row: str(row["ticker"]))
        return Answer(
            200,
            {
                "cursor": cursor,
                "market_positions": [shown(row) for row in found],
                "event_positions": _by_event(found),
            },
        )

    def positions(self, call: Call) -> Answer:
        """Positions by market and by event; unsettled ones unless said otherwise."""
        return self._positions(call, old=False)

    def old_positions(self, call: Call) -> Answer:
        """Positions that were settled before the cutoff."""
        return self._positions(call, old=True)

    def settlements(self, call: Call) -> Answer:
        """What markets paid, newest first."""
        limit = call.limit(1000, 100)
        ticker, event, subaccount = call.text("ticker"), call.text("event_ticker"), call.subaccount
        rows = [
            row
            for row in self._records.settlements.each(call.now)
            if ticker in (None, row["ticker"])
            and event in (None, row["event_ticker"])
            and subaccount in (None, row["_place"][0])
            and call.within(row["_time"])
        ]
        found, cursor = page(call, rows, limit, lambda row: f"{row['ticker']}.{row['_place']}")
        return Answer(200, {"settlements": [shown(row) for row in found], "cursor": cursor})

    # ------------------------------------------------------------------------------------ money

    def _movement(self, kind: str, amount: Decimal, when: datetime) -> dict[str, Any]:
        return {
            "id": uuid_of(self._office.floor.plan.seed, kind),
            "status": "applied",
            "type": "ach",
            "amount_cents": cents(amount),
            "fee_cents": 0,
            "created_ts": seconds(when - timedelta(days=2)),
            "finalized_ts": seconds(when - timedelta(days=1)),
        }

    def deposits(self, call: Call) -> Answer:
        """The deposit with which the sandbox began."""
        limit = call.limit(500, 100)
        extra = Decimal(50)
        rows = [self._movement("deposit", self._office.cash * len(SHARDS) + extra, self._office.floor.start)]
        found, cursor = page(call, rows, limit, lambda row: str(row["id"]))
        return Answer(200, {"deposits": list(found), "cursor": cursor})

    def withdrawals(self, call: Call) -> Answer:
        """One withdrawal, made before the sandbox opened."""
        limit = call.limit(500, 100)
        rows = [self._movement("withdrawal", Decimal(50), self._office.floor.start)]
        found, cursor = page(call, rows, limit, lambda row: str(row["id"]))
        return Answer(200, {"withdrawals": list(found), "cursor": cursor})


def _by_event(rows: Any) -> list[dict[str, Any]]:
    """Positions of markets added up by event."""
    found: dict[str, list[Decimal]] = {}
    names = ("total_traded_dollars", "market_exposure_dollars", "realized_pnl_dollars", "fees_paid_dollars")
    for row in rows:
        sums = found.setdefault(row["_event"], [_ZERO] * 5)
        for place, name in enumerate(names):
            sums[place] += Decimal(row[name])
        sums[4] += row["_shares"]
    return [
        {
            "event_ticker": event,
            "total_cost_dollars": micro_dollars(traded),
            "total_cost_shares_fp": count(shares),
            "event_exposure_dollars": micro_dollars(exposure),
            "realized_pnl_dollars": micro_dollars(pnl),
            "fees_paid_dollars": micro_dollars(fees),
        }
        for event, (traded, exposure, pnl, fees, shares) in found.items()
    ]
