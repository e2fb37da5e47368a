"""Which plugins are installed: read from the distributions' metadata, importing nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import EntryPoint, entry_points

__all__ = ["GROUP", "BrokenPlugin", "InstalledPlugin", "Stage", "find_duplicates", "installed_plugins"]

GROUP = "pmi.providers"
"""The entry-point group; the entry's name is the provider's name."""


class Stage(StrEnum):
    """At which step a plugin turned out to be broken."""

    IMPORT = "import"
    REGISTER = "register"
    """A hook is misspelt, not marked, or asks for arguments that it does not get."""
    DESCRIBE = "describe"
    """``pmi_provider()`` failed or gave something else than a fitting Provider."""
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class InstalledPlugin:
    """A plugin that some distribution announces; it may or may not load."""

    name: str
    distribution: str
    version: str
    entry: EntryPoint

    def is_one_of(self, names: Collection[str]) -> bool:
        """Whether the plugin or its distribution is named."""
        return self.name in names or self.distribution in names


@dataclass(frozen=True, slots=True)
class BrokenPlugin:
    """A plugin that is installed and cannot be used."""

    name: str
    distribution: str
    version: str
    stage: Stage
    reason: str
    error: BaseException | None = None

    def __str__(self) -> str:
        return (
            f"{self.name} ({self.distribution} {self.version}) is broken at stage "
            f"{self.stage.value}: {self.reason}"
        )


def installed_plugins() -> tuple[InstalledPlugin, ...]:
    """List what the installed distributions announce, by name."""
    found = [
        InstalledPlugin(
            name=entry.name,
            distribution=entry.dist.name if entry.dist is not None else "unknown distribution",
            version=entry.dist.version if entry.dist is not None else "unknown version",
            entry=entry,
        )
        for entry in entry_points(group=GROUP)
    ]
    return tuple(sorted(found, key=lambda plugin: (plugin.name, plugin.distribution)))


def find_duplicates(plugins: Iterable[InstalledPlugin]) -> tuple[BrokenPlugin, ...]:
    """Every plugin whose name another distribution uses too: nobody can tell which is meant."""
    by_name: defaultdict[str, list[InstalledPlugin]] = defaultdict(list)
    for plugin in plugins:
        by_name[plugin.name].append(plugin)
    return tuple(
        BrokenPlugin(
            name=name,
            distribution=plugin.distribution,
            version=plugin.version,
            stage=Stage.DUPLICATE,
            reason=(
                f"{len(same)} plugins are called {name!r}: "
                f"{', '.join(f'{one.distribution} {one.version}' for one in same)}; uninstall all but "
                "one, or name the distribution to leave out in [plugins] disabled"
            ),
        )
        for name, same in by_name.items()
        if len(same) > 1
        for plugin in same
    )
