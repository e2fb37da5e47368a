"""What a provider makes of a bad network: the standard misfortunes, read by read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import BaseModel, SecretBytes, SecretStr

from pmi_core.clock import Clock
from pmi_core.errors import BusyError, PmiError, Unreachable, VenueError
from pmi_core.provider import OpenContext, Venue
from pmi_core.testing.clock import MovableClock
from pmi_core.testing.conformance.excuses import needs, skip
from pmi_core.testing.conformance.questions import READS, Question
from pmi_core.testing.conformance.samples import Subjects
from pmi_core.testing.conformance.stage import Contract
from pmi_core.testing.misfortunes import (
    ConnectionRefused,
    EmptyBody,
    HtmlBody,
    Misfortune,
    NullValues,
    RequiredFieldsMissing,
    Status,
    TimeoutAfterSend,
    TimeoutBeforeSend,
    TruncatedJson,
    UnknownField,
)
from pmi_core.testing.replay import ReplayTransport

__all__ = ["FailureRules"]

MOST_ATTEMPTS = 12
HINT = 7
KEPT = 3600.0
"""Seconds of the venue's clock after which nothing that was read is still kept."""
OFFLINE = "{} asks nothing of the network here, so no misfortune can meet it"
"""One sentence for every read and misfortune, which pytest counts in one line."""

each_read = pytest.mark.parametrize("read", sorted(READS))


def each(*misfortunes: Misfortune) -> pytest.MarkDecorator:
    """Once for every misfortune."""
    return pytest.mark.parametrize("misfortune", misfortunes, ids=lambda one: one.name.replace(" ", "_"))


def secrets_of(settings: BaseModel) -> set[str]:
    """Every secret that the settings hold, as text."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            found.add(value.get_secret_value())
        elif isinstance(value, SecretBytes):
            found.add(value.get_secret_value().decode(errors="replace"))
        elif isinstance(value, BaseModel):
            found |= secrets_of(value)
    return {secret for secret in found if len(secret) > 3}


class _Struck:
    """One read of the venue, asked once in peace and then in misfortune."""

    def __init__(self, ask: Callable[[], Awaitable[Any]], wire: ReplayTransport, good: Any) -> None:
        self.ask = ask
        self.wire = wire
        self.good = good

    async def meets(self, misfortune: Misfortune) -> PmiError:
        """The error that the misfortune leads to; anything else breaks the rule."""
        self.wire.strike(misfortune)
        try:
            answer = await self.ask()
        except PmiError as error:
            return error
        except Exception as bare:
            raise AssertionError(f"{misfortune.name}: a bare {type(bare).__name__} escaped: {bare}") from bare
        finally:
            self.wire.calm()
        if not self.wire.requests:
            skip("the second reading did not use the network")
        raise AssertionError(f"{misfortune.name}: instead of an error there was {str(answer)[:80]!r}")


async def struck(
    read: str, venue: Venue, subjects: Subjects, wire: ReplayTransport | None, clock: Clock
) -> _Struck:
    """Prepare a read and prove that it works and uses the network, each time that it is asked."""
    question: Question = READS[read]
    part = needs(getattr(venue, question.capability.value), question.capability, venue)
    if wire is None:
        skip("no misfortune can be arranged with a real venue")
    ask = await question.prepare(part, venue, subjects)
    uses_the_network = bool(wire.requests)
    wire.forget()
    good = await ask()
    if not wire.requests and not uses_the_network:
        skip(OFFLINE.format(venue.info.provider))
    if not wire.requests:
        skip(f"{venue.info.provider} answers {read} without a network request")
    wire.forget()
    if isinstance(clock, MovableClock):
        await ask()
        if not wire.requests:
            await clock.advance(KEPT)
        wire.forget()
    return _Struck(ask, wire, good)


class FailureRules(Contract):
    """Failures have neutral names, and nothing is hidden."""

    @each_read
    @each(ConnectionRefused(), TimeoutBeforeSend(), TimeoutAfterSend())
    async def test_failures_silence_is_unreachable(
        self,
        venue: Venue,
        subjects: Subjects,
        wire: ReplayTransport | None,
        clock: Clock,
        read: str,
        misfortune: Misfortune,
    ) -> None:
        """No answer is Unreachable."""
        error = await (await struck(read, venue, subjects, wire, clock)).meets(misfortune)
        assert isinstance(error, Unreachable), repr(error)
        assert error.repeat_is_safe

    @each_read
    async def test_failures_busy_honours_the_hint(
        self, venue: Venue, subjects: Subjects, wire: ReplayTransport | None, clock: Clock, read: str
    ) -> None:
        """Status 429 with a hint is BusyError, and says at least the hinted seconds."""
        told = Status(429, {"retry-after": str(HINT)})
        error = await (await struck(read, venue, subjects, wire, clock)).meets(told)
        assert isinstance(error, BusyError), repr(error)
        assert error.retry_after is not None
        assert HINT - 1 <= error.retry_after <= HINT * 100

    @each_read
    async def test_failures_busy_needs_no_hint(
        self, venue: Venue, subjects: Subjects, wire: ReplayTransport | None, clock: Clock, read: str
    ) -> None:
        """Status 429 without a hint is BusyError too."""
        error = await (await struck(read, venue, subjects, wire, clock)).meets(Status(429))
        assert isinstance(error, BusyError), repr(error)

    @each_read
    @each(Status(500), Status(503))
    async def test_failures_of_the_server_are_venue_errors(
        self,
        venue: Venue,
        subjects: Subjects,
        wire: ReplayTransport | None,
        clock: Clock,
        read: str,
        misfortune: Misfortune,
    ) -> None:
        """Status 500 and 503 are VenueError."""
        error = await (await struck(read, venue, subjects, wire, clock)).meets(misfortune)
        assert isinstance(error, VenueError), repr(error)

    @each_read
    @each(HtmlBody(), TruncatedJson(), EmptyBody(), RequiredFieldsMissing(), NullValues())
    async def test_failures_nonsense_is_a_venue_error(
        self,
        venue: Venue,
        subjects: Subjects,
        wire: ReplayTransport | None,
        clock: Clock,
        read: str,
        misfortune: Misfortune,
    ) -> None:
        """An answer that makes no sense is VenueError, never an empty list."""
        error = await (await struck(read, venue, subjects, wire, clock)).meets(misfortune)
        assert isinstance(error, VenueError), repr(error)

    @each_read
    async def test_failures_growth_breaks_nothing(
        self, venue: Venue, subjects: Subjects, wire: ReplayTransport | None, clock: Clock, read: str
    ) -> None:
        """A field that the venue adds changes no answer."""
        reading = await struck(read, venue, subjects, wire, clock)
        reading.wire.strike(UnknownField())
        assert plainly(await reading.ask()) == plainly(reading.good)

    @each_read
    async def test_failures_are_placed(
        self, venue: Venue, subjects: Subjects, wire: ReplayTransport | None, clock: Clock, read: str
    ) -> None:
        """An error names the venue and the capability, and speaks in a sentence."""
        error = await (await struck(read, venue, subjects, wire, clock)).meets(Status(500))
        assert error.venue == venue.name
        assert error.capability == READS[read].capability
        assert len(error.message.split()) > 2

    @each_read
    async def test_failures_keep_secrets(
        self,
        venue: Venue,
        context: OpenContext,
        subjects: Subjects,
        wire: ReplayTransport | None,
        clock: Clock,
        read: str,
    ) -> None:
        """No secret of the settings stands in an error, its cause or its data."""
        secrets = secrets_of(context.settings)
        if not secrets:
            skip(f"{venue.info.provider} has no secrets here")
        reading = await struck(read, venue, subjects, wire, clock)
        for misfortune in (Status(500), Status(401), HtmlBody(), ConnectionRefused()):
            error: BaseException | None = await reading.meets(misfortune)
            while error is not None:
                shown = f"{error!r} {error} {getattr(error, 'details', dict)()}"
                assert not [name for name in secrets if name in shown], f"{misfortune.name} shows a secret"
                error = error.__cause__

    @each_read
    async def test_failures_are_not_asked_for_ever(
        self, venue: Venue, subjects: Subjects, wire: ReplayTransport | None, clock: Clock, read: str
    ) -> None:
        """A read that fails is repeated a few times at most, and never writes."""
        reading = await struck(read, venue, subjects, wire, clock)
        await reading.meets(Status(503))
        assert 1 <= len(reading.wire.requests) <= MOST_ATTEMPTS
        assert not reading.wire.writes

    @each_read
    async def test_failures_pass(
        self, venue: Venue, subjects: Subjects, wire: ReplayTransport | None, clock: Clock, read: str
    ) -> None:
        """When the misfortune is over, the same question is answered as before."""
        reading = await struck(read, venue, subjects, wire, clock)
        await reading.meets(TruncatedJson())
        assert plainly(await reading.ask()) == plainly(reading.good)


def plainly(answer: Any) -> Any:
    """An answer without the moments at which it was received."""
    if isinstance(answer, BaseModel):
        return {
            name: plainly(getattr(answer, name))
            for name in type(answer).model_fields
            if name not in ("as_of", "received_time")
        }
    if isinstance(answer, tuple):
        return [plainly(item) for item in answer]
    return answer
