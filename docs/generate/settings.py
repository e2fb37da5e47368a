"""`reference/settings.md`."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from text import code, field_notes, page, table, type_name

from pmi_core.desk.settings import DeskSettings
from pmi_core.plugins.loading import load_plugins
from pmi_core.settings import PluginSettings, PolicySettings
from pmi_mcp.approvals import PageSettings
from pmi_mcp.settings import ServerSettings

TITLE = "Settings"

_FILE = """```toml
mode = "paper"

[venues.paper]

[venues.second-paper]
provider = "paper"

[mcp]
log_level = "info"
```"""


def build() -> str:
    """Every setting with its place in the file and in the environment."""
    providers = load_plugins().providers
    general = table(
        ["setting", "environment", "default", "meaning"],
        [
            [
                "`mode`",
                "`PMI_MODE`",
                "`paper`",
                "What may be written to: read-only, paper, demo or live; see [modes](modes.md).",
            ],
            ["", "`PMI_CONFIG`", "", "The file to read instead of the platform's `pmi.toml`."],
            ["", "`PMI_HOME`", "", "The folder for data: accounts, caches."],
        ],
    )
    parts = [
        _FILE,
        f"## General\n\n{general}",
        _section("policy", "[policy]", PolicySettings, _POLICY),
        _section("desk", "[desk]", DeskSettings, "How the desk keeps its journal, and how patient it is."),
        _section("plugins", "[plugins]", PluginSettings, "Which plugins load."),
        _section("mcp", "[mcp]", ServerSettings, "The server `pmi-mcp`."),
        _section("approvals", "[approvals]", PageSettings, "The approval page on this machine."),
    ]
    for name in sorted(providers):
        provider = providers[name]
        parts.append(
            _section(
                name, f"[venues.{name}]", provider.settings, f"{provider.title}, opened by this provider."
            )
        )
    return page(
        TITLE,
        "Settings come from one TOML file, from the environment above it, and from explicit arguments above "
        "both. The file is `pmi.toml` in the platform's configuration folder, or the one that `PMI_CONFIG` "
        "names. An empty value, and a literal `${...}`, count as not set. An unknown key is an error that "
        "names the nearest known one. `pmi doctor` shows where every value came from.\n\n"
        "A venue's name defaults to its provider's, so that one provider can be opened twice under two names. "
        "Its variables follow the venue's name: `[venues.second-paper]` reads `PMI_SECOND_PAPER_...`.",
        *parts,
    )


_POLICY = (
    "What an order may risk. Money at risk is what can be lost in the worst case, fees included. It is counted "
    "apart for simulated venues, test environments and real money, and within each by the kind of currency; it "
    "counts from the moment of sending, and only a certain rejection takes it back. Real money needs `max_order` "
    "and `max_day`. `approve_with` is a table of its own:\n\n"
    '```toml\n[policy]\nmax_order = "50"\nmax_day = "200"\n\n'
    '[policy.approve_with]\nlive = ["passkey"]\n```'
)


def _section(prefix: str, heading: str, model: type[BaseModel], intro: str) -> str:
    notes = field_notes(model)
    rows = [
        [
            code(name),
            code(f"PMI_{prefix}_{name}".upper().replace("-", "_")),
            type_name(field.annotation),
            _default(field.get_default(call_default_factory=True)),
            notes.get(name, ""),
        ]
        for name, field in model.model_fields.items()
    ]
    shown = table(["setting", "environment", "type", "default", "meaning"], rows)
    return f"## `{heading}`\n\n{intro}\n\n{shown}"


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "required"
    if value is None or value in ((), frozenset(), "") or isinstance(value, BaseModel):
        return ""
    if isinstance(value, frozenset | tuple):
        return code(", ".join(sorted(str(part) for part in value)))
    return code(str(value).lower() if isinstance(value, bool) else value)
