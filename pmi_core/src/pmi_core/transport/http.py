"""Sending one request to a venue: wait for the bucket, sign, send, turn the status into an error."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from pmi_core._version import __version__
from pmi_core.calls import Budget, CallRecord
from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import BusyError, PmiError, RequestError, SettingsError, UnexpectedAnswer
from pmi_core.transport.connection import Connection
from pmi_core.transport.limits import Limits
from pmi_core.transport.question import Answer, Params, Question, query_of
from pmi_core.transport.received import MAX_BYTES, Received
from pmi_core.transport.redaction import scrub
from pmi_core.transport.retry import NEVER, RetryPolicy, repeat
from pmi_core.transport.signing import Signer, Unsigned, sign
from pmi_core.transport.skew import Skew
from pmi_core.transport.statuses import ReadError, not_data, refusal, wait_asked_for
from pmi_core.transport.timeouts import Timeouts

if TYPE_CHECKING:
    from pmi_core.transport.address import Address, Origin

__all__ = ["Answer", "HttpClient", "Timeouts"]

_log: Final = logging.getLogger("pmi_core.transport")
_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def _nobody(record: CallRecord) -> None:
    """Nobody listens."""


class HttpClient:
    """The way to one opened venue.

    Reads are repeated by the retry policy; a write only where it is said to be idempotent.  A
    write whose fate is unknown raises UncertainError, one that certainly did not happen any other
    error.  Redirects are never followed.  Nothing is opened before the first call.

    Args:
        base_url: where the venue's paths begin, such as ``https://api.example.com/v2``.
        venue: the configured venue's name.
        limits: the buckets that calls name.
        signer: proves the calls that ask for it.
        clock: gives the time that is signed, and waits.
        retry: how harmless calls are repeated.
        random: where the jitter of pauses comes from.
        timeouts: how long each step may take.
        read_error: the provider's reading of a refusal, asked before the default one.
        on_call: told of every finished call.
        transport: an ``httpx2.AsyncBaseTransport`` instead of the network.
        headers: sent with every call.
        secret_params: names of query parameters whose values are secret.
        max_bytes: the largest answer that is read, unpacked.

    Raises:
        SettingsError: the address is none, or would carry a key over an open line.
    """

    def __init__(
        self,
        base_url: str,
        *,
        venue: str,
        limits: Limits,
        signer: Signer | None = None,
        clock: Clock | None = None,
        retry: RetryPolicy | None = None,
        random: Random | None = None,
        timeouts: Timeouts | None = None,
        read_error: ReadError | None = None,
        on_call: Callable[[CallRecord], None] = _nobody,
        transport: Any = None,
        headers: Mapping[str, str] | None = None,
        secret_params: Collection[str] = (),
        max_bytes: int = MAX_BYTES,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username:
            raise SettingsError(f"the address of venue {venue!r} must be like https://host/path", venue=venue)
        if (
            signer is not None
            and parts.scheme == "http"
            and parts.hostname not in _HERE
            and transport is None
        ):
            raise SettingsError(
                f"venue {venue!r} would send its key over an open line to {parts.hostname}",
                hint="use an https address",
                venue=venue,
            )
        self.venue = venue
        self.limits = limits
        self.skew = Skew()
        """What the venue's answers tell of its clock."""
        self._base = base_url.rstrip("/")
        self._signer = signer
        self._clock = clock or SystemClock()
        self._retry = retry or RetryPolicy()
        self._random = random or Random()  # noqa: S311 - the jitter of pauses keeps no secret
        self._timeouts = timeouts or Timeouts()
        self._read_error = read_error
        self._on_call = on_call
        self._secret_params = frozenset(secret_params)
        self._headers = {
            "User-Agent": f"pmi-core/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            **(headers or {}),
        }
        self._origin: Origin | None = None
        self._connection = Connection(timeouts=self._timeouts, max_bytes=max_bytes, transport=transport)

    def __repr__(self) -> str:
        return f"HttpClient({self._base!r}, venue={self.venue!r})"

    async def get(
        self,
        path: str,
        *,
        params: Params | None = None,
        capability: str,
        bucket: str = "read",
        cost: float = 1.0,
        signed: bool = False,
        operation: str | None = None,
    ) -> bytes:
        """Read something; repeated by the retry policy.

        Args:
            path: below the base address, ids in it percent-encoded.
            params: the query.
            capability: the slot that asks, for errors and records.
            bucket: the limit that the call spends from.
            cost: how much it spends.
            signed: whether the venue wants proof of who asks.
            operation: the name of the call in its record; method and path if not given.

        Raises:
            PmiError: no useful answer came; the class says what can be done.
        """
        question = self._question(
            "GET", path, params, capability, bucket=bucket, cost=cost, signed=signed, repeatable=True
        )
        return (await self._ask(question, operation)).body

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Params | None = None,
        body: bytes | None = None,
        content_type: str = "application/json",
        capability: str,
        bucket: str = "write",
        cost: float = 1.0,
        signed: bool = True,
        idempotent: bool = False,
        uncertain: str | Sequence[str] = (),
        operation: str | None = None,
    ) -> Answer:
        """Change something; repeated only if ``idempotent``.

        Args:
            method: such as ``POST``.
            path: below the base address, ids in it percent-encoded.
            params: the query.
            body: the bytes to send, see :func:`pmi_core.transport.codec.encode`.
            content_type: what the body is.
            capability: the slot that asks, for errors and records.
            bucket: the limit that the call spends from.
            cost: how much it spends.
            signed: whether the venue wants proof of who asks.
            idempotent: whether the venue does no more when the same call comes twice.
            uncertain: client order ids that are in doubt when no answer comes.
            operation: the name of the call in its record; method and path if not given.

        Raises:
            UncertainError: it was sent, is not idempotent, and no clear answer came.
            PmiError: it certainly did not happen; the class says what can be done.
        """
        ids = (uncertain,) if isinstance(uncertain, str) else tuple(uncertain)
        question = self._question(
            method.upper(),
            path,
            params,
            capability,
            bucket=bucket,
            cost=cost,
            signed=signed,
            repeatable=idempotent,
            body=body,
            content_type=content_type,
            client_order_ids=ids,
        )
        return await self._ask(question, operation)

    def budgets(self) -> tuple[Budget, ...]:
        """What is left of the rate limits, right now."""
        return self.limits.budgets()

    async def aclose(self) -> None:
        """Give the connections back; may be called twice."""
        await self._connection.aclose()

    def _question(
        self, method: str, path: str, params: Params | None, capability: str, **rest: Any
    ) -> Question:
        if not path.startswith("/") or "?" in path or "#" in path or "/../" in f"{path}/":
            raise RequestError(
                f"{path[:80]!r} is not a path below {self._base}", venue=self.venue, capability=capability
            )
        query, shown, secrets = query_of(params, self._secret_params)
        return Question(
            venue=self.venue,
            capability=capability,
            method=method,
            path=path,
            query=query,
            shown_query=shown,
            secrets=secrets,
            **rest,
        )

    async def _ask(self, question: Question, operation: str | None) -> Answer:
        start = self._clock.monotonic()
        attempts = 0
        failed: str | None = None

        async def attempt(left: float) -> Answer:
            nonlocal attempts
            attempts += 1
            return await self._attempt(question, left)

        policy = self._retry if question.repeatable else NEVER
        try:
            return await repeat(attempt, policy=policy, clock=self._clock, random=self._random)
        except BaseException as error:
            failed = type(error).__name__
            raise
        finally:
            self._report(
                CallRecord(
                    venue=self.venue,
                    capability=question.capability,
                    method=operation or f"{question.method} {question.path}",
                    seconds=self._clock.monotonic() - start,
                    attempts=attempts,
                    error=failed,
                )
            )

    async def _attempt(self, question: Question, left: float) -> Answer:
        secrets = question.secrets
        try:
            waited = await self.limits.acquire(question.bucket, question.cost, longest_wait=left)
            origin = self._origin or self._located()
            address = origin.address(question)
            headers = (
                self._headers
                if question.body is None
                else {**self._headers, "Content-Type": question.content_type}
            )
            if question.signed:
                proof = await self._proof(address)
                headers = {**headers, **proof}
                secrets = (*secrets, *proof.values())
            sent = self._clock.now()
            within = left - waited if question.repeatable else self._timeouts.total
            received = await self._connection.exchange(origin, address, headers, within=within)
            now = self._clock.now()
            self.skew.learn(received.headers, sent=sent, received=now)
            if _log.isEnabledFor(logging.DEBUG):
                size, took = len(received.body), (now - sent).total_seconds() * 1000
                _log.debug("%s -> %d, %d bytes in %.1f ms", question.shown, received.status, size, took)
            return self._judge(question, received)
        except PmiError as error:
            scrub(error, secrets)
            question.placed(error)
            _log.debug("%s failed (%s)", question.shown, type(error).__name__)
            raise

    def _located(self) -> Origin:
        from pmi_core.transport.address import Origin

        self._origin = Origin(self._base)
        return self._origin

    async def _proof(self, address: Address) -> Mapping[str, str]:
        question = address.question
        if self._signer is None:
            raise SettingsError(
                f"venue {self.venue!r} has no key, and {question.method} {question.path} needs one",
                hint="set the venue's key in its settings",
            )
        path, _, query = address.target.partition("?")
        body = question.body or b""
        return await sign(self._signer, Unsigned(question.method, path, query, body, self._clock.now()))

    def _judge(self, question: Question, received: Received) -> Answer:
        status, headers, body = received.status, received.headers, received.body
        if 200 <= status < 300:
            self.limits.admitted(question.bucket)
            nonsense = not_data(headers, body, empty_is_fine=question.method != "GET")
            if nonsense is not None:
                raise question.judged(UnexpectedAnswer(nonsense))
            return Answer(status, headers, body, question)
        now = self._clock.now()
        error = self._venue_says(received) or refusal(status, headers, body, signed=question.signed, now=now)
        if status == 429:
            pause = self.limits.refused(question.bucket, wait_asked_for(headers, now))
            if isinstance(error, BusyError) and error.retry_after is None:
                error.retry_after = pause
        raise question.judged(error)

    def _venue_says(self, received: Received) -> PmiError | None:
        if self._read_error is None:
            return None
        try:
            return self._read_error(received.status, received.headers, received.body)
        except Exception:  # noqa: BLE001 - a refusal that a provider cannot read still is a refusal
            _log.debug("status %d could not be read by the provider", received.status, exc_info=True)
            return None

    def _report(self, record: CallRecord) -> None:
        try:
            self._on_call(record)
        except Exception:  # noqa: BLE001 - a listener's fault must not change what happened at the venue
            _log.debug("a listener failed on the record of %s", record.method, exc_info=True)
