"""Every distribution has the same skeleton, and the root knows all of them."""

from __future__ import annotations

import pytest

SKELETON = ["pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE"]
PROVIDER_HEADINGS = ["What it covers", "Install", "Settings", "Limits", "Known gaps", "Trouble"]
PROVIDER_FILES = ["plugin.py", "provider.py", "settings.py"]

WITHOUT_ENTRY_POINT = {
    "pmi-provider-polymarket": "no capability is written yet, and a plugin that declares nothing is worse than none",
}


def headings(text):
    return [line.removeprefix("## ").strip() for line in text.splitlines() if line.startswith("## ")]


def test_has_the_files_of_a_distribution(distribution):
    missing = [name for name in SKELETON if not (distribution.folder / name).is_file()]
    missing += [
        name
        for name in ("__init__.py", "_version.py", "py.typed")
        if not (distribution.source / name).is_file()
    ]
    assert not missing


def test_has_the_licence_of_the_repository(distribution, repository):
    assert (distribution.folder / "LICENSE").read_text() == (repository / "LICENSE").read_text()
    assert distribution.project["license"] == "MIT"
    assert distribution.project["license-files"] == ["LICENSE"]


def test_folder_package_and_distribution_follow_one_rule(distribution, repository):
    folder = distribution.folder.relative_to(repository).as_posix()
    expected = (
        f"pmi-provider-{distribution.folder.name}" if distribution.is_provider else folder.replace("_", "-")
    )
    assert distribution.name == expected
    wheel = distribution.pyproject["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == [f"src/{distribution.package}"]


def test_changelog_has_room_for_the_next_change(distribution):
    assert "Unreleased" in headings((distribution.folder / "CHANGELOG.md").read_text())


def test_provider_readme_has_the_same_headings_in_the_same_order(provider):
    assert headings((provider.folder / "README.md").read_text()) == PROVIDER_HEADINGS


def test_provider_readme_starts_with_its_name(distribution):
    assert (distribution.folder / "README.md").read_text().startswith(f"# {distribution.name}\n")


def test_provider_declares_its_plugin(provider):
    declared = provider.project.get("entry-points", {}).get("pmi.providers", {})
    if provider.name in WITHOUT_ENTRY_POINT:
        assert not declared, f"{provider.name} declares a plugin now: take it out of WITHOUT_ENTRY_POINT"
        assert not (provider.source / "plugin.py").exists()
        pytest.skip(WITHOUT_ENTRY_POINT[provider.name])
    assert declared == {provider.folder.name: f"{provider.package}.plugin"}
    assert [name for name in PROVIDER_FILES if not (provider.source / name).is_file()] == []


def test_only_providers_that_exist_are_excused(distributions):
    assert set(WITHOUT_ENTRY_POINT) <= {one.name for one in distributions}


def test_the_root_knows_every_distribution(root, distributions, repository):
    names = {one.name for one in distributions}
    packages = {one.package for one in distributions}
    tool = root["tool"]
    assert {line.split("==")[0] for line in root["project"]["dependencies"]} == names
    assert set(tool["uv"]["sources"]) == names
    assert set(tool["coverage"]["run"]["source_pkgs"]) == packages
    assert set(tool["coverage"]["paths"]) == packages
    assert set(tool["importlinter"]["root_packages"]) == packages
    assert set(tool["mypy"]["packages"]) == packages
    sources = {one.source.parent.relative_to(repository).as_posix() for one in distributions}
    assert set(tool["mypy"]["mypy_path"].split(":")) == sources
    assert set(tool["pyright"]["extraPaths"]) == sources


def test_the_top_level_holds_nothing_else(repository, files):
    top = {path.relative_to(repository).parts[0] for path in files}
    assert {name for name in top if not name.startswith(".")} == {
        "LICENSE",
        "README.md",
        "docs",
        "noxfile.py",
        "pmi_core",
        "pmi_mcp",
        "providers",
        "pyproject.toml",
        "tests",
    }
