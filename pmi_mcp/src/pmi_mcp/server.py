"""The MCP server: ``pmi-mcp`` on standard input and output."""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pmi_mcp._version import __version__

if TYPE_CHECKING:
    from fastmcp import FastMCP
    from mcp.server.request_state import RequestStateSecurity

    from pmi_core.clock import Clock
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.live.service import Live
    from pmi_mcp.settings import ServerSettings
    from pmi_mcp.tools import ToolSpec
    from pmi_mcp.trading import Trading

__all__ = ["build", "main"]


def build(
    registry: Registry, settings: ServerSettings | None = None, clock: Clock | None = None
) -> FastMCP[Any]:
    """Make the server over a registry, which it closes in the end.

    A tool is there only where its toolset is chosen and a venue can serve it, and one that writes only
    where the mode lets such a venue be written to; venues are opened when they are first asked, and one that
    cannot be opened makes its answers errors and stops nothing.

    Raises:
        RequestError: the settings name a venue that is not configured.
    """
    from fastmcp import FastMCP
    from mcp_types import Icon

    from pmi_mcp.identity import ICON, NAME, give_title, instructions, website
    from pmi_mcp.noticing import Notice
    from pmi_mcp.prompts import offer_prompts
    from pmi_mcp.registering import register
    from pmi_mcp.settings import ServerSettings
    from pmi_mcp.tools import ALL
    from pmi_mcp.trading import Trading
    from pmi_mcp.venues import Venues

    settings = settings or ServerSettings()
    venues = Venues(
        registry,
        only=settings.venues,
        patience=settings.venue_seconds,
        scan_rows=settings.scan_rows,
        clock=clock,
    )

    @contextlib.asynccontextmanager
    async def lifespan(server: FastMCP[Any]) -> AsyncIterator[dict[str, Any]]:
        del server
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(registry)
            await stack.enter_async_context(trading.serving())
            if live is not None:
                await stack.enter_async_context(live.serving())
            yield {}

    def is_possible(spec: ToolSpec) -> bool:
        if spec.writes is not None:
            return bool(trading.able(*spec.needs))
        return not spec.needs or bool(venues.able(*spec.needs))

    trading = Trading(venues, read_only=settings.read_only)
    possible = [spec for spec in ALL if is_possible(spec)]
    chosen = {spec.writes for spec in possible if spec.toolset in settings.toolsets} - {None}
    offered = [spec for spec in possible if spec.toolset in settings.toolsets or spec.follows in chosen]
    writes = any(spec.writes is not None for spec in offered)
    server: FastMCP[Any] = FastMCP(
        name=NAME,
        instructions=instructions(registry.config.mode, writes=writes),
        version=__version__,
        website_url=website(),
        icons=[Icon(src=ICON, mime_type="image/svg+xml", sizes=["any"])],
        lifespan=lifespan,
        mask_error_details=True,
        strict_input_validation=True,
        cache_ttl=settings.cache_seconds,
        cache_scope="private",
        on_duplicate="error",
        request_state_security=_security(registry, trading) if writes else None,
    )
    give_title(server)
    if writes:
        server.add_middleware(Notice(trading))
    live: Live | None = None
    if any(spec.listens for spec in offered):
        from pmi_mcp.live.service import Live as Service

        live = Service(venues, settings)
    for spec in offered:
        register(server, spec, venues, settings, trading, live.subscriptions if live else None)
    if live is not None:
        live.offer(server)
    offer_prompts(server, frozenset(spec.name for spec in offered))
    return server


def _security(registry: Registry, trading: Trading) -> RequestStateSecurity:
    """How questions to a person are sealed: with a key that outlives this process, as long as they wait."""
    from mcp.server.request_state import RequestStateSecurity

    return RequestStateSecurity(keys=[trading.seal.key], ttl=float(registry.config.policy.approval_seconds))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the server until its input ends; the exit status says what was wrong with the start."""
    chosen = _parser().parse_args(arguments)
    # Whatever a plugin prints, at any time, must not get into the protocol.
    with contextlib.redirect_stdout(_Aside(sys.stdout)):
        # Importing makes hundreds of thousands of objects that stay; looking for garbage among
        # them again and again is a good part of a start.
        gc.disable()
        server = _prepare(chosen)
        gc.freeze()
        gc.enable()
        if server is None:
            return 3
        with contextlib.suppress(KeyboardInterrupt):
            server.run(transport="stdio", show_banner=False)
    return 0


class _Aside(io.TextIOBase):
    """Standard output for everybody but the protocol, which takes ``buffer``: it goes to standard error."""

    def __init__(self, real: TextIO) -> None:
        self.buffer = real.buffer

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()

    def writable(self) -> bool:
        return True


def _prepare(chosen: argparse.Namespace) -> FastMCP[Any] | None:
    import fastmcp  # noqa: F401 - its logging is replaced below

    from pmi_core.errors import PmiError
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.failures import describe, sentence
    from pmi_mcp.logs import configure_logging
    from pmi_mcp.settings import read_server_settings

    configure_logging(chosen.log_level or "warning")
    try:
        registry = Registry.load(config_path=chosen.config)
        settings = read_server_settings(
            registry.config,
            {
                "toolsets": chosen.toolsets,
                "read_only": chosen.read_only or None,
                "venues": tuple(chosen.venue or ()),
                "log_level": chosen.log_level,
            },
        )
        configure_logging(settings.log_level)
        return build(registry, settings)
    except PmiError as error:
        sys.stderr.write(f"pmi-mcp cannot start. {sentence(describe(error))}\n")
        return None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="pmi-mcp",
        description="Serve prediction markets to assistants, by MCP on standard input and output.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--config", type=Path, metavar="PATH", help="the configuration file, instead of pmi.toml"
    )
    parser.add_argument(
        "--venue", action="append", metavar="NAME", help="serve only this venue; may be repeated"
    )
    parser.add_argument(
        "--toolsets",
        metavar="NAMES",
        help="which tools to offer, by comma: core (the default), browse, trading, groups, rfq, live; or all",
    )
    parser.add_argument(
        "--read-only",
        action="store_true",
        help="offer no tool that changes anything, whatever else is chosen",
    )
    parser.add_argument(
        "--log-level",
        choices=("debug", "info", "warning", "error"),
        help="what is written to standard error; warning by default",
    )
    parser.add_argument("--version", action="version", version=f"pmi-mcp {__version__}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
