"""A signed call through the whole road, against the bare library and the venue's own client.

Run it by name (it installs its peers into a cache folder outside the repository)::

    python tests/bench/signed.py [--rounds 5] [--key rsa]

A fake venue in its own process answers at once; each client has its own process, all under one
interpreter, interleaved; medians are compared.  The exit status says whether the ratios hold.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

from listing import OFFICIAL, environment

HERE = Path(__file__).resolve().parent


def run(interpreter: Path, variant: str, port: int, kind: str) -> dict[str, float]:
    """One client in one process."""
    command = [str(interpreter), str(HERE / "signed_calls.py"), variant, str(port), kind]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{variant} failed:\n{done.stderr[-3000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measured(rounds: int, kind: str, python: str) -> dict[str, dict[str, float]]:
    """Medians by client."""
    mine, theirs = environment("pmi", python), environment(OFFICIAL, python)
    clients = {"bare": mine, "pmi": mine, OFFICIAL: theirs, "signing": mine}
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in clients}
    command = [sys.executable, str(HERE / "signed_venue.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as venue:
        assert venue.stdout is not None
        try:
            port = int(venue.stdout.readline())
            for _ in range(rounds):
                for name, interpreter in clients.items():
                    runs[name].append(run(interpreter, name, port, kind))
        finally:
            venue.terminate()
    return {
        name: {key: statistics.median(one[key] for one in found) for key in found[0]}
        for name, found in runs.items()
    }


def verdicts(found: dict[str, dict[str, float]]) -> list[tuple[str, float, str, float, bool]]:
    """What is promised: name, measured, relation, promised, kept."""
    ours, bare, official, signing = (found[name] for name in ("pmi", "bare", OFFICIAL, "signing"))
    facts = [
        ("median of a call alone against the bare library", ours["p50"] / bare["p50"], "<=", 1.5),
        ("calls/s with 20 in flight against the official client", ours["rate"] / official["rate"], ">=", 1.0),
        ("slowest hundredth against the official client", ours["p99"] / official["p99"], "<=", 1.0),
        ("longest hold of the loop by signing in ms (p99)", signing["held_p99"] * 1000, "<=", 1.0),
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
    parser.add_argument("--key", choices=("rsa", "ed25519"), default="rsa")
    parser.add_argument("--python", default="3.13", help="the interpreter of every client")
    asked = parser.parse_args()
    found = measured(asked.rounds, asked.key, asked.python)
    for name in ("bare", "pmi", OFFICIAL):
        one = found[name]
        alone, slow = one["p50"] * 1000, one["p99"] * 1000
        print(f"{name:20} {alone:7.3f} ms alone {one['rate']:8.0f} calls/s {slow:8.2f} ms (p99, 20 in flight)")
    print(f"the loop was held by signing for {found['signing']['held_most'] * 1000:.2f} ms at most")
    judged = verdicts(found)
    for title, value, relation, bound, kept in judged:
        print(f"{'kept  ' if kept else 'BROKEN'} {title}: {value:.2f} (promised {relation} {bound})")
    return 0 if all(kept for *_, kept in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
