"""``pmi sandbox``: serve a venue's own protocol on this machine, for trying a bot without an account."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pmi_mcp.terminal.exits import Exit
from pmi_mcp.terminal.session import run

if TYPE_CHECKING:
    from pmi_core.plugins.registry import Registry
    from pmi_mcp.terminal.screen import Screen

__all__ = ["sandbox"]


def sandbox(
    context: typer.Context,
    provider: Annotated[
        str, typer.Argument(metavar="PROVIDER", help="An installed provider with a sandbox.")
    ],
    *,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option("--seed", help="Of prices, ids and chance.")] = 1,
    key: Annotated[
        Path | None, typer.Option("--key", help="A private key to accept; else one is made.")
    ] = None,
    read_lag: Annotated[
        str, typer.Option("--read-lag", metavar="SECONDS", help="How much reads trail what was written.")
    ] = "0",
    fault: Annotated[
        list[str] | None,
        typer.Option(
            "--fault", metavar="NAME=SHARE", help="A misfortune, such as drop-answer=0.1; repeatable."
        ),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="NAME=VALUE", help="What only this sandbox knows; repeatable."),
    ] = None,
) -> None:
    """Serve a venue's protocol on this machine; prints one JSON line when ready and runs until it is stopped."""
    faults = {name: _number(value, "--fault") for name, value in _pairs(fault, "--fault").items()}
    options = _pairs(option, "--option")
    lag = _number(read_lag, "--read-lag")

    async def work(registry: Registry, screen: Screen) -> Exit:
        del screen  # what is printed is for a program
        from pmi_core.errors import RequestError
        from pmi_core.provider import SandboxRequest

        serve = registry.provider(provider).sandbox
        if serve is None:
            raise RequestError(
                f"provider {provider!r} has no sandbox",
                hint="practise with a simulated venue; see `pmi venues`",
            )
        request = SandboxRequest(
            port=port,
            seed=seed,
            private_key_path=key,
            read_lag=lag,
            faults=faults,
            options=options,
            clock=registry.clock,
        )
        stopped = asyncio.Event()
        with _signals(stopped):
            async with serve(request) as announcement:
                sys.stdout.write(json.dumps(dict(announcement)) + "\n")
                sys.stdout.flush()
                await stopped.wait()
        return Exit.OK

    run(context, work)


@contextlib.contextmanager
def _signals(stopped: asyncio.Event) -> Iterator[None]:
    """Set the event where the process is asked to end."""
    loop = asyncio.get_running_loop()
    known = (signal.SIGTERM, signal.SIGINT)
    try:
        for name in known:
            loop.add_signal_handler(name, stopped.set)
    except NotImplementedError:  # this system has no signals: an interrupt ends the program at once
        yield
        return
    try:
        yield
    finally:
        for name in known:
            loop.remove_signal_handler(name)


def _pairs(given: Iterable[str] | None, option: str) -> Mapping[str, str]:
    pairs = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE", param_hint=option)
        pairs[name.strip()] = value.strip()
    return pairs


def _number(text: str, option: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text!r} is no number", param_hint=option) from None
    if not number.is_finite() or number < 0:
        raise typer.BadParameter(f"{text!r} is negative or endless", param_hint=option)
    return number
