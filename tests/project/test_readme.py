"""A person and the build run the same commands: those of the README."""

from __future__ import annotations

import re

import pytest


def section(readme, heading):
    parts = re.split(r"^## (.+)$", readme, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert heading in found, f"README has no section {heading!r}"
    return found[heading]


def commands(text):
    blocks = re.findall(r"^```(?:console|sh|bash|shell)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
def readme(repository):
    return (repository / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("heading", ["Try it", "Run the tests"])
def test_one_command_is_enough(readme, heading):
    (command,) = commands(section(readme, heading))
    assert command.startswith("pip install uv && "), "enough on a machine with only Python and pip"


def test_the_build_runs_the_command_of_the_readme(repository, readme):
    script = (repository / ".ci" / "run").read_text(encoding="utf-8")
    assert "## Run the tests" in script
    (command,) = commands(section(readme, "Run the tests"))
    assert command not in script, "extracted, not repeated"
    assert script.startswith("#!/usr/bin/env bash\nset -euo pipefail\n")


def test_the_scripts_that_the_readme_names_exist(readme, distributions):
    (front,) = (one for one in distributions if one.name == "pmi-mcp")
    named = set(re.findall(r"\b(?:uv run|uvx --from pmi-mcp|uv tool run --from pmi-mcp) (pmi[\w-]*)", readme))
    assert named
    assert named <= set(front.project["scripts"])


def test_links_inside_the_repository_lead_somewhere(repository, readme):
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", readme) if "://" not in link]
    assert links
    assert [link for link in links if link and not (repository / link).exists()] == []
