"""Importing the words or a plugin loads nothing heavy; starting stays quick."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

HEAVY = [
    "anyio",
    "cryptography",
    "fastmcp",
    "httpx2",
    "mcp",
    "pyarrow",
    "pytest",
    "redis",
    "sqlalchemy",
    "websockets",
]
WORDS = [
    "pmi_core",
    "pmi_core.capabilities",
    "pmi_core.clock",
    "pmi_core.errors",
    "pmi_core.identifiers",
    "pmi_core.models",
    "pmi_core.money",
    "pmi_core.numbers",
    "pmi_core.provider",
]
HOMES = {
    "httpx2": ("pmi_core/transport/", "pmi_core/testing/", "pmi_provider_"),
    "websockets": ("pmi_core/transport/", "pmi_core/testing/", "pmi_provider_"),
    "fastmcp": ("pmi_mcp/",),
    "mcp": ("pmi_mcp/",),
    "pluggy": ("pmi_core/plugins/",),
    "platformdirs": ("pmi_core/settings/",),
    "sqlalchemy": ("pmi_core/desk/",),
    "pytest": ("pmi_core/testing/",),
    "hypothesis": ("pmi_core/testing/",),
    "rich": ("pmi_mcp/terminal/",),
    "typer": ("pmi_mcp/terminal/",),
}


def loaded_by(*modules):
    """Which heavy packages a fresh interpreter has loaded after importing the modules."""
    script = f"import sys, {', '.join(modules)}\nprint(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("module", WORDS)
def test_words_are_light(module):
    assert loaded_by(module) == []


def test_every_public_name_of_the_core_is_light():
    assert (
        loaded_by("pmi_core; [getattr(pmi_core, name) for name in pmi_core.__all__]; import pmi_core") == []
    )


def test_plugins_are_light(provider):
    if not (provider.source / "plugin.py").exists():
        pytest.skip(f"{provider.name} has no plugin yet")
    assert loaded_by(f"{provider.package}.plugin") == []


def test_the_core_loads_no_plugin_on_import():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, pmi_core; print(*(m for m in sys.modules if m.startswith('pmi_provider')))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []


def imported(path):
    """The top-level packages that a module imports, wherever in the module."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_at_home(distributions, library):
    strangers = [
        path.relative_to(one.source.parent).as_posix()
        for one in distributions
        for path in sorted(one.source.rglob("*.py"))
        if library in set(imported(path))
        and not path.relative_to(one.source.parent).as_posix().startswith(HOMES[library])
    ]
    assert strangers == []


def test_every_room_of_the_core_has_its_place(distributions, root):
    (core,) = (one.source for one in distributions if one.name == "pmi-core")
    rooms = {path.stem for path in core.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    contracts = root["tool"]["importlinter"]["contracts"]
    (layers,) = (one["layers"] for one in contracts if one.get("containers") == ["pmi_core"])
    placed = {room.strip() for layer in layers for room in re.split("[:|]", layer)}
    placed |= {
        name.split(".")[1] for one in contracts for name in one.get("source_modules", []) if "." in name
    }
    assert rooms - placed == {"__init__", "_version"}, "say in pyproject.toml who may import the new room"
