"""How long importing takes: ``python tests/bench/imports.py`` prints milliseconds and judges them.

``import pmi_core`` may cost at most ``MOST`` milliseconds more than ``import pydantic``, and no
provider's plugin module may load a heavy library; exit status 1 when either is not so.  What the
models and the registry cost when they are first used is printed beside it.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from statistics import median

MOST = 60.0
RUNS = 9
HEAVY = ("cryptography", "fastmcp", "httpx2", "websockets")

WORDS = "import pmi_core; pmi_core.Market, pmi_core.Registry"  # names load their rooms when first used
CASES = {
    "pydantic": "import pydantic; pydantic.BaseModel, pydantic.AwareDatetime",
    "pmi_core": "import pmi_core",
    "pmi_core, with models and registry": WORDS,
}


def run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def milliseconds(statement: str) -> float:
    program = (
        f"import time\nstart = time.perf_counter()\n{statement}\nprint((time.perf_counter() - start) * 1000)"
    )
    return median(float(run(program)) for _ in range(RUNS))


def heavy_of(module: str) -> list[str]:
    program = f"import {module}, sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    return run(program).split()


def main() -> int:
    times = {name: milliseconds(statement) for name, statement in CASES.items()}
    for name, taken in times.items():
        print(f"{name:40} {taken:7.1f} ms")
    beside = times["pmi_core"] - times["pydantic"]
    failed = beside > MOST
    print(f"{'pmi_core less pydantic':40} {beside:7.1f} ms  (at most {MOST:.0f})")
    for entry in entry_points(group="pmi.providers"):
        loaded = heavy_of(entry.module)
        failed |= bool(loaded)
        print(f"{entry.module:40} loads {', '.join(loaded) or 'nothing heavy'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
