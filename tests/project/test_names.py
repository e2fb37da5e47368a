"""What a module offers is what its `__all__` says."""

from __future__ import annotations

import ast
import importlib

import pytest


def modules(distributions):
    return [path for one in distributions for path in sorted(one.source.rglob("*.py"))]


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def module_name(path):
    (src,) = (folder for folder in path.parents if folder.name == "src")
    parts = path.relative_to(src).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def assigned(statement):
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}


def is_type_variable(value):
    maker = value.func if isinstance(value, ast.Call) else None
    return isinstance(maker, ast.Name) and maker.id in {"ParamSpec", "TypeVar"}


def defined(tree):
    """Names that a module makes itself."""
    names = set()
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign | ast.AnnAssign) and not is_type_variable(statement.value):
            names |= assigned(statement)
    return {name for name in names if not name.startswith("_")}


def collected(tree, *, stars=True):
    """Names that a module takes from others, also those that only type checkers see."""
    names = set()
    for statement in tree.body:
        inner = statement.body if isinstance(statement, ast.If) else [statement]
        for one in inner:
            if isinstance(one, ast.ImportFrom) and (one.module or "").startswith("pmi_"):
                for alias in one.names:
                    if alias.name != "*":
                        names.add(alias.asname or alias.name)
                    elif stars:
                        names |= set(importlib.import_module(one.module).__all__)
    return names


def lazy(tree, module):
    """Names that a module answers only when asked, by a `__getattr__` of its own."""
    if not any(isinstance(one, ast.FunctionDef) and one.name == "__getattr__" for one in tree.body):
        return set()
    loaded = importlib.import_module(module)
    return {name for name in offered(tree) or [] if hasattr(loaded, name)}


def offered(tree):
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and assigned(statement) == {"__all__"}:
            return ast.literal_eval(statement.value)
    return None


def test_a_face_lists_exactly_its_public_names(distribution):
    tree = parsed(distribution.source / "__init__.py")
    names = set(offered(tree))
    assert names <= {"__version__"} | defined(tree) | collected(tree) | lazy(tree, distribution.package)
    assert defined(tree) | collected(tree, stars=False) <= names


def test_no_module_offers_what_it_does_not_have(distributions, repository):
    wrong = {}
    for path in modules(distributions):
        tree = parsed(path)
        names = offered(tree) or []
        missing = set(names) - defined(tree) - collected(tree) - lazy(tree, module_name(path))
        twice = {name for name in names if names.count(name) > 1}
        if missing | twice:
            wrong[path.relative_to(repository).as_posix()] = sorted(missing | twice)
    assert wrong == {}


def test_no_distribution_takes_what_another_does_not_offer(distributions):
    offers = {module_name(path): offered(parsed(path)) for one in distributions for path in modules([one])}
    wrong = [
        f"{module_name(path)}: {statement.module}.{alias.name}"
        for one in distributions
        for path in modules([one])
        for statement in ast.walk(parsed(path))
        if isinstance(statement, ast.ImportFrom) and statement.module in offers
        for alias in statement.names
        if not statement.module.startswith(one.package)
        and f"{statement.module}.{alias.name}" not in offers
        and alias.name not in (offers[statement.module] or [])
    ]
    assert wrong == []


def test_every_package_says_what_it_offers(distribution):
    assert offered(parsed(distribution.source / "__init__.py")) is not None


def test_what_is_offered_is_there(distribution):
    package = importlib.import_module(distribution.package)
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
    assert package.__version__ == distribution.version


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "base", "manager", "misc"])
def test_no_module_is_named_after_nothing(distributions, word):
    assert [path for path in modules(distributions) if path.stem == word or path.parent.name == word] == []
