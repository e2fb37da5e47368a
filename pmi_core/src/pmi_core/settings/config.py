"""What the configuration file and the environment say, before any provider is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pmi_core.errors import MalformedRef, SettingsError
from pmi_core.identifiers import venue_name
from pmi_core.provider import Provider
from pmi_core.settings.environment import environment, is_set, prefix_of
from pmi_core.settings.file import ConfigFile, data_dir, read_file
from pmi_core.settings.model import ProviderSettings, SettingsModel
from pmi_core.settings.origin import Origin
from pmi_core.settings.policy import Mode, PolicySettings
from pmi_core.settings.reading import Place, nearest, read_model

__all__ = [
    "Config",
    "Mode",
    "PluginSettings",
    "PolicySettings",
    "VenueConfig",
    "load_config",
    "read_section",
    "read_settings",
]

Room = TypeVar("Room", bound=SettingsModel)

_SECTIONS = ("policy", "plugins", "desk", "mcp", "approvals")
"""Headings beside ``[venues.NAME]``; each is read by the room that owns it."""
_RESERVED = frozenset({*_SECTIONS, "config", "home", "mode", "venues"})


class _Top(SettingsModel):
    mode: Mode = Mode.PAPER


class PluginSettings(SettingsModel):
    """Which plugins load."""

    disabled: frozenset[str] = frozenset()
    """Names of plugins or distributions that are not loaded."""
    strict: bool = False
    """Whether a broken plugin is an error instead of a report."""


@dataclass(frozen=True, slots=True)
class VenueConfig:
    """A configured venue, not yet opened."""

    name: str
    provider: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration; a provider's settings are read from it by :func:`read_settings`."""

    file: ConfigFile
    environ: Mapping[str, str] = field(repr=False)
    """The variables that begin with ``PMI_`` and are set."""
    mode: Mode
    policy: PolicySettings
    plugins: PluginSettings
    venues: Mapping[str, VenueConfig]
    """Configured venues by name; empty when the file names none."""
    data_dir: Path
    origins: Mapping[str, Origin]
    """Where ``mode``, ``policy.*`` and ``plugins.*`` came from."""


def load_config(path: Path | None = None, environ: Mapping[str, str] | None = None) -> Config:
    """Read the configuration file and the environment.

    Args:
        path: the file; otherwise ``PMI_CONFIG`` names it, otherwise ``pmi.toml`` in the
            platform's configuration folder is read if it is there.
        environ: the environment to read; the process's own when None.

    Raises:
        SettingsError: the file cannot be read, or says something that is not known.
    """
    variables = environment(environ)
    file = read_file(path, variables)
    venues = _venues(file)
    scalars = {key: value for key, value in file.tables.items() if key not in ("venues", *_SECTIONS)}
    _check_top(file, scalars)
    top = read_model(
        _Top,
        Place(what="pmi", file=file, section="", table=scalars, prefix="PMI_", environ=variables),
    )
    rooms = {
        name: read_model(model, _section_place(name, file, variables, venues))
        for name, model in (("policy", PolicySettings), ("plugins", PluginSettings))
    }
    policy, plugins = rooms["policy"], rooms["plugins"]
    assert isinstance(policy, PolicySettings)
    assert isinstance(plugins, PluginSettings)
    origins = dict(top.origins)
    for name, room in rooms.items():
        origins |= {f"{name}.{key}": origin for key, origin in room.origins.items()}
    return Config(
        file=file,
        environ=MappingProxyType(variables),
        mode=top.mode,
        policy=policy,
        plugins=plugins,
        venues=MappingProxyType(venues),
        data_dir=data_dir(variables),
        origins=MappingProxyType(origins),
    )


def read_section(
    name: str, model: type[Room], config: Config, arguments: Mapping[str, Any] | None = None
) -> Room:
    """Read the settings of a room: ``[NAME]`` in the file, ``PMI_<NAME>_<FIELD>`` above it.

    Raises:
        SettingsError: a key is unknown, or a value is missing or wrong.
    """
    place = _section_place(name, config.file, config.environ, config.venues)
    return read_model(model, place, arguments)


def read_settings(
    provider: Provider,
    venue: str,
    config: Config,
    overrides: Mapping[str, Any] | None = None,
    *,
    beside: Iterable[str] = (),
) -> ProviderSettings:
    """Read the settings with which a provider opens a venue; ``origins`` says where each came from.

    Args:
        provider: whose settings model is read.
        venue: the configured venue's name; another one than the provider's has its own variables.
        config: file and environment.
        overrides: explicit arguments, above everything.
        beside: further names whose variables are not this venue's, such as other providers.

    Raises:
        SettingsError: a key is unknown, a value is missing or wrong, or a file with secrets is
            open to others.
    """
    if not issubclass(provider.settings, ProviderSettings):
        raise SettingsError(
            f"the settings model of provider {provider.name!r} is not a ProviderSettings",
            hint="let it inherit from pmi_core.settings.ProviderSettings",
        )
    prefix = prefix_of(venue)
    table = _table(config.file, "venues").get(venue, {})
    place = Place(
        what=f"venue {venue!r}",
        file=config.file,
        section=f"venues.{venue}",
        table={key: value for key, value in table.items() if key != "provider"},
        prefix=prefix,
        environ=config.environ,
        apart=_longer(prefix, (*config.venues, *beside)),
        takes_arguments=True,
    )
    return read_model(provider.settings, place, overrides)


def _check_top(file: ConfigFile, scalars: Mapping[str, Any]) -> None:
    known = ("venues", *_SECTIONS, *_Top.model_fields)
    for key in scalars:
        if key not in known:
            meant = nearest(key, known)
            hint = f"did you mean {meant}?" if meant else f"known are {', '.join(sorted(known))}"
            raise SettingsError(f"{file.place('', key)}: there is no setting {key!r}", hint=hint)


def _table(file: ConfigFile, name: str) -> Mapping[str, Any]:
    found = file.tables.get(name, {})
    if not isinstance(found, dict):
        raise SettingsError(f"{file.place('', name)}: {name} is a section", hint=f"write a heading [{name}]")
    return found


def _section_place(name: str, file: ConfigFile, variables: Mapping[str, str], venues: Iterable[str]) -> Place:
    prefix = prefix_of(name)
    return Place(
        what=name,
        file=file,
        section=name,
        table=_table(file, name),
        prefix=prefix,
        environ=variables,
        apart=_longer(prefix, venues),
    )


def _longer(prefix: str, names: Iterable[str]) -> tuple[str, ...]:
    """The prefixes of other names that begin with this one: ``PMI_A_`` and ``PMI_A_B_``."""
    others = {prefix_of(name) for name in names}
    return tuple(other for other in others if other != prefix and other.startswith(prefix))


def _venues(file: ConfigFile) -> dict[str, VenueConfig]:
    venues: dict[str, VenueConfig] = {}
    prefixes: dict[str, str] = {}
    for name, table in _table(file, "venues").items():
        where = file.place("venues", name)
        if not isinstance(table, dict):
            raise SettingsError(f"{where}: a venue is a section", hint=f"write a heading [venues.{name}]")
        try:
            venue_name(name)
        except MalformedRef as error:
            raise SettingsError(f"{where}: {error.message}", hint=error.hint) from None
        if name in _RESERVED:
            raise SettingsError(f"{where}: {name!r} has another meaning", hint="choose another name")
        provider = table.get("provider", name)
        if not isinstance(provider, str) or not is_set(provider):
            raise SettingsError(
                f"{file.place(f'venues.{name}', 'provider')}: provider is the name of a plugin",
                hint='write for example provider = "paper"',
            )
        twin = prefixes.setdefault(prefix_of(name), name)
        if twin != name:
            raise SettingsError(
                f"{where}: {name!r} and {twin!r} share the environment variables {prefix_of(name)}...",
                hint="give one of them another name",
            )
        venues[name] = VenueConfig(name, provider)
    return venues
