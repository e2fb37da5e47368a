"""Listing 50,000 markets: this provider against the two clients that programs would use instead.

Run it by name (it installs its peers into a cache folder outside the repository)::

    python tests/bench/listing.py [--rounds 5] [--pages 50] [--gzip]

A fake venue in its own process serves distinct pages of 1000 markets; each crawl has its own
process, all under one interpreter, interleaved; medians are compared.  The exit status says
whether the ratios hold.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ROWS = 1000
OFFICIAL, COMMUNITY = "kalshi-python-async", "kalshi-sdk"
VARIANTS = ("pmi", "pmi-wire", OFFICIAL, COMMUNITY)
PACKAGES: dict[str, list[str]] = {
    "pmi": [
        "--no-sources",
        "--editable",
        str(ROOT / "pmi_core"),
        "--editable",
        str(ROOT / "providers/kalshi"),
    ],
    OFFICIAL: ["kalshi-python-async==3.34.0"],
    COMMUNITY: ["kalshi-sdk==22.4.0"],
}


def cache() -> Path:
    """Where the throw-away environments are."""
    named = os.environ.get("PMI_BENCH_CACHE")
    return Path(named) if named else Path(tempfile.gettempdir()) / "pmi-bench-listing"


def system_python(version: str) -> str:
    """An interpreter of that version on this machine, by PATH and pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python"))]
    for candidate in filter(None, candidates):
        asked = subprocess.run([str(candidate), "--version"], capture_output=True, text=True, check=False)
        if asked.returncode == 0 and asked.stdout.startswith(f"Python {version}."):
            return str(candidate)
    sys.exit(f"no Python {version} is on this machine; name another one with --python")


def environment(name: str, version: str) -> Path:
    """Make an environment that holds one client, unless it is there; give its interpreter."""
    folder = cache() / f"{name}-{version}"
    interpreter = folder / "bin" / "python"
    stamp = folder / "installed.txt"
    wanted = "\n".join(PACKAGES[name])
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run(
            ["uv", "venv", "--quiet", "--clear", "--python", system_python(version), str(folder)], check=True
        )
        subprocess.run(
            ["uv", "pip", "install", "--quiet", "--python", str(interpreter), *PACKAGES[name]],
            check=True,
            cwd=folder,
        )
        stamp.write_text(wanted)
    return interpreter


def crawl(interpreter: Path, variant: str, port: int, *options: str) -> dict[str, float]:
    """One crawl in one process."""
    command = [str(interpreter), str(HERE / "listing_crawl.py"), variant, str(port), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{variant} failed:\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(pages: int, rounds: int, python: str, *, packed: bool) -> dict[str, dict[str, float]]:
    """Medians by variant."""
    interpreters = {name: environment(name, python) for name in PACKAGES}
    interpreters["pmi-wire"] = interpreters["pmi"]
    command = [
        sys.executable,
        str(HERE / "listing_venue.py"),
        str(pages),
        str(ROWS),
        *(["gzip"] if packed else []),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as venue:
        assert venue.stdout is not None
        try:
            port = int(venue.stdout.readline())
            runs: dict[str, list[dict[str, float]]] = {variant: [] for variant in VARIANTS}
            for _ in range(rounds):
                for variant in VARIANTS:
                    found = crawl(interpreters[variant], variant, port)
                    if found["markets"] != pages * ROWS:
                        sys.exit(f"{variant} read {found['markets']:.0f} markets of {pages * ROWS}")
                    runs[variant].append(found)
            medians = {
                variant: {key: statistics.median(run[key] for run in found) for key in found[0]}
                for variant, found in runs.items()
            }
            watched = [crawl(interpreters["pmi"], "pmi", port, "--watch")["block"] for _ in range(rounds)]
            medians["pmi"]["block"] = statistics.median(watched)
        finally:
            venue.terminate()
    return medians


def verdicts(found: dict[str, dict[str, float]]) -> list[tuple[str, float, str, float, bool]]:
    """What is promised: name, measured, relation, promised, kept."""
    ours, wire, official, community = (found[variant] for variant in VARIANTS)
    facts = [
        ("markets/s against the official client", official["seconds"] / ours["seconds"], ">=", 1.5),
        ("markets/s against kalshi-sdk", community["seconds"] / ours["seconds"], ">=", 2.0),
        (
            "markets/s as wire structs against the official client",
            official["seconds"] / wire["seconds"],
            ">=",
            6.0,
        ),
        ("memory against the official client", ours["memory"] / official["memory"], "<=", 0.7),
        ("memory against kalshi-sdk", ours["memory"] / community["memory"], "<=", 0.7),
        ("longest block of the loop in ms", ours["block"] * 1000, "<=", 40.0),
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
    parser.add_argument("--pages", type=int, default=50)
    parser.add_argument("--python", default="3.13", help="the interpreter of every client")
    parser.add_argument("--gzip", action="store_true", help="let the venue pack its answers")
    asked = parser.parse_args()
    found = measured(asked.pages, asked.rounds, asked.python, packed=asked.gzip)
    for variant, medians in found.items():
        rate, seconds, memory = medians["markets"] / medians["seconds"], medians["seconds"], medians["memory"]
        print(f"{variant:20} {rate:10,.0f} markets/s {seconds:8.3f} s {memory:8.1f} MB")
    judged = verdicts(found)
    for name, value, relation, bound, kept in judged:
        print(f"{'kept  ' if kept else 'BROKEN'} {name}: {value:.2f} (promised {relation} {bound})")
    return 0 if all(kept for *_, kept in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
