"""What an operator chooses about the server; nothing here can be changed by a tool."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator

from pmi_core.settings import SettingsModel, read_section

if TYPE_CHECKING:
    from pmi_core.settings import Config

__all__ = ["ALL_TOOLSETS", "LogLevel", "ServerSettings", "Toolset", "read_server_settings"]


class Toolset(StrEnum):
    """Tools that are chosen together."""

    CORE = "core"
    """Find markets, read prices and costs, see the account, place and cancel orders."""
    BROWSE = "browse"
    """Events, series, milestones, collections, whether venues work."""
    TRADING = "trading"
    """What the account has and did in detail; orders that are changed or sent in batches."""
    GROUPS = "groups"
    """Order groups of the account."""
    RFQ = "rfq"
    """Requests for quotes, what was quoted, and the markets of combinations."""
    LIVE = "live"
    """Markets and the account while they change."""


ALL_TOOLSETS = "all"
"""The word for every set of tools."""


class LogLevel(StrEnum):
    """From which severity on the server writes to standard error."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ServerSettings(SettingsModel):
    """The section ``[mcp]`` of the configuration file."""

    toolsets: frozenset[Toolset] = frozenset({Toolset.CORE})
    """Which tools are offered; ``all`` for every one."""
    read_only: bool = False
    """Offer no tool that changes anything, whatever the mode and the sets of tools are."""
    venues: tuple[str, ...] = ()
    """Venues that tools may ask; all configured ones when empty."""
    log_level: LogLevel = LogLevel.WARNING
    """From which severity on the server writes to standard error."""
    answer_bytes: int = Field(default=24_000, ge=2_000, le=60_000)
    """About the largest answer of a tool, as JSON."""
    venue_seconds: float = Field(default=30.0, gt=0, le=600)
    """How long one venue may take for one answer."""
    scan_rows: int = Field(default=2_000, ge=100, le=100_000)
    """Rows of a listing that a search looks at where a venue has no search of its own."""
    cache_seconds: int = Field(default=300, ge=1, le=86_400)
    """How long a client may keep the list of tools."""

    live_subscriptions: int = Field(default=8, ge=1, le=100)
    """Live subscriptions that one client may have at a time."""
    live_markets: int = Field(default=100, ge=1, le=2_000)
    """Markets that one client may follow at a time, all its subscriptions together."""
    live_total: int = Field(default=200, ge=1, le=10_000)
    """Live subscriptions of all clients together, and resources that are watched."""
    live_events: int = Field(default=500, ge=10, le=10_000)
    """Events kept for a client that does not read; the oldest go first, and are counted."""
    live_minutes: int = Field(default=10, ge=1, le=1_440)
    """Over HTTP, a subscription ends that is not read for so many minutes."""

    @field_validator("toolsets", mode="before")
    @classmethod
    def _reads_words(cls, value: Any) -> Any:
        """Take ``core,trading`` as a list does, and ``all`` for every set."""
        words = value.split(",") if isinstance(value, str) else value
        if not isinstance(words, list | tuple | set | frozenset):
            return value
        named = {str(word).strip() for word in words} - {""}
        if unknown := sorted(named - {*Toolset, ALL_TOOLSETS}):
            known = ", ".join([*Toolset, ALL_TOOLSETS])
            raise ValueError(f"there is no set of tools {unknown[0][:40]!r}; there are {known}")
        return frozenset(Toolset) if ALL_TOOLSETS in named else frozenset(named)

    @field_validator("toolsets")
    @classmethod
    def _offers_something(cls, value: frozenset[Toolset]) -> frozenset[Toolset]:
        if not value:
            raise ValueError(f"name at least one of {', '.join(Toolset)}, or {ALL_TOOLSETS}")
        return value


def read_server_settings(config: Config, arguments: Mapping[str, Any] | None = None) -> ServerSettings:
    """Read ``[mcp]``, ``PMI_MCP_...`` above it, arguments above both.

    Raises:
        SettingsError: a key is unknown or a value is wrong.
    """
    given = {name: value for name, value in (arguments or {}).items() if value not in (None, (), [])}
    return read_section("mcp", ServerSettings, config, given)
