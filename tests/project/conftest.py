"""The repository as the rules see it: its files and its distributions."""

from __future__ import annotations

import os
import subprocess
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
UNTRACKED = {".git", ".nox", ".venv", "__pycache__", "site", "dist"}


@dataclass(frozen=True)
class Distribution:
    """One folder with a `pyproject.toml` of its own."""

    folder: Path

    @cached_property
    def pyproject(self) -> dict[str, Any]:
        """The parsed `pyproject.toml`."""
        return tomllib.loads((self.folder / "pyproject.toml").read_text(encoding="utf-8"))

    @property
    def project(self) -> dict[str, Any]:
        """The `[project]` table."""
        return self.pyproject["project"]

    @property
    def name(self) -> str:
        """The name by which it is installed."""
        return self.project["name"]

    @property
    def package(self) -> str:
        """The name by which it is imported."""
        return self.name.replace("-", "_")

    @property
    def source(self) -> Path:
        """The folder of the import package."""
        return self.folder / "src" / self.package

    @property
    def is_provider(self) -> bool:
        """Whether it brings a venue."""
        return self.folder.parent.name == "providers"

    @property
    def version(self) -> str:
        """The number written in `_version.py`."""
        text = (self.source / "_version.py").read_text(encoding="utf-8")
        return text.split('"')[1]


def _files() -> list[Path]:
    """Every file that is, or is about to be, in the repository."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        found = [ROOT / os.fsdecode(name) for name in listing.stdout.split(b"\0") if name]
    else:  # an unpacked archive has no git
        found = [path for path in ROOT.rglob("*") if not UNTRACKED & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in found if path.is_file())


FILES = _files()
DISTRIBUTIONS = [
    Distribution(path.parent)
    for path in sorted([*ROOT.glob("pmi_*/pyproject.toml"), *ROOT.glob("providers/*/pyproject.toml")])
]


@pytest.fixture
def repository() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture
def files() -> list[Path]:
    """Every file of the repository."""
    return FILES


@pytest.fixture
def root() -> dict[str, Any]:
    """The root `pyproject.toml`."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture
def distributions() -> list[Distribution]:
    """Every distribution but the all-in-one."""
    return DISTRIBUTIONS


@pytest.fixture(params=DISTRIBUTIONS, ids=lambda distribution: distribution.name)
def distribution(request: pytest.FixtureRequest) -> Distribution:
    """Each distribution but the all-in-one, in turn."""
    return request.param


@pytest.fixture(params=[one for one in DISTRIBUTIONS if one.is_provider], ids=lambda one: one.name)
def provider(request: pytest.FixtureRequest) -> Distribution:
    """Each provider's distribution in turn."""
    return request.param
