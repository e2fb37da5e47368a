"""The pages that follow from the code say what the code says."""

import subprocess
import sys
import tomllib
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def pages(nav):
    for entry in nav:
        for target in entry.values():
            if isinstance(target, list):
                yield from pages(target)
            else:
                yield target


def test_the_generated_pages_are_those_of_this_code():
    compared = subprocess.run(
        [sys.executable, str(DOCS / "generate"), "--check"], capture_output=True, text=True, check=False
    )
    assert compared.returncode == 0, f"run `python docs/generate`\n{compared.stdout}{compared.stderr}"


def test_every_page_is_in_the_navigation_and_the_navigation_names_only_pages():
    settings = tomllib.loads((DOCS / "zensical.toml").read_text(encoding="utf-8"))
    named = sorted(pages(settings["project"]["nav"]))
    written = sorted(
        path.relative_to(DOCS).as_posix()
        for path in DOCS.rglob("*.md")
        if not {"examples", ".site"} & set(path.relative_to(DOCS).parts)
    )
    assert named == written


def test_every_hook_is_tested_by_name():
    from pmi_core.plugins import hookspecs

    tests = "\n".join(path.read_text(encoding="utf-8") for path in (DOCS.parent / "tests").rglob("test_*.py"))
    missing = [name for name in hookspecs.__all__ if name.startswith("pmi_") and name not in tests]
    assert not missing


def test_every_tool_has_a_purpose_and_its_own_chapter():
    from pmi_mcp.tools import ALL

    purposes = (DOCS / "reference" / "tool-map.md").read_text(encoding="utf-8")
    chapters = (DOCS / "reference" / "tools.md").read_text(encoding="utf-8")
    for spec in ALL:
        assert f"[`{spec.name}`](tools.md#{spec.name})" in purposes, spec.name
        assert f"\n## {spec.name}\n" in chapters, spec.name


def test_every_rule_and_every_mode_is_explained():
    from pmi_core.desk.settings import DeskSettings
    from pmi_core.settings import Mode, PolicySettings
    from pmi_mcp.approvals import PageSettings
    from pmi_mcp.settings import ServerSettings

    settings = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    modes = (DOCS / "reference" / "modes.md").read_text(encoding="utf-8")
    models = {
        "POLICY": PolicySettings,
        "DESK": DeskSettings,
        "MCP": ServerSettings,
        "APPROVALS": PageSettings,
    }
    for section, model in models.items():
        for name in model.model_fields:
            rows = [line for line in settings.splitlines() if f"`PMI_{section}_{name.upper()}`" in line]
            assert len(rows) == 1, name
            assert not rows[0].endswith("|  |"), f"{name} needs a docstring"
    for mode in Mode:
        assert f"| `{mode.value}` |" in modes
