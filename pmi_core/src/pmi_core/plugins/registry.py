"""From a configured name to an opened venue, opened once and closed in the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from pmi_core.clock import Clock, SystemClock
from pmi_core.errors import (
    MalformedRef,
    PmiError,
    ProviderBroken,
    ProviderMissing,
    RequestError,
    SettingsError,
)
from pmi_core.identifiers import venue_name
from pmi_core.plugins.discovery import BrokenPlugin
from pmi_core.plugins.loading import LoadedPlugin, Plugins, load_plugins
from pmi_core.provider import OpenContext, Provider, Venue
from pmi_core.settings import (
    Config,
    ProviderSettings,
    VenueConfig,
    load_config,
    nearest,
    prefix_of,
    private_folder,
    read_settings,
)

__all__ = ["Registry", "open_venue"]

_log = logging.getLogger(__name__)


class Registry:
    """Every configured venue by name; async context manager that closes what it opened.

    Args:
        config: file and environment.
        plugins: what is installed.
        clock: the time of every venue that is opened.

    Raises:
        ProviderBroken: a plugin is broken and the settings are strict.
    """

    def __init__(self, config: Config, plugins: Plugins, clock: Clock | None = None) -> None:
        if config.plugins.strict and plugins.broken:
            raise ProviderBroken(
                "; ".join(str(plugin) for plugin in plugins.broken),
                hint=f"mend it, name it in [plugins] disabled of {config.file.path}, or set strict = false",
            )
        self._plugins = plugins
        self._clock = clock or SystemClock()
        self.config = config if config.venues else _with_default_venues(config, plugins.providers)
        self._opened: dict[str, Venue] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._closed = False

    @classmethod
    def load(
        cls,
        *,
        config_path: Path | None = None,
        environ: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> Registry:
        """Read the configuration and load the installed plugins.

        Raises:
            SettingsError: the configuration is wrong.
            ProviderBroken: a plugin is broken and the settings are strict.
        """
        config = load_config(config_path, environ)
        return cls(config, load_plugins(disabled=config.plugins.disabled), clock)

    @property
    def clock(self) -> Clock:
        """The time of every venue that is opened."""
        return self._clock

    @property
    def providers(self) -> Mapping[str, Provider]:
        """Working providers by name."""
        return self._plugins.providers

    @property
    def plugins(self) -> tuple[LoadedPlugin, ...]:
        """Working plugins with their distributions and hooks, for support."""
        return self._plugins.loaded

    @property
    def broken(self) -> tuple[BrokenPlugin, ...]:
        """Plugins that are installed and cannot be used."""
        return self._plugins.broken

    @property
    def disabled(self) -> tuple[str, ...]:
        """Plugins that the settings switch off."""
        return tuple(plugin.name for plugin in self._plugins.disabled)

    @property
    def venue_names(self) -> tuple[str, ...]:
        """Configured venues."""
        return tuple(self.config.venues)

    @property
    def opened(self) -> Mapping[str, Venue]:
        """The venues that are open now."""
        return MappingProxyType(self._opened)

    @property
    def hooks(self) -> Plugins:
        """The way to the plugins that review orders and hear about calls."""
        return self._plugins

    def provider_of(self, venue: str) -> Provider:
        """The provider of a configured venue.

        Raises:
            RequestError: no venue of that name is configured.
            ProviderMissing: its provider is not installed.
            ProviderBroken: its provider is installed and does not load.
        """
        configured = self.config.venues.get(venue)
        if configured is not None:
            return self.provider(configured.provider)
        if any(plugin.name == venue for plugin in self.broken):
            return self.provider(venue)
        file = self.config.file.path
        if venue in self.providers:
            hint = f"add the heading [venues.{venue}] to {file}"
        elif meant := nearest(venue, self.venue_names):
            hint = f"did you mean {meant!r}?"
        else:
            hint = f"add it to {file}"
        configured_names = ", ".join(self.venue_names) or "none"
        raise RequestError(f"no venue {venue!r} is configured; configured are {configured_names}", hint=hint)

    def provider(self, name: str) -> Provider:
        """A working provider by its own name.

        Raises:
            ProviderMissing: nothing by that name is installed, or the settings switch it off.
            ProviderBroken: it is installed and does not load.
        """
        if name in self.providers:
            return self.providers[name]
        for plugin in self.broken:
            if plugin.name == name:
                raise ProviderBroken(f"provider {plugin}") from plugin.error
        if any(plugin.is_one_of([name]) for plugin in self._plugins.disabled):
            origin = self.config.origins["plugins.disabled"]
            raise ProviderMissing(
                f"provider {name!r} is switched off by {origin}", hint="take it off that list"
            )
        raise _missing(name, self.providers, self.venue_names)

    def settings_of(self, venue: str, overrides: Mapping[str, Any] | None = None) -> ProviderSettings:
        """Read a configured venue's settings without opening it.

        Raises:
            SettingsError: a setting is unknown, missing or wrong.
            PluginError: the venue has no working provider.
        """
        provider = self.provider_of(venue)
        return read_settings(provider, venue, self.config, overrides, beside=self.providers)

    async def venue(self, name: str) -> Venue:
        """Give the opened venue; opened on first use, then always the same one.

        A failed opening leaves nothing behind and may be tried again.

        Raises:
            RequestError: no venue of that name is configured, or the registry is closed.
            PluginError: its provider is missing or broken.
            SettingsError: its settings are not complete.
        """
        self._check_open()
        if (opened := self._opened.get(name)) is not None:
            return opened
        provider = self.provider_of(name)
        async with self._locks.setdefault(name, asyncio.Lock()):
            self._check_open()
            if (opened := self._opened.get(name)) is not None:
                return opened
            self._opened[name] = await self.open(name, provider, self.settings_of(name))
            return self._opened[name]

    async def open(self, name: str, provider: Provider, settings: ProviderSettings) -> Venue:
        """Open a venue that the caller closes; :meth:`venue` is the usual way.

        Raises:
            ProviderBroken: the provider fails with something that is not of the error tree.
        """
        context = self._context(name, settings)
        try:
            venue: Any = await provider.open(context)
        except PmiError as error:
            error.venue = error.venue or name
            raise
        except Exception as error:  # noqa: BLE001 - said in the words of the tree, cause attached
            telling = settings.conceal(str(error)) == str(error)
            raise _failed(name, provider, settings, error) from (error if telling else None)
        if not isinstance(venue, Venue) or venue.name != name:
            said = f"a venue called {venue.name!r}" if isinstance(venue, Venue) else type(venue).__name__
            raise ProviderBroken(
                f"provider {provider.name!r} was asked for venue {name!r} and opened {said}", venue=name
            )
        return venue

    async def reset(self, name: str) -> str:
        """Start a practice account over; gives one sentence on what was forgotten.

        Raises:
            RequestError: no venue of that name is configured, it is open here, or its account is
                not one that can start over.
            SettingsError: its settings are not complete.
        """
        self._check_open()
        provider = self.provider_of(name)
        if provider.reset is None:
            raise RequestError(f"an account at venue {name!r} cannot be started over", venue=name)
        if name in self._opened:
            raise RequestError(f"venue {name!r} is open", venue=name, hint="close it first")
        return await provider.reset(self._context(name, self.settings_of(name)))

    async def aclose(self) -> None:
        """Close every venue, also when one of them fails; may be called twice.

        Raises:
            ExceptionGroup: what the venues raised while they were closed.
        """
        self._closed = True
        for lock in list(self._locks.values()):
            async with lock:
                pass  # an opening that was under way is finished, and closed below
        failures: list[BaseException] = []
        while self._opened:
            name, venue = self._opened.popitem()
            try:
                await venue.aclose()
            except BaseException as error:  # noqa: BLE001 - the others are closed first
                error.add_note(f"while venue {name!r} was closed")
                failures.append(error)
        if len(failures) == 1:
            raise failures[0]
        if failures:
            raise BaseExceptionGroup("several venues failed to close", failures)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self.aclose()
        except Exception as failure:
            if error is None:
                raise
            _log.warning("closing failed after %s", type(error).__name__, exc_info=failure)

    def _context(self, name: str, settings: ProviderSettings) -> OpenContext:
        """What a provider is given, the venue's folder made."""
        folder = self.config.data_dir / "venues" / name
        try:
            private_folder(folder)
        except OSError as error:
            raise SettingsError(
                f"the data folder {folder} cannot be made: {error.strerror}",
                hint="name a folder that this user may write to in PMI_HOME",
            ) from None
        return OpenContext(
            name=name,
            settings=settings,
            clock=self._clock,
            data_dir=folder,
            on_call=self._plugins.call_finished,
        )

    def _check_open(self) -> None:
        if self._closed:
            raise RequestError("the registry is closed", hint="load another one")


def open_venue(name: str, **settings: Any) -> AbstractAsyncContextManager[Venue]:
    """Open one venue for the length of an ``async with`` block.

    Args:
        name: a configured venue, or the name of an installed provider.
        settings: the provider's settings, above environment and file.

    Raises:
        ProviderMissing: nothing by that name is configured or installed.
        SettingsError: a setting is unknown, missing or wrong.
    """
    return _opened(name, settings)


@asynccontextmanager
async def _opened(name: str, settings: Mapping[str, Any]) -> AsyncIterator[Venue]:
    registry = Registry.load()
    configured = name in registry.config.venues
    provider = registry.provider_of(name) if configured else registry.provider(name)
    read = read_settings(provider, name, registry.config, settings, beside=registry.providers)
    async with await registry.open(name, provider, read) as venue:
        yield venue


def _with_default_venues(config: Config, providers: Mapping[str, Provider]) -> Config:
    """Configure every provider that needs no setting, or is given all it needs, under its own name."""
    venues = {}
    for name, provider in providers.items():
        fields = provider.settings.model_fields
        needed = [field for field, info in fields.items() if info.is_required()]
        if all(prefix_of(name) + field.upper() in config.environ for field in needed):
            venues[name] = VenueConfig(name, name)
    return replace(config, venues=MappingProxyType(venues))


def _missing(name: str, providers: Mapping[str, Provider], venues: Iterable[str]) -> ProviderMissing:
    installed = ", ".join(sorted(providers)) or "none"
    meant = nearest(name, {*providers, *venues} - {name})
    try:
        advice = f"try `pip install pmi-provider-{venue_name(name)}`"
    except MalformedRef as error:
        advice = error.hint or ""
    return ProviderMissing(
        f"no provider {name!r} is installed; installed are {installed}",
        hint=f"did you mean {meant!r}? Otherwise {advice}" if meant else advice,
    )


def _failed(name: str, provider: Provider, settings: ProviderSettings, error: Exception) -> ProviderBroken:
    if isinstance(error, ImportError):
        said = f"it needs what is not installed ({error})"
        hint = f"reinstall the distribution of provider {provider.name!r} with what it requires"
    else:
        said, hint = f"{type(error).__name__}: {error}", "report this to its author"
    return ProviderBroken(
        f"provider {provider.name!r} failed to open venue {name!r}: {settings.conceal(said)}",
        venue=name,
        hint=hint,
    )
