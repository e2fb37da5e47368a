"""What must not be said where: venues in the core, floats in models, hosts and machines anywhere."""

from __future__ import annotations

import ast
import re

import pytest

SIMULATED = {"paper"}  # the simulated venue is named where a mode is meant
# Put together here, so that this file does not break its own rules.
HOSTS = re.compile(
    "|".join([r"pypi\." + "org", "python" + "hosted", r"npmjs\." + "(org|com)", r"deb\." + "debian"])
)
MACHINE = re.compile(
    "|".join(
        [
            "(?<![.\\w])/ro" + "ot/",
            "(?<![.\\w])/wo" + "rk/",
            "/ho" + r"me/(?!you/)\w",
            "/Us" + r"ers/(?!you/)\w",
        ]
    )
)
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|[Bb]earer [A-Za-z0-9]|"
    r'"(?:\w*[-_])?(?:api[-_]?key(?:[-_]id)?|access[-_]key|secret|private[-_]key|signature|passphrase|password|'
    r'authorization|set-cookie|cookie|e[-_]?mail)"\s*:\s*"(?!redacted)[^"]',
    re.IGNORECASE,
)


def text(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:  # a picture
        return ""


def found(pattern, paths, repository):
    return [
        f"{path.relative_to(repository).as_posix()}:{number}: {line.strip()[:100]}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("package", ["pmi-core", "pmi-mcp"])
def test_no_venue_is_named_above_the_providers(distributions, files, repository, package):
    venues = {one.folder.name for one in distributions if one.is_provider} - SIMULATED
    (source,) = (one.source for one in distributions if one.name == package)
    inside = [path for path in files if path.is_relative_to(source)]
    assert len(venues) >= 2
    assert inside
    assert found(re.compile("|".join(venues), re.IGNORECASE), inside, repository) == []


def annotations(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            yield node.returns


def test_no_model_has_a_float(repository):
    core = repository / "pmi_core" / "src" / "pmi_core"
    words = [*sorted((core / "models").rglob("*.py")), core / "numbers.py", core / "money.py"]
    floats = [
        f"{path.name}:{annotation.lineno}"
        for path in words
        for annotation in annotations(ast.parse(text(path)))
        if any(isinstance(node, ast.Name) and node.id == "float" for node in ast.walk(annotation))
    ]
    assert floats == []


def test_no_registry_is_named(files, repository):
    assert found(HOSTS, files, repository) == []


def test_no_machine_is_named(files, repository):
    assert found(MACHINE, files, repository) == []


def test_recordings_hold_no_secret(files, repository):
    recorded = [path for path in files if {"recordings", "__snapshots__"} & set(path.parts)]
    assert found(SECRET, recorded, repository) == []


@pytest.mark.parametrize(
    "line",
    [
        '"api_key_id": "a1b2"',
        '"KALSHI-ACCESS-KEY": "a1b2"',
        '"signature":"0xabc"',
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "Authorization: Bearer abc",
    ],
)
def test_the_search_for_secrets_finds_them(line):
    assert SECRET.search(line)


@pytest.mark.parametrize("line", ['"signature": "REDACTED"', '"clobTokenIds": "12"', '"api_key": ""'])
def test_the_search_for_secrets_leaves_the_rest(line):
    assert not SECRET.search(line)
