"""The contract from the command line, and what becomes of gaps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SUITE = """
import dataclasses
import pytest
from healthy.provider import healthy_provider
from pmi_core.testing.conformance.declaration import DeclarationRules
from pmi_core.testing.conformance.status import StatusRules
from planted import twist, but

def turn(bench):
    twist(bench, "status", "get_status", lambda one: but(one, as_of=bench.world.start.replace(day=1)))

class TestGaps(DeclarationRules, StatusRules):
    @pytest.fixture
    def provider(self):
        return dataclasses.replace(healthy_provider(turn), gaps={gaps!r})
"""


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A pytest session within this one, in an empty folder; gives its exit code and output."""
    monkeypatch.chdir(tmp_path)
    # Temporary folders may lie inside a checkout, whose settings are not meant here.
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")

    def session(*arguments: str) -> tuple[int, str]:
        common = ["-p", "no:cacheprovider", "-rA", "--tb=line", "--import-mode=importlib", "--rootdir=."]
        code = pytest.main([*common, *arguments])
        told = capsys.readouterr()
        return int(code), told.out + told.err

    return session


@pytest.fixture
def with_gaps(run: Run, tmp_path: Path) -> Run:
    """A run on a provider whose status rule fails and whose gaps are given."""

    def session(gaps: dict[str, str]) -> tuple[int, str]:
        suite = f"test_{abs(hash(tmp_path))}.py"  # a name of its own: modules stay imported
        (tmp_path / suite).write_text(SUITE.format(gaps=gaps))
        return run(suite)

    return session


def test_a_named_gap_is_expected_to_fail(with_gaps: Run) -> None:
    code, told = with_gaps({"status.time_is_now": "venue: its clock stands still"})
    assert code == 0, told
    assert "1 xfailed" in told
    assert "venue: its clock stands still" in told


def test_a_gap_that_was_closed_fails(with_gaps: Run) -> None:
    gaps = {
        "status.time_is_now": "venue: its clock stands still",
        "status.answers": "not_yet: somebody must write it",
    }
    code, told = with_gaps(gaps)
    assert code == 1
    assert "::TestGaps::test_status_answers" in told.partition("FAILED")[2]
    assert "1 failed" in told


@pytest.mark.parametrize(
    "gaps, complaint",
    [
        ({"status.no_such_rule": "never: it is not there"}, "names no rule"),
        ({"status.time_is_now": "because we do not care"}, "begins with one of"),
        ({"status.time_is_now": "never: no"}, "gives no reason"),
    ],
)
def test_a_gap_needs_a_rule_a_word_and_a_reason(with_gaps: Run, gaps: dict[str, str], complaint: str) -> None:
    code, told = with_gaps(gaps)
    assert code == 1
    assert complaint in told


NO_RECORDINGS = """
import pytest
from healthy.wired import wired_provider
from pmi_core.testing.conformance import ProviderContract

class TestSilence(ProviderContract):
    @pytest.fixture
    def provider(self):
        return wired_provider()
"""


def test_without_recordings_rules_are_skipped_and_reading_fails(run: Run, tmp_path: Path) -> None:
    suite = f"test_{abs(hash(tmp_path))}.py"
    (tmp_path / suite).write_text(NO_RECORDINGS)
    code, told = run(suite, "-k", "markets_answers or markets_limit_is_respected or books_are_snapshots")
    assert code == 1
    assert "1 failed, 2 skipped" in told
    assert "nothing recorded answers GET /v1/markets?limit=1; there are no recordings at all" in told


HANGING = """
import asyncio
import pytest
from healthy.provider import healthy_provider
from planted import alter
from pmi_core.testing.conformance.status import StatusRules

def hang(bench):
    async def get_status():
        await asyncio.Event().wait()
    alter(bench, "status", get_status=get_status)

class TestHanging(StatusRules):
    seconds = 0.2

    @pytest.fixture
    def provider(self):
        return healthy_provider(hang)
"""


def test_a_rule_that_hangs_is_broken_in_time(run: Run, tmp_path: Path) -> None:
    suite = f"test_{abs(hash(tmp_path))}.py"
    (tmp_path / suite).write_text(HANGING)
    code, told = run(suite, "-k", "status_answers")
    assert code == 1
    assert "TimeoutError" in told


def test_a_run_without_a_provider_fails(run: Run) -> None:
    code, told = run("--pyargs", "pmi_core.testing.conformance", "-k", "status_answers")
    assert code == 1
    assert "no provider is named" in told


def test_an_unknown_provider_is_named_with_the_known_ones(run: Run) -> None:
    asked = ("--pyargs", "pmi_core.testing.conformance", "--pmi-provider", "nobody", "-k", "status_answers")
    code, told = run(*asked)
    assert code == 1
    assert "no installed provider is named 'nobody'; installed:" in told


@pytest.mark.parametrize(
    "options, complaint",
    [
        (("--pmi-setting", "novalue"), "KEY=VALUE"),
        (("--pmi-live", "--pmi-recordings", "x"), "leave out"),
    ],
)
def test_senseless_options_are_refused(run: Run, options: tuple[str, ...], complaint: str) -> None:
    code, told = run(*options)
    assert code == 4
    assert complaint in told


def test_the_plugin_is_light() -> None:
    program = (
        "import sys, pytest; before = set(sys.modules); import pmi_core.testing.plugin;"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before}))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) == {"pmi_core"}
