"""Money between shards and subaccounts, and how it is spread."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from pmi_core.errors import InsufficientFunds
from pmi_core.exchange.commands import Deposit, OpenAccount, Withdraw
from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.names import account_of
from pmi_provider_kalshi.sandbox.noise import uuid_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import invalid, missing, not_allowed, refusal
from pmi_provider_kalshi.sandbox.routes import Route, get, write
from pmi_provider_kalshi.sandbox.scenario.series import SHARDS
from pmi_provider_kalshi.sandbox.writing import dollars, seconds

__all__ = ["TransfersDesk"]

_MOST = 63
_INSTANCES = ("event_contract", "margined")
_RESERVATIONS = ("none", "max", "sum")


class TransfersDesk:
    """Subaccounts and transfers."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._between_shards: list[dict[str, Any]] = []
        self._between_subaccounts: list[dict[str, Any]] = []
        self._used: set[str] = set()
        self._netting: dict[int, bool] = {}
        self._allocation: list[dict[str, int]] = []
        self._reservation = "none"

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers."""
        one = "/portfolio/intra_exchange_instance_transfer"
        sub = "/portfolio/subaccounts"
        move = "write::transfer"
        return (
            write(
                "POST",
                one,
                "IntraExchangeInstanceTransfer",
                self.move,
                scope=move,
                struct="IntraExchangeInstanceTransferRequest",
            ),
            get(f"{one}s", "GetIntraExchangeInstanceTransfers", self.moves, scope="read"),
            get(f"{one}s/{{transfer_id}}", "GetIntraExchangeInstanceTransfer", self.one_move, scope="read"),
            write(
                "POST", sub, "CreateSubaccount", self.open, scope="write", struct="CreateSubaccountRequest"
            ),
            write(
                "POST",
                f"{sub}/transfer",
                "ApplySubaccountTransfer",
                self.transfer,
                scope=move,
                struct="ApplySubaccountTransferRequest",
            ),
            get(f"{sub}/balances", "GetSubaccountBalances", self.balances, scope="read"),
            get(f"{sub}/transfers", "GetSubaccountTransfers", self.transfers, scope="read"),
            get(f"{sub}/netting", "GetSubaccountNetting", self.netting, scope="read"),
            write(
                "PUT",
                f"{sub}/netting",
                "UpdateSubaccountNetting",
                self.set_netting,
                scope="write",
                struct="UpdateSubaccountNettingRequest",
            ),
            get(
                "/portfolio/target_balance_allocation",
                "GetTargetBalanceAllocation",
                self.allocation,
                scope="read",
            ),
            write(
                "POST",
                "/portfolio/target_balance_allocation",
                "SetTargetBalanceAllocation",
                self.set_allocation,
                scope=move,
                struct="SetTargetBalanceAllocationRequest",
            ),
        )

    # ----------------------------------------------------------------------------------- moving

    def _shift(self, source: tuple[int, int], target: tuple[int, int], amount: Decimal) -> None:
        """Move money between two places, each a subaccount on a shard."""
        if amount <= 0:
            raise invalid("amount must be positive")
        for subaccount, shard in (source, target):
            if subaccount not in self._office.subaccounts or shard not in dict(SHARDS):
                raise refusal(404, "subaccount_not_found")
        try:
            self._office.floor.apply(Withdraw, account=account_of(*source), amount=amount)
        except InsufficientFunds:
            raise refusal(400, "insufficient_balance") from None
        self._office.floor.apply(Deposit, account=account_of(*target), amount=amount)

    def _use(self, client_id: str | None) -> None:
        """Take a client's transfer id, once."""
        if client_id is None:
            return
        if client_id in self._used:
            raise refusal(409, "duplicate_client_transfer_id")
        self._used.add(client_id)

    def _name(self, kind: str, number: int) -> str:
        return uuid_of(self._office.floor.plan.seed, kind, number)

    def move(self, call: Call) -> Answer:
        """Move money between shards, in hundredths of a cent."""
        body = call.body
        ends = [body.choice(name, _INSTANCES) for name in ("source", "destination")]
        if "margined" in ends:
            raise invalid("this sandbox has no margined exchange")
        amount = Decimal(body.needed_number("amount")) / 10_000
        source, target = (
            (
                call.settled(body.number(f"{end}_subaccount")) or 0,
                body.number(f"{end}_exchange_shard") or 0,
            )
            for end in ("source", "destination")
        )
        client_id = body.text("client_transfer_id")
        if client_id is not None and (source[0] or target[0]):
            raise invalid("client_transfer_id is not supported for numbered subaccounts")
        if client_id is not None and client_id in self._used:
            raise refusal(409, "duplicate_client_transfer_id")
        self._shift(source, target, amount)
        self._use(client_id)
        if source[1] == target[1]:
            row = self._note_transfer(source[0], target[0], int(amount * 100), source[1], call.now)
            return Answer(200, {"transfer_id": row["transfer_id"]})
        name = self._name("move", len(self._between_shards))
        row = {
            "transfer_id": name,
            "source": ends[0],
            "destination": ends[1],
            "source_exchange_shard": source[1],
            "destination_exchange_shard": target[1],
            "amount": dollars(amount),
            "status": "complete",
            "created_ts": seconds(call.now),
        }
        if client_id is not None:
            row["client_transfer_id"] = client_id
        self._between_shards.insert(0, row)
        return Answer(200, {"transfer_id": name})

    def moves(self, call: Call) -> Answer:
        """Transfers between shards, newest first."""
        limit = call.limit(500, 100)
        found, cursor = page(call, self._between_shards, limit, lambda row: str(row["transfer_id"]))
        return Answer(200, {"transfers": list(found), "cursor": cursor})

    def one_move(self, call: Call) -> Answer:
        """One transfer between shards."""
        wanted = call.params["transfer_id"]
        row = next((row for row in self._between_shards if row["transfer_id"] == wanted), None)
        if row is None:
            raise missing()
        return Answer(200, {"transfer": row})

    # ------------------------------------------------------------------------------ subaccounts

    def open(self, call: Call) -> Answer:
        """Open the next subaccount, without money, on every shard."""
        if call.key is not None and call.key.subaccount is not None:
            raise not_allowed("write")
        number = len(self._office.subaccounts)
        if number > _MOST:
            raise refusal(400, "subaccount_limit_reached")
        self._office.subaccounts.append(number)
        for shard, _ in SHARDS:
            self._office.floor.apply(OpenAccount, account=account_of(number, shard))
            self._office.records.open(account_of(number, shard), call.now)
        return Answer(201, {"subaccount_number": number})

    def transfer(self, call: Call) -> Answer:
        """Move money between subaccounts, in cents."""
        body = call.body
        client_id = body.needed("client_transfer_id")
        source, target = body.needed_number("from_subaccount"), body.needed_number("to_subaccount")
        cents, shard = body.needed_number("amount_cents"), body.number("exchange_index") or 0
        call.settled(source)
        if source == target:
            raise invalid("from_subaccount and to_subaccount must differ")
        if client_id in self._used:
            raise refusal(409, "duplicate_client_transfer_id")
        self._shift((source, shard), (target, shard), Decimal(cents) / 100)
        self._use(client_id)
        self._note_transfer(source, target, cents, shard, call.now)
        return Answer(200, {})

    def _note_transfer(
        self, source: int, target: int, cents: int, shard: int, now: datetime
    ) -> dict[str, Any]:
        row = {
            "transfer_id": self._name("transfer", len(self._between_subaccounts)),
            "from_subaccount": source,
            "to_subaccount": target,
            "amount_cents": cents,
            "created_ts": seconds(now),
            "exchange_index": shard,
        }
        self._between_subaccounts.insert(0, row)
        return row

    def transfers(self, call: Call) -> Answer:
        """Transfers between subaccounts, newest first."""
        limit = call.limit(1000, 100)
        found, cursor = page(call, self._between_subaccounts, limit, lambda row: str(row["transfer_id"]))
        return Answer(200, {"transfers": list(found), "cursor": cursor})

    def balances(self, call: Call) -> Answer:
        """What each subaccount has on each shard."""
        rows = []
        for number in self._office.subaccounts:
            for shard, _ in SHARDS:
                known = self._office.records.balances.get(account_of(number, shard), call.now)
                if known is not None:
                    rows.append(
                        {
                            "subaccount_number": number,
                            "exchange_index": shard,
                            "balance": dollars(known[0]),
                            "updated_ts": seconds(known[1]),
                        }
                    )
        return Answer(200, {"subaccount_balances": rows})

    def netting(self, call: Call) -> Answer:
        """Whether collateral is returned within mutually exclusive events; nothing here acts on it."""
        rows = [
            {
                "subaccount_number": number,
                "enabled": self._netting.get(number, False),
                "exchange_index": shard,
            }
            for number in self._office.subaccounts
            for shard, _ in SHARDS
        ]
        return Answer(200, {"netting_configs": rows})

    def set_netting(self, call: Call) -> Answer:
        """Switch it."""
        body = call.body
        number = body.needed_number("subaccount_number")
        if number not in self._office.subaccounts:
            raise refusal(404, "subaccount_not_found")
        self._netting[number] = body.flag("enabled")
        return Answer(200)

    # ------------------------------------------------------------------------------- allocation

    def allocation(self, call: Call) -> Answer:
        """How money is meant to be spread over the shards."""
        return Answer(200, {"allocations": self._allocation, "resting_margin_reservation": self._reservation})

    def set_allocation(self, call: Call) -> Answer:
        """Spread the money that is free by percentages, now."""
        body = call.body
        wanted = {
            row.needed_number("exchange_index"): row.needed_number("percent")
            for row in body.rows("allocations", "TargetBalanceAllocationInput")
        }
        if sum(wanted.values()) != 100 or not set(wanted) <= set(dict(SHARDS)):
            raise invalid("allocations name shards once each and add up to 100 percent")
        if body.text("resting_margin_reservation") is not None:
            self._reservation = body.choice("resting_margin_reservation", _RESERVATIONS)
        self._allocation = [{"exchange_index": shard, "percent": part} for shard, part in wanted.items()]
        self._spread(wanted)
        return Answer(200, {})

    def _spread(self, wanted: dict[int, int]) -> None:
        free = {shard: self._office.engine.balance(account_of(0, shard)).available for shard, _ in SHARDS}
        total = sum(free.values(), Decimal(0))
        target = {
            shard: (total * wanted.get(shard, 0) / 100).quantize(Decimal("0.01")) for shard, _ in SHARDS
        }
        over = [(shard, free[shard] - target[shard]) for shard in free if free[shard] > target[shard]]
        for shard, wish in target.items():
            need = wish - free[shard]
            while need > 0 and over:
                source, spare = over.pop()
                moved = min(need, spare).quantize(Decimal("0.0001"))
                if moved > 0:
                    self._shift((0, source), (0, shard), moved)
                need -= moved
                if spare > moved > 0:
                    over.append((source, spare - moved))
