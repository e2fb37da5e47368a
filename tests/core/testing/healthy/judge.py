"""Runs one rule of the contract on one provider, without a pytest session around it."""

from __future__ import annotations

import inspect
import itertools
from pathlib import Path
from typing import Any

import pytest

from pmi_core import OpenContext, Provider
from pmi_core.testing.clock import ManualClock
from pmi_core.testing.conformance import ProviderContract
from pmi_core.testing.recordings import Recordings
from pmi_core.testing.replay import ReplayTransport

KEPT, SKIPPED = "kept", "skipped"


def cases(rule: Any) -> list[dict[str, Any]]:
    """The values of every parametrization of the rule."""
    axes = []
    for mark in getattr(rule, "pytestmark", []):
        if mark.name == "parametrize":
            names, values = mark.args
            axes.append([{names: value} for value in values])
    return [dict(itertools.chain(*(one.items() for one in case))) for case in itertools.product(*axes)]


async def judge(name: str, provider: Provider, recordings: Recordings, folder: Path) -> str:
    """``kept``, ``skipped``, or how the rule was broken; broken in one case is broken."""
    rule = getattr(ProviderContract, "test_" + name.replace(".", "_", 1))
    verdicts = [await _judge(rule, case, provider, recordings, folder) for case in cases(rule)]
    broken = [verdict for verdict in verdicts if verdict not in (KEPT, SKIPPED)]
    if broken:
        return broken[0]
    return KEPT if KEPT in verdicts else SKIPPED


async def _judge(
    rule: Any, case: dict[str, Any], provider: Provider, recordings: Recordings, folder: Path
) -> str:
    clock, wire = ManualClock(), ReplayTransport(recordings.exchanges)
    context = OpenContext(
        name="proof", settings=provider.settings(), clock=clock, data_dir=folder, transport=wire
    )
    async with await provider.open(context) as venue:
        given = {
            "provider": provider,
            "venue": venue,
            "context": context,
            "clock": clock,
            "wire": wire,
            "subjects": recordings.subjects,
            "open_settings": {},
            "may_trade": True,
            "may_stream": True,
            "cut": getattr(venue.stream, "cut", None),
            "ending": None,
            **case,
        }
        wanted = {name: given[name] for name in inspect.signature(rule).parameters if name != "self"}
        try:
            answer = rule(ProviderContract(), **wanted)
            if inspect.isawaitable(answer):
                await clock.run(answer)
        except pytest.skip.Exception:
            return SKIPPED
        except (Exception, pytest.fail.Exception) as broken:  # noqa: BLE001 - every way to break a rule counts
            return f"{type(broken).__name__}: {broken}"
    return KEPT
