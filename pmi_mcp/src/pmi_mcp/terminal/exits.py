"""What the exit status of ``pmi`` means."""

from __future__ import annotations

from enum import IntEnum

from pmi_core.errors import (
    AccessError,
    BusyError,
    NotFound,
    OrderRefused,
    PluginError,
    PmiError,
    RequestError,
    SettingsError,
    UncertainError,
    VenueError,
)

__all__ = ["Exit", "exit_for"]


class Exit(IntEnum):
    """The exit statuses; scripts may rely on them."""

    OK = 0
    NO = 1
    """The answer is no: nothing found, something broken."""
    USAGE = 2
    SETTINGS = 3
    REFUSED = 4
    """By a policy, a person, a key or the venue."""
    UNREACHABLE = 5
    """Busy, unreachable or failing; try again later."""
    UNCERTAIN = 6
    """An order may or may not exist."""
    WAITING = 7
    """Nothing was sent yet: a person has to approve it."""
    INTERRUPTED = 130


_BY_ERROR: tuple[tuple[type[PmiError], Exit], ...] = (
    (SettingsError, Exit.SETTINGS),
    (PluginError, Exit.SETTINGS),
    (NotFound, Exit.NO),
    (OrderRefused, Exit.REFUSED),
    (RequestError, Exit.USAGE),
    (AccessError, Exit.REFUSED),
    (BusyError, Exit.UNREACHABLE),
    (VenueError, Exit.UNREACHABLE),
    (UncertainError, Exit.UNCERTAIN),
)


def exit_for(error: PmiError) -> Exit:
    """The exit status that tells a script what kind of failure this was."""
    return next((status for kind, status in _BY_ERROR if isinstance(error, kind)), Exit.NO)
