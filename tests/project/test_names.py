"""What a module offers is what its `__all__` says."""

from __future__ import annotations

import ast
import importlib

import pytest


def modules(distributions):
    return [path for one in distributions for path in sorted(one.source.rglob("*.py"))]


def assigned(statement):
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}


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


def collected(tree):
    """Names that a package takes from its modules, also those that only type checkers see."""
    names = set()
    for statement in tree.body:
        inner = statement.body if isinstance(statement, ast.If) else [statement]
        for one in inner:
            if isinstance(one, ast.ImportFrom) and (one.module or "").startswith("pmi_"):
                for alias in one.names:
                    star = alias.name == "*"
                    names |= (
                        set(importlib.import_module(one.module).__all__)
                        if star
                        else {alias.asname or alias.name}
                    )
    return names


def offered(tree):
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and assigned(statement) == {"__all__"}:
            return ast.literal_eval(statement.value)
    return None


def test_all_lists_exactly_the_public_names(distributions, repository):
    wrong = {}
    for path in modules(distributions):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = offered(tree)
        if names is None:
            continue
        public = defined(tree)
        if path.name == "__init__.py":
            public |= collected(tree)
        difference = set(names) ^ public
        if difference or len(names) != len(set(names)):
            wrong[path.relative_to(repository).as_posix()] = sorted(difference)
    assert wrong == {}


def test_every_package_says_what_it_offers(distribution):
    assert offered(ast.parse((distribution.source / "__init__.py").read_text(encoding="utf-8"))) is not None


def test_what_is_offered_is_there(distribution):
    package = importlib.import_module(distribution.package)
    assert [name for name in package.__all__ if not hasattr(package, name)] == []
    assert package.__version__ == distribution.version


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "base", "manager", "misc"])
def test_no_module_is_named_after_nothing(distributions, word):
    assert [path for path in modules(distributions) if path.stem == word or path.parent.name == word] == []
