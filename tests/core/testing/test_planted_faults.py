"""Every planted fault is noticed by the rule that it breaks, and by the healthy venue's own silence."""

from __future__ import annotations

from pathlib import Path

import planted.kinds
import planted.reading
import planted.rest
import planted.streams
import planted.trading  # noqa: F401 - registers its faults
import pytest
from healthy.judge import KEPT, SKIPPED, judge
from healthy.provider import healthy_provider
from healthy.wired import RECORDINGS, WireFaults, wired_provider
from planted import FAULTS

from pmi_core.testing.recordings import Recordings

pytestmark = pytest.mark.anyio

WIRE_FAULTS = {
    "failure_is_empty": "failures.nonsense_is_a_venue_error",
    "secret_in_message": "failures.keep_secrets",
    "lost_is_certain": "failures.lost_orders_are_uncertain",
    "write_is_retried": "failures.orders_are_sent_once",
    "rejection_is_pending": "failures.lost_orders_are_uncertain",
    "bare_exception": "failures.silence_is_unreachable",
    "unplaced": "failures.are_placed",
}


@pytest.mark.parametrize("fault", sorted(FAULTS))
async def test_a_fault_is_caught_by_its_rule(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "pmi_core.testing.conformance.listening.SOON", 0.5
    )  # nothing is awaited for long here
    rule, kind, sabotage = FAULTS[fault]
    assert await judge(rule, healthy_provider(kind), Recordings(), tmp_path) == KEPT
    verdict = await judge(rule, healthy_provider(sabotage), Recordings(), tmp_path)
    assert verdict not in (KEPT, SKIPPED), f"{rule} did not notice {fault}: {verdict}"


@pytest.mark.parametrize("fault", sorted(WIRE_FAULTS))
async def test_a_fault_of_the_wire_is_caught_by_its_rule(fault: str, tmp_path: Path) -> None:
    rule = WIRE_FAULTS[fault]
    assert await judge(rule, wired_provider(), RECORDINGS, tmp_path) == KEPT
    verdict = await judge(rule, wired_provider(WireFaults(**{fault: True})), RECORDINGS, tmp_path)
    assert verdict not in (KEPT, SKIPPED), f"{rule} did not notice {fault}: {verdict}"


def test_there_are_enough_faults() -> None:
    assert len(FAULTS) + len(WIRE_FAULTS) >= 60
