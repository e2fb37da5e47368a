"""Live books: this project against bare parts, and against the two clients that programs would use instead.

Run it by name (it installs its peers into a cache folder outside the repository)::

    python tests/bench/streams.py [--rounds 5] [--count 50000]

A fake venue in its own process sends numbered messages over a real socket; each reader has its own
process, all under one interpreter, interleaved; medians are compared, and in process the fastest
rounds.  The exit status says whether the ratios hold.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from listing import system_python

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
KALSHI, POLYMARKET = "kalshi-sdk", "polymarket-apis"
PACKAGES: dict[str, list[str]] = {
    "pmi": ["--no-sources", "--editable", str(ROOT / "pmi_core")],
    KALSHI: ["kalshi-sdk==22.4.0", "orjson"],
    POLYMARKET: ["polymarket-apis==2.3.0"],
}
BESIDE = ("bare", "pmi", KALSHI)
APPLYING = ("pmi-read", "pmi-apply", "pmi-apply-uneven", "pmi-apply-heard", "bare-apply")
STEADY = 5
"""Times as many changes where they are only applied, so that a thousand books are touched for the first
time no more than any other."""
IN_PROCESS = ("pmi-totals", POLYMARKET)


def environment(name: str, version: str) -> Path:
    """Make an environment that holds one client, unless it is there; give its interpreter."""
    named = os.environ.get("PMI_BENCH_CACHE")
    folder = (
        Path(named) if named else Path(tempfile.gettempdir()) / "pmi-bench-streams"
    ) / f"{name}-{version}"
    interpreter = folder / "bin" / "python"
    stamp = folder / "installed.txt"
    wanted = "\n".join(PACKAGES[name])
    if not stamp.exists() or stamp.read_text() != wanted:
        python = system_python(version)
        subprocess.run(["uv", "venv", "--quiet", "--clear", "--python", python, str(folder)], check=True)
        install = ["uv", "pip", "install", "--quiet", "--python", str(interpreter), *PACKAGES[name]]
        subprocess.run(install, check=True, cwd=folder)
        stamp.write_text(wanted)
    return interpreter


def read(interpreter: Path, variant: str, port: int, markets: int, count: int) -> dict[str, float]:
    """One reading in one process."""
    command = [
        str(interpreter),
        str(HERE / "streams_reader.py"),
        variant,
        str(port),
        str(markets),
        str(count),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode or not done.stdout:
        sys.exit(f"{variant} failed:\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    found["each"] = found["seconds"] / found["messages"] * 1e6
    return found


def measured(count: int, rounds: int, python: str) -> dict[str, dict[str, float]]:
    """Medians by variant."""
    interpreters = {name: environment(name, python) for name in PACKAGES}
    runs: dict[str, list[dict[str, float]]] = {}

    def take(variant: str, port: int = 0, markets: int = 1, name: str | None = None) -> None:
        interpreter = interpreters.get(variant, interpreters["pmi"])
        messages = count * STEADY if variant in APPLYING else count
        runs.setdefault(name or variant, []).append(read(interpreter, variant, port, markets, messages))

    command = [sys.executable, str(HERE / "streams_venue.py"), "20", str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as venue:
        assert venue.stdout is not None
        try:
            port = int(venue.stdout.readline())
            for _ in range(rounds):
                for variant in BESIDE:
                    take(variant, port, 20)
                for variant in IN_PROCESS:
                    take(variant)
                for markets in (20, 1000):
                    for variant in APPLYING:
                        take(variant, 0, markets, f"{variant} {markets}")
                take("pmi-waking", port, 20)
        finally:
            venue.terminate()
    return {
        variant: {key: _middle(variant)(run[key] for run in found) for key in found[0]}
        for variant, found in runs.items()
    }


def _middle(variant: str) -> Callable[[Iterable[float]], float]:
    """The median; in process the least, for all clients alike: other work on the machine only lengthens it."""
    return min if variant.startswith((*APPLYING, *IN_PROCESS)) else statistics.median


def verdicts(found: dict[str, dict[str, float]]) -> list[tuple[str, float, str, float, bool]]:
    """What is promised: name, measured, relation, promised, kept."""
    each = {variant: medians["each"] for variant, medians in found.items()}
    facts = [
        ("end to end against kalshi-sdk", each[KALSHI] / each["pmi"], ">=", 3.0),
        ("end to end against bare websockets, msgspec and dict", each["pmi"] / each["bare"], "<=", 1.4),
        ("in process against polymarket-apis", each[POLYMARKET] / each["pmi-totals"], ">=", 12.0),
        ("microseconds to read and apply a change", each["pmi-read 20"], "<=", 1.5),
        ("the same in one of 1,000 books", each["pmi-read 1000"] / each["pmi-read 20"], "<=", 1.15),
        ("ms to wake a consumer at 5,000/s, p99", found["pmi-waking"]["p99"] * 1000, "<=", 2.0),
    ]
    return [
        (name, value, relation, bound, value >= bound if relation == ">=" else value <= bound)
        for name, value, relation, bound in facts
    ]


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--python", default="3.13", help="the interpreter of every client")
    asked = parser.parse_args()
    found = measured(asked.count, asked.rounds, asked.python)
    for variant, medians in found.items():
        print(f"{variant:22} {medians['each']:8.2f} us a message")
    for variant in APPLYING:
        ratio = found[f"{variant} 1000"]["each"] / found[f"{variant} 20"]["each"]
        print(f"{variant:22} {ratio:8.2f} times as long with 1,000 books as with 20")
    judged = verdicts(found)
    for name, value, relation, bound, kept in judged:
        print(f"{'kept  ' if kept else 'BROKEN'} {name}: {value:.2f} (promised {relation} {bound})")
    return 0 if all(kept for *_, kept in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
