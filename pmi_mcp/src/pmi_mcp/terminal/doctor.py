"""``pmi doctor``: what is installed, configured, broken and reachable."""

from __future__ import annotations

import asyncio
import platform
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.options import Json
from pmi_mcp.terminal.session import run
from pmi_mcp.terminal.venues import NO_VENUE

if TYPE_CHECKING:
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["doctor"]

_OPENING_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checkup:
    """What became of trying one venue."""

    venue: str
    provider: str
    chosen: bool
    """Whether a setting of it is written anywhere; otherwise it is there because it needs none."""
    state: str
    """``ready``, ``closed`` (answers, does not trade), ``unreachable`` or ``broken``."""
    environment: str | None = None
    milliseconds: int | None = None
    detail: str | None = None
    hint: str | None = None


def doctor(
    context: typer.Context,
    as_json: Json = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Look at the installation only; open no venue.")
    ] = False,
) -> None:
    """Check the installation; the exit status is 0 only if nothing that was set up fails.

    It is 1 where something is broken or no venue is there, and 5 where a venue that was set up, or
    every venue, cannot be reached.  A venue that needs no settings and was given none, where another
    one answers, is only warned about: a machine may be offline.
    """

    async def work(registry: Registry, screen: Screen) -> Exit:
        checkups: list[_Checkup] = []
        if not offline:
            with screen.working("opening the configured venues"):
                checkups = list(
                    await asyncio.gather(*(_check(registry, name) for name in registry.venue_names))
                )
        report = {**_installation(registry), "venues": [asdict(checkup) for checkup in checkups]}
        status = _verdict(registry, checkups)
        if screen.as_json:
            screen.document("doctor", ok=status is Exit.OK, **report)
        else:
            _show(screen, registry, report, checkups, status)
        return status

    run(context, work, as_json=as_json)


async def _check(registry: Registry, name: str) -> _Checkup:
    from pmi_core.clock import SystemClock
    from pmi_core.errors import BusyError, PmiError, VenueError

    clock = SystemClock()
    known: dict[str, Any] = {"venue": name, "provider": "", "chosen": _was_chosen(registry, name)}
    started = clock.monotonic()
    try:
        known["provider"] = registry.provider_of(name).name
        async with asyncio.timeout(_OPENING_TIMEOUT):
            venue = await registry.venue(name)
            known["environment"] = venue.info.environment
            status = await venue.status.get_status() if venue.status is not None else None
    except PmiError as error:
        away = isinstance(error, VenueError | BusyError)
        state = "unreachable" if away else "broken"
        return _Checkup(**known, state=state, detail=error.message, hint=error.hint)
    except TimeoutError:
        detail = f"no answer within {_OPENING_TIMEOUT:.0f} seconds"
        return _Checkup(**known, state="unreachable", detail=detail)
    trades = status is None or status.trading_active
    return _Checkup(
        **known,
        state="ready" if trades else "closed",
        milliseconds=round((clock.monotonic() - started) * 1000),
        detail=None if status is None else status.message,
    )


def _was_chosen(registry: Registry, name: str) -> bool:
    """Whether the file names the venue, or any of its settings comes from somewhere."""
    from pmi_core.errors import PmiError
    from pmi_core.settings import OriginKind

    if name in registry.config.file.tables.get("venues", {}):
        return True
    try:
        origins = registry.settings_of(name).origins
    except PmiError:
        return False  # told where the venue is opened
    return any(origin.kind is not OriginKind.DEFAULT for origin in origins.values())


def _installation(registry: Registry) -> dict[str, Any]:
    from importlib.metadata import version

    config = registry.config
    return {
        "pmi": version("pmi-core"),
        "front_end": version("pmi-mcp"),
        "python": platform.python_version(),
        "config_file": str(config.file.path),
        "config_found": config.file.path.exists(),
        "data_dir": str(config.data_dir),
        "mode": str(config.mode),
        "plugins": [
            {"name": plugin.name, "distribution": plugin.distribution, "version": plugin.version}
            for plugin in registry.plugins
        ],
        "broken": [
            {
                "name": plugin.name,
                "distribution": plugin.distribution,
                "version": plugin.version,
                "stage": str(plugin.stage),
                "reason": plugin.reason,
            }
            for plugin in registry.broken
        ],
        "disabled": list(registry.disabled),
        "settings": _settings(registry),
    }


def _settings(registry: Registry) -> list[dict[str, str]]:
    """Every value and where it came from; secrets only as set or not."""
    from pmi_core.errors import PmiError

    rows = [
        {"setting": name, "value": _value(registry, name), "origin": str(origin)}
        for name, origin in registry.config.origins.items()
    ]
    for venue in registry.venue_names:
        try:
            found = registry.settings_of(venue).report()
        except PmiError:
            continue  # told where the venue is opened
        rows += [
            {
                "setting": f"venues.{venue}.{setting.name}",
                "value": setting.value,
                "origin": str(setting.origin),
            }
            for setting in found
        ]
    return rows


def _value(registry: Registry, name: str) -> str:
    found: Any = registry.config
    for part in name.split("."):
        found = getattr(found, part)
    return _told(found)


def _told(value: Any) -> str:
    from pydantic import BaseModel

    if isinstance(value, BaseModel):
        return "; ".join(f"{name}: {_told(part)}" for name, part in value)
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return "not set" if value is None else str(value)


def _missing_caps(registry: Registry) -> str:
    """What real money waits for, where the mode lets it be ordered with."""
    from pmi_core.settings import Mode

    policy = registry.config.policy
    missing = [name for name in ("max_order", "max_day") if getattr(policy, name) is None]
    if registry.config.mode is not Mode.LIVE or not missing:
        return ""
    return f"no order with real money passes: write {' and '.join(missing)} under [policy]"


def _verdict(registry: Registry, checkups: list[_Checkup]) -> Exit:
    if not registry.venue_names or registry.broken or any(checkup.state == "broken" for checkup in checkups):
        return Exit.NO
    away = _away(checkups)
    if away and (len(away) == len(checkups) or any(checkup.chosen for checkup in away)):
        return Exit.UNREACHABLE
    return Exit.OK


def _away(checkups: list[_Checkup]) -> list[_Checkup]:
    return [checkup for checkup in checkups if checkup.state == "unreachable"]


def _conclusion(checkups: list[_Checkup], status: Exit) -> str:
    if status is not Exit.OK:
        return "something needs attention; see above"
    if away := _away(checkups):
        names = ", ".join(checkup.venue for checkup in away)
        return f"ready, but not for {names}: never set up and out of reach now, so this is only a warning"
    return "all is well"


def _show(
    screen: Screen,
    registry: Registry,
    report: dict[str, Any],
    checkups: list[_Checkup],
    status: Exit,
) -> None:
    found = "" if report["config_found"] else " (not there; defaults apply)"
    screen.say(f"pmi-core {report['pmi']}, pmi-mcp {report['front_end']}, Python {report['python']}")
    screen.say(f"configuration  {report['config_file']}{found}")
    screen.say(f"data           {report['data_dir']}")
    screen.say(f"mode           {report['mode']}")
    if waiting := _missing_caps(registry):
        screen.warn(waiting)
    screen.say()
    screen.table(
        ["plugin", "distribution", "state"],
        [
            *([plugin.name, f"{plugin.distribution} {plugin.version}", "ok"] for plugin in registry.plugins),
            *(
                [
                    plugin.name,
                    f"{plugin.distribution} {plugin.version}",
                    f"broken at {plugin.stage}: {plugin.reason}",
                ]
                for plugin in registry.broken
            ),
            *([name, "", "disabled"] for name in registry.disabled),
        ],
        sentences=frozenset({"state"}),
    )
    screen.say()
    screen.table(
        ["setting", "value", "from"],
        [[row["setting"], row["value"], row["origin"]] for row in report["settings"]],
    )
    if checkups:
        screen.say()
        screen.table(
            ["venue", "provider", "environment", "state", "ms", "detail"],
            [
                [
                    checkup.venue,
                    checkup.provider,
                    checkup.environment,
                    checkup.state,
                    checkup.milliseconds,
                    "; ".join(part for part in (checkup.detail, checkup.hint) if part),
                ]
                for checkup in checkups
            ],
            numeric=frozenset({"ms"}),
            sentences=frozenset({"detail"}),
        )
    screen.say()
    if not registry.venue_names:
        screen.say(NO_VENUE)
    for checkup in _away(checkups):
        screen.warn(f"{checkup.venue} cannot be reached: {checkup.detail}")
    screen.say(_conclusion(checkups, status))
