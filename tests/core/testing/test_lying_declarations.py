"""Providers that say of themselves what is not so."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from healthy.judge import KEPT, SKIPPED, judge
from healthy.provider import healthy_provider
from pydantic import BaseModel, ConfigDict

from pmi_core import Capability, Provider
from pmi_core.testing.recordings import Recordings

pytestmark = pytest.mark.anyio


class OpenSettings(BaseModel):
    """Takes any key."""

    model_config = ConfigDict(extra="allow")


class TalkativeSettings(BaseModel):
    """Prints its secret."""

    model_config = ConfigDict(extra="forbid")
    api_secret: str = ""


def changed(**facts: object) -> Provider:
    return dataclasses.replace(healthy_provider(), **facts)


def closed_without_a_word(bench) -> None:
    bench.parts["queue"] = None


LIES = {
    "declaration.slots_are_filled": changed(capabilities=frozenset(Capability) - {Capability.STREAM}),
    "declaration.keyed_is_declared": changed(
        capabilities=frozenset({Capability.MARKETS}), keyed=frozenset({Capability.ORDERS})
    ),
    "declaration.closed_slots_are_explained": dataclasses.replace(
        healthy_provider(closed_without_a_word), keyed=frozenset({Capability.QUEUE})
    ),
    "declaration.settings_refuse_unknown_keys": changed(settings=OpenSettings),
    "declaration.secrets_are_hidden": changed(settings=TalkativeSettings),
    "declaration.info_agrees": changed(name="another"),
}


@pytest.mark.parametrize("rule", sorted(LIES))
async def test_a_lie_is_caught(rule: str, tmp_path: Path) -> None:
    assert await judge(rule, healthy_provider(), Recordings(), tmp_path) in (KEPT, SKIPPED)
    assert await judge(rule, LIES[rule], Recordings(), tmp_path) not in (KEPT, SKIPPED)


async def test_a_slot_that_needs_a_key_may_be_empty(tmp_path: Path) -> None:
    keyed = LIES["declaration.closed_slots_are_explained"]
    assert await judge("declaration.slots_are_filled", keyed, Recordings(), tmp_path) == KEPT
