"""Write the reference pages that follow from the code: `python docs/generate`.

With `--check` nothing is written; what differs is shown and the exit status is 1.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pages


def main(arguments: list[str]) -> int:
    """Write the pages, or compare them."""
    differs = False
    for path, text in pages.build_all().items():
        if arguments != ["--check"]:
            path.write_text(text, encoding="utf-8")
            continue
        written = path.read_text(encoding="utf-8") if path.exists() else ""
        lines = difflib.unified_diff(
            written.splitlines(), text.splitlines(), path.name, "the code", lineterm=""
        )
        for line in lines:
            differs = True
            sys.stdout.write(f"{line}\n")
    return int(differs)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
