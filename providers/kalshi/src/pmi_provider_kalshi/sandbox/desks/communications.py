"""Requests for quotes and quotes, both sides of the table."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from pmi_core.errors import NotFound, RequestError
from pmi_core.exchange.commands import (
    AcceptQuote,
    CancelQuote,
    CancelRfq,
    ConfirmQuote,
    CreateQuote,
    CreateRfq,
)
from pmi_core.exchange.views import QuoteView, RfqView
from pmi_core.models import OutcomeSide, QuoteStatus, RfqStatus
from pmi_provider_kalshi.sandbox.call import Answer, Call, page
from pmi_provider_kalshi.sandbox.names import account_of, place_of
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import from_engine, invalid, missing, refusal
from pmi_provider_kalshi.sandbox.routes import Route, get, write
from pmi_provider_kalshi.sandbox.rows.markets import market_row
from pmi_provider_kalshi.sandbox.rows.negotiations import (
    EXPIRED,
    QuoteNote,
    RfqNote,
    quote_row,
    quote_status,
    rfq_row,
)

__all__ = ["CommunicationsDesk"]

_BASE: Final = "/communications"
_LEGS: Final = ("mve_collection_ticker", "mve_selected_legs")


class CommunicationsDesk:
    """The member asks and quotes; the house is on the other side."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._engine = office.engine
        self._names = office.names
        self._rfqs: dict[str, RfqNote] = {}
        self._quotes: dict[str, QuoteNote] = {}

    def routes(self) -> tuple[Route, ...]:
        """What this desk answers; quotes have an older path too."""
        rfqs, rfq = f"{_BASE}/rfqs", f"{_BASE}/rfqs/{{rfq_id}}"
        new, old = f"{rfq}/quotes/{{quote_id}}", f"{_BASE}/quotes/{{quote_id}}"
        return (
            get(f"{_BASE}/id", "GetCommunicationsID", self.identity, scope="read"),
            get(rfqs, "GetRFQs", self.rfqs, scope="read"),
            write("POST", rfqs, "CreateRFQ", self.ask, struct="CreateRFQRequest"),
            get(rfq, "GetRFQ", self.one_rfq, scope="read"),
            write("DELETE", rfq, "DeleteRFQ", self.withdraw),
            get(f"{_BASE}/quotes", "GetQuotes", self.quotes, scope="read"),
            write("POST", f"{_BASE}/quotes", "CreateQuote", self.quote, cost=2, struct="CreateQuoteRequest"),
            get(new, "GetRFQQuote", self.one_quote, scope="read", cost=2),
            get(old, "GetQuote", self.one_quote, scope="read", cost=2),
            write("DELETE", new, "DeleteRFQQuote", self.cancel, cost=2),
            write("DELETE", old, "DeleteQuote", self.cancel, cost=2),
            write("PUT", f"{new}/accept", "AcceptRFQQuote", self.accept, struct="AcceptQuoteRequest"),
            write("PUT", f"{old}/accept", "AcceptQuote", self.accept, struct="AcceptQuoteRequest"),
            write("PUT", f"{new}/confirm", "ConfirmRFQQuote", self.confirm),
            write("PUT", f"{old}/confirm", "ConfirmQuote", self.confirm),
        )

    def identity(self, call: Call) -> Answer:
        """The name under which the member speaks."""
        return Answer(200, {"communications_id": self._office.alias})

    # ------------------------------------------------------------------------------------- rfqs

    def rfq_row(self, rfq: RfqView) -> dict[str, Any]:
        """A request as it is sent, with the legs of a combo."""
        legs: dict[str, Any] = {}
        if rfq.market_id not in self._office.floor.calendar.markets:
            market = market_row(self._office.floor, rfq.market_id, self._office.floor.now())
            legs = {name: market[name] for name in _LEGS}
        return rfq_row(rfq, self._rfqs.get(rfq.id, RfqNote()), self._names, legs)

    def _rfq(self, public: str) -> RfqView:
        try:
            return self._engine.rfq(self._names.back(public))
        except NotFound:
            raise missing() from None

    def _event_of(self, ticker: str) -> str:
        known = self._office.floor.calendar.markets.get(ticker)
        return known[0].ticker if known is not None else ticker

    def _account(self, call: Call, subaccount: int | None, ticker: str) -> str:
        number = call.settled(subaccount) or 0
        if number not in self._office.subaccounts:
            raise refusal(404, "subaccount_not_found")
        return account_of(number, self._office.floor.series_of(ticker).shard)

    def rfqs(self, call: Call) -> Answer:
        """Requests, newest first: the member's and the house's."""
        limit = call.limit(100, 100)
        event, ticker, status = call.text("event_ticker"), call.text("market_ticker"), call.text("status")
        creator, subaccount = call.text("creator_user_id"), call.subaccount
        mine = call.choice("user_filter", ("self",)) is not None or creator == self._office.user
        found = []
        for rfq in self._engine.rfqs():
            place = place_of(rfq.account)
            if (
                (mine and place is None)
                or (creator is not None and not mine)
                or (subaccount is not None and (place is None or place[0] != subaccount))
                or ticker not in (None, rfq.market_id)
                or event not in (None, self._event_of(rfq.market_id))
                or (status is not None and status != ("open" if rfq.status is RfqStatus.OPEN else "closed"))
            ):
                continue
            found.append(rfq)
        rows, cursor = page(call, found, limit, lambda rfq: rfq.id)
        return Answer(200, {"rfqs": [self.rfq_row(rfq) for rfq in rows], "cursor": cursor})

    def one_rfq(self, call: Call) -> Answer:
        """One request."""
        return Answer(200, {"rfq": self.rfq_row(self._rfq(call.params["rfq_id"]))})

    def ask(self, call: Call) -> Answer:
        """Ask for quotes."""
        body = call.body
        ticker = body.needed("market_ticker")
        if self._office.floor.view(ticker) is None:
            raise missing()
        whole, fine = body.number("contracts"), body.decimal("contracts_fp", 2)
        if whole is not None and fine is not None and whole != fine:
            raise invalid("contracts and contracts_fp must match")
        size = fine if fine is not None else None if whole is None else Decimal(whole)
        cost = body.decimal("target_cost_dollars", 4)
        if (size is None) == (cost is None):
            raise invalid("exactly one of contracts and target cost is required")
        if size is None and body.flag("target_cost_excludes_fees") and cost is None:
            raise invalid("target_cost_excludes_fees needs a target cost")
        account = self._account(call, body.number("subaccount"), ticker)
        if body.flag("replace_existing"):
            for rfq in self._engine.rfqs():
                if rfq.account == account and rfq.status is RfqStatus.OPEN and rfq.market_id == ticker:
                    self._office.floor.apply(CancelRfq, account=account, rfq_id=rfq.id)
        try:
            self._office.floor.apply(
                CreateRfq,
                account=account,
                market_id=ticker,
                size=size,
                notional=cost,
                rest_remainder=body.flag("rest_remainder"),
            )
        except RequestError as error:
            raise from_engine(error) from None
        made = self._engine.rfqs()[0]
        self._rfqs[made.id] = RfqNote(body.flag("obscure_creator_id"), body.flag("target_cost_excludes_fees"))
        return Answer(201, {"id": self._names.of(made.id)})

    def withdraw(self, call: Call) -> Answer:
        """Withdraw an own request."""
        rfq = self._rfq(call.params["rfq_id"])
        if place_of(rfq.account) is None or rfq.status is RfqStatus.CLOSED:
            raise missing()
        self._office.floor.apply(CancelRfq, account=rfq.account, rfq_id=rfq.id)
        return Answer(204)

    # ----------------------------------------------------------------------------------- quotes

    def quote_row(self, quote: QuoteView) -> dict[str, Any]:
        """A quote as it is sent."""
        note = self._quotes.get(quote.id, QuoteNote())
        return quote_row(quote, self._engine.rfq(quote.rfq_id), note, self._names)

    def _quote(self, call: Call) -> QuoteView:
        try:
            quote = self._engine.quote(self._names.back(call.params["quote_id"]))
        except NotFound:
            raise missing() from None
        rfq_id = call.params.get("rfq_id")
        if rfq_id is not None and self._names.back(rfq_id) != quote.rfq_id:
            raise missing()
        return quote

    def quotes(self, call: Call) -> Answer:
        """Quotes that the member gave or received, newest first."""
        limit = call.limit(500, 500)
        user, status, rfq_id = self._office.user, call.text("status"), call.text("rfq_id")
        given = call.choice("user_filter", ("self",)) or call.text("quote_creator_user_id") == user
        received = call.choice("rfq_user_filter", ("self",)) or call.text("rfq_creator_user_id") == user
        found = []
        for quote in self._engine.quotes():
            own, asked = place_of(quote.account) is not None, place_of(quote.asker) is not None
            if (
                not (own or asked)
                or (given and not own)
                or (received and not asked)
                or status not in (None, quote_status(quote))
                or (rfq_id is not None and self._names.back(rfq_id) != quote.rfq_id)
                or not call.within(quote.updated_time)
            ):
                continue
            found.append(quote)
        rows, cursor = page(call, found, limit, lambda quote: quote.id)
        return Answer(200, {"quotes": [self.quote_row(quote) for quote in rows], "cursor": cursor})

    def one_quote(self, call: Call) -> Answer:
        """One quote."""
        return Answer(200, {"quote": self.quote_row(self._quote(call))})

    def quote(self, call: Call) -> Answer:
        """Answer a request; a bid of zero is none."""
        body = call.body
        yes, no = body.needed_decimal("yes_bid", 4), body.needed_decimal("no_bid", 4)
        rfq = self._rfq(body.needed("rfq_id"))
        account = self._account(call, body.number("subaccount"), rfq.market_id)
        if place_of(rfq.account) is not None:
            raise refusal(400, "invalid_parameters", "cannot quote on an own RFQ")
        try:
            self._office.floor.apply(
                CreateQuote,
                account=account,
                rfq_id=rfq.id,
                yes_bid=yes or None,
                no_bid=no or None,
                rest_remainder=body.flag("rest_remainder"),
            )
        except RequestError as error:
            raise from_engine(error) from None
        made = self._engine.quotes()[0]
        self._quotes[made.id] = QuoteNote(body.flag("post_only"))
        return Answer(201, {"id": self._names.of(made.id)})

    def cancel(self, call: Call) -> Answer:
        """Withdraw an own quote."""
        quote = self._quote(call)
        if place_of(quote.account) is None or quote.status is QuoteStatus.CANCELED:
            raise missing()
        return self._do(CancelQuote, account=quote.account, quote_id=quote.id)

    def accept(self, call: Call) -> Answer:
        """Accept one side of a received quote."""
        quote = self._quote(call)
        side = OutcomeSide(call.body.choice("accepted_side", ("yes", "no")))
        if place_of(quote.asker) is None:
            raise missing()
        return self._do(AcceptQuote, account=quote.asker, quote_id=quote.id, side=side)

    def confirm(self, call: Call) -> Answer:
        """Confirm an own quote that was accepted; too late is refused."""
        quote = self._quote(call)
        if place_of(quote.account) is None:
            raise missing()
        if quote.status is QuoteStatus.CANCELED and quote.reason == EXPIRED:
            raise refusal(400, "expired")
        return self._do(ConfirmQuote, account=quote.account, quote_id=quote.id)

    def _do(self, command: Any, **fields: Any) -> Answer:
        try:
            self._office.floor.apply(command, **fields)
        except RequestError as error:
            if error.code == "quote_status":
                raise refusal(400, "invalid_quote_status") from None
            raise from_engine(error) from None
        return Answer(204)
