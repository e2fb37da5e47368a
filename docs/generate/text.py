"""What all generated pages share: signatures, field descriptions, Markdown tables."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any

NOTICE = "<!-- Written by `python docs/generate`; change the code instead. -->\n"


def page(title: str, intro: str, *parts: str) -> str:
    """A whole page."""
    body = "\n\n".join(part.strip("\n") for part in (intro, *parts) if part.strip())
    return f"{NOTICE}\n# {title}\n\n{body}\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; cells are text, line ends and bars in them made harmless."""
    lines = [f"| {' | '.join(headings)} |", f"|{'|'.join(' --- ' for _ in headings)}|"]
    for row in rows:
        cells = (" ".join(str(cell).split()).replace("|", "\\|") for cell in row)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def code(value: object) -> str:
    """Inline code, or nothing for None and empty text."""
    text = "" if value is None else str(value)
    return f"`{text}`" if text else ""


def prose(documented: object) -> str:
    """A docstring as Markdown: reST code marks become Markdown's, sections become lists."""
    text = inspect.getdoc(documented) or ""
    text = text.replace("``", "`").replace(":class:", "").replace(":mod:", "").replace(":func:", "")
    lines: list[str] = []
    in_section = False
    for line in text.splitlines():
        if line in ("Args:", "Raises:", "Returns:", "Attributes:"):
            lines += ["", f"**{line[:-1]}**", ""]
            in_section = True
        elif in_section and line.startswith("    ") and not line.startswith("     "):
            name, colon, rest = line.strip().partition(":")
            lines.append(f"- `{name}`{colon}{rest}" if colon else f"- {name}")
        else:
            lines.append(line.strip() if in_section else line)
    return "\n".join(lines).strip()


def signature(function: Callable[..., Any], *, skip: int = 0) -> str:
    """The arguments as they stand in the code."""
    found = inspect.signature(function)
    kept = list(found.parameters.values())[skip:]
    shown = str(found.replace(parameters=kept)).replace("'", "")
    return f"{function.__name__}{shown}"


def field_notes(model: type[Any]) -> dict[str, str]:
    """The docstring under each field of a class and of the classes it is made from."""
    notes: dict[str, str] = {}
    for part in reversed(model.__mro__):
        if not part.__module__.startswith("pmi_"):
            continue
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(part))).body
        assert isinstance(tree, ast.ClassDef)
        for field, note in zip(tree.body, tree.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(note, ast.Expr)
                and isinstance(note.value, ast.Constant)
            ):
                notes[field.target.id] = inspect.cleandoc(note.value.value).replace("``", "`")
    return notes


def member_notes(words: type[Enum]) -> dict[str, str]:
    """The docstring under each member of an enumeration, by the member's name."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(words))).body
    assert isinstance(tree, ast.ClassDef)
    return {
        field.targets[0].id: inspect.cleandoc(note.value.value)
        for field, note in zip(tree.body, tree.body[1:], strict=False)
        if isinstance(field, ast.Assign)
        and isinstance(field.targets[0], ast.Name)
        and isinstance(note, ast.Expr)
        and isinstance(note.value, ast.Constant)
    }


def _named(kind: type[Any]) -> str:
    """The words of an enumeration, or the fields of a table; nothing for other types."""
    if issubclass(kind, Enum):
        return ", ".join(str(member.value) for member in kind)
    fields = getattr(kind, "model_fields", None)
    return f"table of {', '.join(fields)}" if fields else ""


def type_name(annotation: Any) -> str:
    """A type as a reader of a settings file would call it."""
    if annotation is type(None):
        return ""
    if inspect.isclass(annotation) and (named := _named(annotation)):
        return named
    parts = getattr(annotation, "__args__", None)
    origin = getattr(annotation, "__origin__", None)
    if origin in (frozenset, tuple, list, set) and parts:
        return f"list of {type_name(parts[0])}"
    if getattr(annotation, "__metadata__", None) and origin is not None:
        return type_name(origin)
    if parts and origin is not dict:
        known = [name for name in (type_name(part) for part in parts) if name]
        return ", ".join(dict.fromkeys(known))
    plain = {"str": "text", "bool": "true or false", "int": "whole number", "float": "number"}
    plain |= {"Decimal": "exact number, as text", "Path": "path", "SecretStr": "text, secret"}
    name = getattr(annotation, "__name__", str(annotation))
    return plain.get(name, name)
