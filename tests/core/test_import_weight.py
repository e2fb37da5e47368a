"""What is heavy is loaded where it is used, not by importing the words."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pmi_core.plugins.discovery import installed_plugins

HEAVY = {
    "anyio",
    "asyncpg",
    "cryptography",
    "fastmcp",
    "httpx2",
    "mcp",
    "pyarrow",
    "pytest",
    "redis",
    "sqlalchemy",
    "textual",
    "websockets",
}


def loaded_by(*statements):
    program = "; ".join(
        [*statements, "import sys", "print(*sorted({name.split('.')[0] for name in sys.modules}))"]
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    ["pmi_core", "pmi_core.models", "pmi_core.settings", "pmi_core.plugins.registry", "pmi_core.blocking"],
)
def test_words_settings_and_plugins_load_nothing_heavy(module):
    assert loaded_by(f"import {module}") & HEAVY == set()


def test_the_top_loads_no_model_and_no_plugin():
    loaded = loaded_by("import pmi_core")
    assert loaded & {"pluggy", "pydantic", "platformdirs"} == set()


def test_a_hook_is_marked_without_loading_models():
    assert "pydantic" not in loaded_by("from pmi_core import hookimpl")


def test_loading_a_registry_loads_plugins_and_nothing_heavy():
    loaded = loaded_by("from pmi_core import Registry", "Registry.load(environ={'PMI_CONFIG': '/dev/null'})")
    assert loaded & HEAVY == set()
    assert {plugin.entry.module.split(".")[0] for plugin in installed_plugins()} <= loaded
