"""How a rule gets its venue: fixtures that a provider's tests may override, one by one."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, ClassVar

import pytest

from pmi_core.capabilities import Capability
from pmi_core.clock import Clock, SystemClock
from pmi_core.identifiers import MarketRef
from pmi_core.provider import OpenContext, Provider, Venue, WriteClass
from pmi_core.testing.clock import START, ManualClock
from pmi_core.testing.conformance.excuses import skip
from pmi_core.testing.conformance.questions import READS
from pmi_core.testing.conformance.samples import Subjects
from pmi_core.testing.recordings import Recordings
from pmi_core.testing.replay import ReplayTransport, Unrecorded

__all__ = ["Contract", "Cut", "Ending", "rule_name"]

Rule = Callable[..., Awaitable[None]]
Cut = Callable[[], AbstractAsyncContextManager[None]]
Ending = Callable[[MarketRef], Awaitable[None]]


def rule_name(function: str) -> str:
    """The stable name of a rule: ``test_books_best_first`` is ``books.best_first``."""
    room, _, rest = function.removeprefix("test_").partition("_")
    return f"{room}.{rest}"


class Contract:
    """What every group of rules needs; a provider's tests override fixtures of it.

    The least to override is ``provider``.  A provider that reaches a network also gives
    ``recordings`` (what the venue answered once) or ``transport`` (something that answers now,
    such as its sandbox).
    """

    pytestmark: ClassVar[Any] = pytest.mark.anyio
    seconds: ClassVar[float] = 30
    """Real time after which a rule counts as broken."""

    @pytest.fixture
    def anyio_backend(self) -> str:
        """Asyncio alone."""
        return "asyncio"

    @pytest.fixture
    def provider(self, pytestconfig: pytest.Config) -> Provider:
        """The provider under test; by default the installed one named by ``--pmi-provider``."""
        from pmi_core.testing.installed import installed_provider

        name = pytestconfig.getoption("--pmi-provider")
        if name is None:
            pytest.fail("no provider is named: give --pmi-provider NAME, or override the fixture `provider`")
        return installed_provider(name)

    @pytest.fixture
    def live(self, pytestconfig: pytest.Config) -> bool:
        """Whether the venue is asked over the network, read-only; by ``--pmi-live``."""
        return bool(pytestconfig.getoption("--pmi-live"))

    @pytest.fixture
    def recordings(self, pytestconfig: pytest.Config) -> Recordings:
        """What the venue answered once; by default the folder given by ``--pmi-recordings``."""
        place = pytestconfig.getoption("--pmi-recordings")
        return Recordings() if place is None else Recordings.load(Path(place))

    @pytest.fixture
    def subjects(self, recordings: Recordings) -> Subjects:
        """Native ids of the market, event and series to look at; else the first listed."""
        return recordings.subjects

    @pytest.fixture
    def open_settings(self, pytestconfig: pytest.Config, recordings: Recordings) -> Mapping[str, Any]:
        """The provider's settings: those of the recordings, and ``--pmi-setting KEY=VALUE`` above."""
        given = dict(text.split("=", 1) for text in pytestconfig.getoption("--pmi-setting") or ())
        return {**recordings.settings, **given}

    @pytest.fixture
    def clock(self, recordings: Recordings, live: bool) -> Clock:
        """Stands at the recordings' moment and moves only when a rule waits for time."""
        return SystemClock() if live else ManualClock(recordings.now or START)

    @pytest.fixture
    def transport(self, pytestconfig: pytest.Config) -> Any:
        """Something that answers requests now, asked where no recording answers; None for nothing."""
        from pmi_core.testing.installed import named_transport

        place = pytestconfig.getoption("--pmi-transport")
        return None if place is None else named_transport(place)

    @pytest.fixture
    def wire(self, recordings: Recordings, transport: Any, live: bool) -> ReplayTransport | None:
        """All the network that the provider gets; without recordings it answers nothing."""
        return None if live else ReplayTransport(recordings.exchanges, inner=transport)

    @pytest.fixture
    def venue_name(self) -> str:
        """The configured name, which differs from the provider's on purpose."""
        return "proof"

    @pytest.fixture
    def may_trade(self, venue: Venue, transport: Any, live: bool) -> bool:
        """Whether orders cannot leave this machine: a simulated venue, or one behind ``transport``."""
        return not live and (venue.info.write_class is WriteClass.SIMULATED or transport is not None)

    @pytest.fixture
    def may_stream(self, venue: Venue, live: bool) -> bool:
        """Whether a subscription reaches nothing but this machine, or ``--pmi-live`` was given."""
        return live or venue.info.write_class is WriteClass.SIMULATED

    @pytest.fixture
    def cut(self, venue: Venue) -> Cut | None:
        """Cuts the stream's connection: broken inside the block, whole again after it; None where nothing can."""
        return None

    @pytest.fixture
    def ending(self, venue: Venue) -> Ending | None:
        """Brings a market to its end at once, as far as the venue announces it; None where only time can."""
        return None

    @pytest.fixture
    def context(
        self,
        provider: Provider,
        venue_name: str,
        open_settings: Mapping[str, Any],
        clock: Clock,
        wire: ReplayTransport | None,
        tmp_path: Path,
    ) -> OpenContext:
        """What the provider is given to open its venue."""
        return OpenContext(
            name=venue_name,
            settings=provider.settings.model_validate(dict(open_settings)),
            clock=clock,
            data_dir=tmp_path,
            transport=wire,
        )

    @pytest.fixture
    async def venue(self, provider: Provider, context: OpenContext) -> AsyncIterator[Venue]:
        """The venue under test, opened anew for each rule."""
        async with await provider.open(context) as venue:
            yield venue

    @pytest.fixture(autouse=True)
    def _kept_or_excused(self, request: pytest.FixtureRequest, provider: Provider, clock: Clock) -> None:
        """Pass over what is not declared, expect a declared gap to fail, and drive the rule's clock."""
        name = rule_name(request.node.originalname)
        needed = _capability_of(name, getattr(request.node, "callspec", None))
        if needed is not None and needed not in provider.capabilities:
            skip(f"{provider.name} does not declare {needed.value}")
        if name in provider.gaps:
            request.applymarker(pytest.mark.xfail(reason=f"{name}: {provider.gaps[name]}", strict=True))
        if inspect.iscoroutinefunction(request.node.obj):
            request.node.obj = _driven(request.node.obj, clock, self.seconds, answers="answers" in name)


def _capability_of(name: str, case: Any) -> Capability | None:
    """The capability that a rule speaks of, in one of its cases; None for rules of the whole."""
    given = {} if case is None else case.params
    if "capability" in given:
        return Capability(given["capability"])
    if "read" in given:
        return READS[given["read"]].capability
    room = name.partition(".")[0]
    if room == "failures":
        return Capability.ORDERS
    return Capability(room) if room in frozenset(Capability) else None


def _driven(rule: Rule, clock: Clock, seconds: float, *, answers: bool) -> Rule:
    @functools.wraps(rule)
    async def driven(*args: Any, **kwargs: Any) -> None:
        try:
            async with asyncio.timeout(seconds):
                running = rule(*args, **kwargs)
                await (clock.run(running) if isinstance(clock, ManualClock) else running)
        except Exception as error:
            missing = _unrecorded(error)
            if missing is None or answers:
                raise
            skip(str(missing))

    return driven


def _unrecorded(error: BaseException | None) -> Unrecorded | None:
    """The unrecorded question behind an error, through causes and groups."""
    while error is not None and not isinstance(error, Unrecorded):
        if isinstance(error, BaseExceptionGroup):
            found = [_unrecorded(one) for one in error.exceptions]
            return next((one for one in found if one is not None), None)
        error = error.__cause__ or error.__context__
    return error
