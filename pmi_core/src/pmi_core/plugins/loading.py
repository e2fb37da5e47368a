"""Import and check each plugin on its own, so that a broken one stops nobody else."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pluggy

from pmi_core.capabilities import Capability
from pmi_core.errors import MalformedRef
from pmi_core.identifiers import venue_name
from pmi_core.models import OrderDraft, Refusal
from pmi_core.plugins import hookspecs
from pmi_core.plugins.discovery import (
    BrokenPlugin,
    InstalledPlugin,
    Stage,
    find_duplicates,
    installed_plugins,
)
from pmi_core.provider import CallRecord, Provider
from pmi_core.settings import ProviderSettings

__all__ = ["HOOKS", "LoadedPlugin", "Plugins", "load_plugins"]

HOOKS = ("pmi_provider", "pmi_review_order", "pmi_call_finished")
_NOT_SETTINGS = frozenset({"name", "provider"})

_log = logging.getLogger(__name__)


class _Unfit(Exception):
    """Why a plugin cannot be used, as a sentence."""


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """A plugin that works."""

    name: str
    distribution: str
    version: str
    hooks: tuple[str, ...]
    """The hooks that it implements."""
    provider: Provider | None
    """None for a plugin that only listens or reviews."""


class Plugins:
    """What became of the installed plugins, and the way to their hooks."""

    def __init__(
        self,
        manager: pluggy.PluginManager,
        loaded: Sequence[LoadedPlugin],
        broken: Sequence[BrokenPlugin],
        disabled: Sequence[InstalledPlugin],
    ) -> None:
        self.loaded = tuple(loaded)
        self.broken = tuple(broken)
        self.disabled = tuple(disabled)
        self.providers: Mapping[str, Provider] = MappingProxyType(
            {plugin.name: plugin.provider for plugin in loaded if plugin.provider is not None}
        )
        self._reviewers = _callers(manager, "pmi_review_order")
        self._listeners = _callers(manager, "pmi_call_finished")

    def review_order(self, draft: OrderDraft) -> Refusal | None:
        """Ask every reviewer until one refuses; the refusal names the plugin.

        A reviewer that fails, or answers with something else than a refusal, refuses: an order is
        not let through because its check broke.
        """
        for name, ask in self._reviewers:
            try:
                reason = ask(draft=draft)
            except Exception as error:  # noqa: BLE001 - whatever a plugin raises, the answer is no
                _log.warning("plugin %s failed to review an order", name, exc_info=error)
                return _unreviewed(name, type(error).__name__)
            if isinstance(reason, Refusal):
                return reason.model_copy(update={"by": name})
            if reason is not None:
                return _unreviewed(name, f"it answered with {type(reason).__name__}")
        return None

    def call_finished(self, record: CallRecord) -> None:
        """Tell every listener; one that raises disturbs neither the call nor the others."""
        for name, tell in self._listeners:
            try:
                tell(record=record)
            except Exception as error:  # noqa: BLE001 - a listener must not disturb what it hears of
                _log.warning("plugin %s failed to hear about a call", name, exc_info=error)


def _unreviewed(plugin: str, why: str) -> Refusal:
    return Refusal(
        reason=f"plugin {plugin!r} could not review the order ({why})",
        by=plugin,
        hint="mend the plugin, or name it in [plugins] disabled",
    )


def load_plugins(
    installed: Sequence[InstalledPlugin] | None = None, disabled: Collection[str] = ()
) -> Plugins:
    """Import, check and register every installed plugin that is not disabled.

    Args:
        installed: the plugins to load; all installed ones when None.
        disabled: names of plugins or of distributions that are left alone.
    """
    everything = installed_plugins() if installed is None else tuple(installed)
    left_out = [plugin for plugin in everything if plugin.is_one_of(disabled)]
    wanted = [plugin for plugin in everything if not plugin.is_one_of(disabled)]
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    broken = list(find_duplicates(wanted))
    ambiguous = {plugin.name for plugin in broken}
    loaded: list[LoadedPlugin] = []
    for plugin in wanted:
        if plugin.name in ambiguous:
            continue
        result = _load(manager, plugin)
        if isinstance(result, BrokenPlugin):
            broken.append(result)
        else:
            loaded.append(result)
    for found in broken:
        _log.warning("plugin %s", found)
    return Plugins(manager, loaded, broken, left_out)


def _load(manager: pluggy.PluginManager, plugin: InstalledPlugin) -> LoadedPlugin | BrokenPlugin:
    stage = Stage.IMPORT
    try:
        module = plugin.entry.load()
        stage = Stage.REGISTER
        hooks = _register(manager, plugin.name, module)
        stage = Stage.DESCRIBE
        provider = _describe(manager, plugin.name, module) if "pmi_provider" in hooks else None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - this is where a plugin's failure ends
        if manager.get_plugin(plugin.name) is not None:
            manager.unregister(name=plugin.name)
        return BrokenPlugin(
            plugin.name, plugin.distribution, plugin.version, stage, _reason(error, plugin), error
        )
    return LoadedPlugin(plugin.name, plugin.distribution, plugin.version, hooks, provider)


def _register(manager: pluggy.PluginManager, name: str, module: Any) -> tuple[str, ...]:
    manager.register(module, name=name)
    manager.check_pending()
    implemented = tuple(
        hook
        for hook in HOOKS
        if any(found.plugin is module for found in getattr(manager.hook, hook).get_hookimpls())
    )
    for hook in HOOKS:
        if hook not in implemented and hasattr(module, hook):
            raise _Unfit(f"{hook} is not marked as a hook; put @pmi_core.hookimpl above it")
    if not implemented:
        raise _Unfit(f"it implements no hook; hooks are {', '.join(HOOKS)}")
    return implemented


def _describe(manager: pluggy.PluginManager, name: str, module: Any) -> Provider:
    ask = _only(manager, "pmi_provider", module)
    answers = ask()
    provider = answers[0] if answers else None
    if not isinstance(provider, Provider):
        raise _Unfit(f"pmi_provider() must return a pmi_core.Provider, not {type(provider).__name__}")
    if provider.name != name:
        raise _Unfit(
            f"the provider calls itself {provider.name!r} and its entry point {name!r}; they must be equal"
        )
    try:
        venue_name(name)
    except MalformedRef as error:
        raise _Unfit(str(error)) from None
    _check_settings(provider)
    declared: set[Any] = {*provider.capabilities, *provider.keyed}
    if unknown := [str(slot) for slot in declared if not isinstance(slot, Capability)]:
        raise _Unfit(f"{', '.join(sorted(unknown))} is not a pmi_core.Capability")
    if extra := sorted(provider.keyed - provider.capabilities):
        raise _Unfit(f"keyed names what capabilities does not: {', '.join(extra)}")
    if not callable(provider.open):
        raise _Unfit("open must be an async function that takes an OpenContext")
    return provider


def _check_settings(provider: Provider) -> None:
    model: Any = provider.settings
    if not isinstance(model, type) or not issubclass(model, ProviderSettings):
        raise _Unfit("settings must be a subclass of pmi_core.settings.ProviderSettings")
    if reserved := sorted(_NOT_SETTINGS & set(model.model_fields)):
        raise _Unfit(f"a setting cannot be called {' or '.join(reserved)}: that says which venue is meant")


def _reason(error: BaseException, plugin: InstalledPlugin) -> str:
    if isinstance(error, _Unfit):
        return str(error)
    if isinstance(error, SyntaxError):
        return f"{error.msg} in {error.filename}, line {error.lineno}"
    if isinstance(error, ModuleNotFoundError):
        return f"{error.msg}; reinstall {plugin.distribution} with what it requires"
    if isinstance(error, SystemExit):
        return "it tried to end the program"
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _only(manager: pluggy.PluginManager, hook: str, module: Any) -> pluggy.HookCaller:
    others = [plugin for plugin in manager.get_plugins() if plugin is not module]
    return manager.subset_hook_caller(hook, remove_plugins=others)


def _callers(manager: pluggy.PluginManager, hook: str) -> list[tuple[str, pluggy.HookCaller]]:
    """One caller for each plugin that implements the hook, in the order pluggy would call them."""
    found = reversed(getattr(manager.hook, hook).get_hookimpls())
    return [(one.plugin_name, _only(manager, hook, one.plugin)) for one in found]
