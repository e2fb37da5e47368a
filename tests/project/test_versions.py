"""One number for all distributions, and ranges that agree with it."""

from __future__ import annotations

import importlib.metadata
import re

from packaging.requirements import Requirement


def siblings(project):
    lines = [
        *project["dependencies"],
        *(line for extra in project.get("optional-dependencies", {}).values() for line in extra),
    ]
    return [one for one in map(Requirement, lines) if one.name.startswith("pmi-")]


def test_all_distributions_carry_one_number(distributions, root):
    numbers = {one.name: one.version for one in distributions}
    assert set(numbers.values()) == {root["project"]["version"]}


def test_what_is_installed_is_what_is_written(distribution):
    assert importlib.metadata.version(distribution.name) == distribution.version


def test_a_sibling_is_asked_for_within_one_minor(distribution):
    major, minor = map(int, distribution.version.split(".")[:2])
    for sibling in siblings(distribution.project):
        written = str(sibling.specifier)
        assert sorted(written.split(",")) == [f"<{major}.{minor + 1}", f">={major}.{minor}"], str(sibling)


def test_every_distribution_but_the_core_needs_the_core(distribution):
    needed = {sibling.name for sibling in siblings(distribution.project)}
    assert needed == (set() if distribution.name == "pmi-core" else {"pmi-core"})


def test_the_all_in_one_asks_for_exactly_this_number(root):
    number = root["project"]["version"]
    assert all(line.endswith(f"=={number}") for line in root["project"]["dependencies"])


def test_the_same_python_everywhere(distributions, root):
    asked = {one.project["requires-python"] for one in distributions} | {root["project"]["requires-python"]}
    assert asked == {">=3.11"}


def test_ranges_have_a_floor_and_no_exact_pin(distribution):
    for requirement in map(Requirement, distribution.project["dependencies"]):
        operators = {one.operator for one in requirement.specifier}
        assert ">=" in operators, f"{requirement} has no floor"
        assert not operators & {"==", "~=", "!="}, f"{requirement} pins; exact pins stand in the root"


def test_pins_are_exact_and_satisfy_every_range(distributions, root):
    pins = {}
    for line in root["tool"]["uv"]["constraint-dependencies"]:
        pin = Requirement(line)
        assert re.fullmatch(r"==[^,*]+", str(pin.specifier)), line
        pins.setdefault(pin.name.lower(), []).append(str(pin.specifier).removeprefix("=="))
    for distribution in distributions:
        wanted = [*distribution.project["dependencies"]]
        wanted += [
            line for extra in distribution.project.get("optional-dependencies", {}).values() for line in extra
        ]
        for requirement in map(Requirement, wanted):
            if requirement.name.startswith("pmi-"):
                continue
            assert requirement.name.lower() in pins, f"{requirement} is not pinned: run `nox -s pins`"
            for version in pins[requirement.name.lower()]:
                assert requirement.specifier.contains(version), (
                    f"{requirement} refuses the pin {version}: run `nox -s pins`"
                )
