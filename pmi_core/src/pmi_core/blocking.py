"""The same bundle for plain scripts and notebooks: the methods of a venue without ``await``.

::

    from pmi_core.blocking import open_venue

    with open_venue("paper") as venue:
        page = venue.markets.list_markets(MarketQuery(limit=10))
        with venue.stream.subscribe(wanted) as updates:
            for update in updates:
                ...

Everything is made from the asynchronous venue, which runs in a thread of its own: parameters,
results and errors are the same.  Python's types cannot say "this method, but not async", so a
type checker sees the parts as ``Any``; at run time every method shows its signature and text.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ExitStack
from dataclasses import fields, is_dataclass
from inspect import isawaitable, iscoroutinefunction
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pmi_core.capabilities import Capability
from pmi_core.errors import RequestError, UncertainError

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

__all__ = ["BlockingPart", "BlockingVenue", "open_venue"]

_END = object()


def open_venue(name: str, **settings: Any) -> BlockingVenue:
    """Open a venue now; leave the ``with`` block or call ``close()`` to give it back.

    Args:
        name: a configured venue, or the name of an installed provider.
        settings: the provider's settings, above environment and file.

    Raises:
        ProviderMissing: nothing by that name is configured or installed.
        SettingsError: a setting is unknown, missing or wrong.
    """
    from pmi_core.plugins.registry import open_venue as open_async

    return BlockingVenue(open_async(name, **settings))


class _Loop:
    """The thread in which a venue lives, and the way into it."""

    def __init__(self) -> None:
        from anyio.from_thread import start_blocking_portal

        self._stack = ExitStack()
        self._portal: BlockingPortal = self._stack.enter_context(start_blocking_portal("asyncio"))
        self._blocks: list[_Block] = []
        self._closed = False

    def call(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Run a function there, await what it gives, and wait for the outcome."""
        self._check_open()

        async def run() -> Any:
            result = function(*args, **kwargs)
            return await result if isawaitable(result) else result

        future = self._portal.start_task_soon(run)
        try:
            result = future.result()
        except CancelledError:
            raise UncertainError(
                f"the venue was closed during {getattr(function, '__name__', 'a call')}; "
                "it may or may not have taken effect"
            ) from None
        except BaseException:
            future.cancel()  # the wait was interrupted: what runs there stops too
            raise
        if isinstance(result, AbstractAsyncContextManager):
            return _Block(self, result)
        return result

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, waiting for its outcome."""

        @functools.wraps(function)
        def blocking(*args: Any, **kwargs: Any) -> Any:
            return self.call(function, *args, **kwargs)

        return blocking

    def enter(self, block: _Block, manager: AbstractAsyncContextManager[Any]) -> tuple[Any, ExitStack]:
        """Enter an asynchronous block; it is left, at the latest, when the loop is closed."""
        self._check_open()
        with ExitStack() as stack:
            entered = stack.enter_context(self._portal.wrap_async_context_manager(manager))
            self._blocks.append(block)
            stack.callback(self._blocks.remove, block)
            return entered, stack.pop_all()
        raise AssertionError("an exit stack swallows nothing")

    def close(self) -> None:
        if self._closed:
            return
        with self._stack:
            # Whatever still runs when all blocks are left is cancelled, or the thread would never end.
            self._stack.callback(self._portal.call, self._portal.stop, True)
            for block in self._blocks:
                self._stack.callback(block.__exit__, None, None, None)
            self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise RequestError("the venue is closed", hint="open it again")


class _Block(AbstractContextManager[Any]):
    """An asynchronous block, such as a subscription, entered and left without ``async``."""

    def __init__(self, loop: _Loop, manager: AbstractAsyncContextManager[Any]) -> None:
        self._loop = loop
        self._manager = manager
        self._stack: ExitStack | None = None

    def __enter__(self) -> Any:
        entered, self._stack = self._loop.enter(self, self._manager)
        return _each(self._loop, entered) if hasattr(entered, "__anext__") else entered

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool | None:
        stack, self._stack = self._stack, None
        if stack is None:
            return None
        if isinstance(error, Exception):
            return stack.__exit__(kind, error, trace)
        stack.close()  # an interrupt concerns this thread; thrown into the loop it would end the loop
        return None


def _each(loop: _Loop, updates: Any) -> Iterator[Any]:
    while (update := loop.call(anext, updates, _END)) is not _END:
        yield update


class BlockingPart:
    """One slot of a venue, or a set of methods that it has beyond the slots; they wait for their outcome."""

    def __init__(self, part: object, loop: _Loop) -> None:
        self._part = part
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        return _blocking(getattr(self._part, name), self._loop)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._part)})

    def __repr__(self) -> str:
        return f"<blocking {self._part!r}>"


def _blocking(found: Any, loop: _Loop) -> Any:
    """What an attribute is here: a method that waits, a part whose methods do, or the value itself."""
    if callable(found):
        return loop.wrap(found)
    return BlockingPart(found, loop) if _is_awaited(found) else found


def _is_awaited(value: object) -> bool:
    """Whether a value, or a field of it, has methods to be awaited."""
    kind = type(value)
    if kind.__module__ == "builtins":
        return False
    methods = (getattr(kind, name, None) for name in dir(kind) if not name.startswith("_"))
    if any(iscoroutinefunction(one) or _gives_a_block(one) for one in methods):
        return True
    return is_dataclass(value) and any(_is_awaited(getattr(value, one.name)) for one in fields(value))


def _gives_a_block(method: object) -> bool:
    """Whether a method is written to be entered with ``async with``, or to be iterated so."""
    return "Async" in str(getattr(method, "__annotations__", {}).get("return", ""))


class BlockingVenue:
    """An opened venue whose parts need no ``await``: the attributes of :class:`pmi_core.Venue`.

    Each slot is a :class:`BlockingPart` or None, and so is whatever else a venue has methods of its own
    in.  Use as a context manager, or call
    :meth:`close` yourself.  May be used from several threads.
    """

    def __init__(self, opening: AbstractAsyncContextManager[Any]) -> None:
        self._loop = _Loop()
        try:
            self._block = _Block(self._loop, opening)
            self._venue = self._block.__enter__()
        except BaseException:
            self._loop.close()
            raise

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self._venue, name)
        if name in _SLOTS:
            return None if found is None else BlockingPart(found, self._loop)
        return _blocking(found, self._loop)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._venue)} - {"aclose"})

    def __repr__(self) -> str:
        return f"<blocking venue {self._venue.name!r}>"

    def close(self) -> None:
        """Give back everything and end the thread; may be called twice."""
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


_SLOTS = frozenset(slot.value for slot in Capability)
