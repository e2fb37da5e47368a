"""One call to the venue: its cost, its bucket, its proof, and the shape of its answer."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Final, TypeVar
from urllib.parse import quote

import msgspec

from pmi_core.errors import (
    BusyError,
    ClockSkew,
    PermissionDenied,
    PmiError,
    UnexpectedAnswer,
    VenueError,
)
from pmi_core.models.model import building_many
from pmi_core.transport.codec import decode, encode
from pmi_core.transport.http import HttpClient
from pmi_core.transport.question import Answer, Params
from pmi_provider_kalshi.costs import Costs, bucket_of
from pmi_provider_kalshi.errors import read_refusal
from pmi_provider_kalshi.faults import Faults

__all__ = ["Caller"]

_LARGE: Final = 100_000
"""Bytes from which on an answer holds hundreds of rows."""
_SMALL: Final = 4_000
"""Bytes up to which an answer may be an error that came with a good status."""
_READING: Final = "give the key the scope 'read' (the balance alone needs 'read::portfolio_balance')"
_WRITING: Final = "give the key the scopes 'read' and 'write' ('write::trade' is enough for orders)"

Shape = TypeVar("Shape")


class Caller:
    """Asks the venue by endpoint; paths are templates, so that each call finds its cost.

    Attributes:
        costs: what calls cost.
        faults: rows that made no sense.
        subaccount: the subaccount that calls speak of; None for what the key stands for.
    """

    def __init__(
        self,
        http: HttpClient,
        *,
        costs: Costs | None = None,
        keyed: bool = False,
        subaccount: int | None = None,
    ) -> None:
        self.http = http
        self.costs = costs or Costs()
        self.faults = Faults()
        self.keyed = keyed
        self.subaccount = subaccount

    async def get(
        self,
        shape: type[Shape],
        template: str,
        capability: str,
        *,
        params: Params | None = None,
        signed: bool = False,
        rows: str | None = None,
        **ids: str,
    ) -> Shape:
        """Read something.

        Args:
            shape: the wire model of the answer.
            template: the endpoint's path below the root, ids written as ``{name}``.
            capability: the slot that asks.
            params: the query.
            signed: whether the venue wants to know who asks.
            rows: the field of the answer that holds rows, each of which is read by itself if need be.
            ids: what stands for the names in the template.
        """
        try:
            body = await self.http.get(
                _path(template, ids),
                params=params,
                capability=capability,
                bucket=bucket_of("GET", template),
                cost=self.costs.of("GET", template),
                signed=signed,
                operation=f"GET {template}",
            )
            self._check(body, None)
        except PmiError as error:
            raise self._explained(error, writes=False) from None
        with building_many() if len(body) > _LARGE else nullcontext():
            try:
                return decode(shape, body, venue=self.http.venue, capability=capability)
            except UnexpectedAnswer as error:
                if rows is None:
                    raise
                return self._salvaged(shape, rows, body, error)

    async def send(
        self,
        method: str,
        template: str,
        capability: str,
        *,
        body: object = None,
        params: Params | None = None,
        items: int = 1,
        idempotent: bool = False,
        uncertain: str | Sequence[str] = (),
        **ids: str,
    ) -> Answer:
        """Change something, signed.

        Args:
            method: such as ``POST``.
            template: the endpoint's path below the root, ids written as ``{name}``.
            capability: the slot that asks.
            body: what is sent as JSON; None for nothing.
            params: the query.
            items: how many orders are billed.
            idempotent: whether the venue does no more when the same call comes twice.
            uncertain: client order ids that are in doubt when no answer comes.
            ids: what stands for the names in the template.
        """
        try:
            answer = await self.http.send(
                method,
                _path(template, ids),
                params=params,
                body=None if body is None else encode(body),
                capability=capability,
                bucket=bucket_of(method, template),
                cost=self.costs.of(method, template, items=items),
                idempotent=idempotent,
                uncertain=uncertain,
                operation=f"{method} {template}",
            )
            self._check(answer.body, answer)
        except PmiError as error:
            raise self._explained(error, writes=True) from None
        return answer

    def _check(self, body: bytes, answer: Answer | None) -> None:
        """Find an error that came with a good status.

        Raises:
            PmiError: the body is one; a refusal that is not understood leaves a write in doubt.
        """
        if len(body) > _SMALL or b'"error"' not in body:
            return
        try:
            told = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        if not isinstance(told, dict) or not isinstance(told.get("error"), dict | str):
            return
        known = read_refusal(body)
        if known is not None and answer is not None and isinstance(known, BusyError):
            # Calls that were not admitted come with status 429; what this one means, nobody says.
            known = answer.question.judged(VenueError(known.message, code=known.code))
        if known is not None:
            raise known
        nonsense = UnexpectedAnswer("the answer is an error that is not understood, with a good status")
        raise nonsense if answer is None else answer.question.judged(nonsense)

    def _explained(self, error: PmiError, *, writes: bool) -> PmiError:
        if isinstance(error, ClockSkew):
            measured = self.http.skew.sentence()
            if measured is not None and measured not in error.message:
                error.message = f"{error.message}; {measured} by the venue's own"
        elif isinstance(error, PermissionDenied) and error.hint is None:
            error.hint = _WRITING if writes else _READING
        error.venue = error.venue or self.http.venue
        return error

    def _salvaged(self, shape: type[Shape], rows: str, body: bytes, error: UnexpectedAnswer) -> Shape:
        """The page without the rows that make no sense.

        Raises:
            UnexpectedAnswer: it is not a row that is wrong, or every row is.
        """
        field = next(one for one in msgspec.structs.fields(shape) if one.encode_name == rows)  # type: ignore[arg-type]
        kind = field.type.__args__[0]
        try:
            whole: dict[str, msgspec.Raw] = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
            found = msgspec.json.decode(whole[rows], type=list[msgspec.Raw])
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
            raise error from None
        good: list[msgspec.Raw] = []
        wrong: list[tuple[int, UnexpectedAnswer]] = []
        for at, row in enumerate(found):
            try:
                decode(kind, bytes(row))
            except UnexpectedAnswer as reason:
                wrong.append((at, reason))
            else:
                good.append(row)
        if not wrong or not good:
            raise error
        page = decode(shape, msgspec.json.encode({**whole, rows: good}), venue=self.http.venue)
        for at, why in wrong:
            self.faults.report(error.capability or "", f"row {at} of {rows}: {why.message}")
        return page


def _path(template: str, ids: Mapping[str, str]) -> str:
    named = {name: quote(value, safe="") for name, value in ids.items()}
    return string.Formatter().vformat(template, (), named)
