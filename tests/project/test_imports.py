"""Importing the words or a plugin loads nothing heavy; starting stays quick."""

from __future__ import annotations

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
