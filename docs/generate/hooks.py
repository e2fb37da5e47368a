"""`reference/hooks.md`."""

from __future__ import annotations

from text import page, prose, signature

from pmi_core.plugins import hookspecs

TITLE = "Hooks"

_EXAMPLE = """```python
from pmi_core import hookimpl


@hookimpl
def pmi_call_finished(record):
    print(f"{record.venue} {record.method}: {record.seconds:.3f} s")
```"""


def build() -> str:
    """Every hook with its exact arguments."""
    names = [name for name in hookspecs.__all__ if name.startswith("pmi_")]
    parts = []
    for name in names:
        hook = getattr(hookspecs, name)
        options = getattr(hook, "pmi_spec", {})
        first = " The first answer that is not `None` counts." if options.get("firstresult") else ""
        parts.append(f"## {name}\n\n```text\n{signature(hook)}\n```\n\n{prose(hook)}{first}")
    return page(
        TITLE,
        "A plugin is a module named by an entry point of the group `pmi.providers`. It implements one or "
        "more of these hooks, each marked with `hookimpl`. That is the whole contract. A hook that is "
        "misspelt, not marked, or asks for arguments that it does not get makes the plugin *broken*, "
        "which `pmi doctor` tells; other plugins are not disturbed.",
        _EXAMPLE,
        *parts,
    )
