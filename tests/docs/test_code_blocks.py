"""Every code block of the documentation runs; the blocks of one page share their names."""

import ast
import asyncio
import importlib.util
import inspect
import re
import shlex
import sys
from pathlib import Path

import pytest
from sybil import Example
from sybil.document import Document
from sybil.parsers.markdown import CodeBlockParser, SkipParser
from typer.testing import CliRunner

from pmi_mcp.terminal.app import app

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    if not {"examples", ".site", "generate"} & set(path.relative_to(ROOT).parts)
)

ASKING = {"order", "amend", "approve", "decide", "kill"}
ASKED = re.compile(r"Type (\S+) [^\n]*: $")
SHOWN = {
    "REF": re.compile(r"paper:RAIN-\w+-Y"),
    "ORDER": re.compile(r"paper:o\d+"),
    "CODE": re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b"),
}
"""How a command shows what a later line names."""

found = importlib.util.spec_from_file_location("pmi_typist", ROOT / "tests" / "typist.py")
typist = importlib.util.module_from_spec(found)
found.loader.exec_module(typist)


def run_python(example: Example) -> None:
    """Run a block, which may use `await` at its top level."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    source = "\n" * example.line + example.parsed
    code = compile(source, example.path, "exec", flags=flags, dont_inherit=True)
    answer = eval(code, example.namespace)
    if inspect.isawaitable(answer):
        example.namespace["__runner__"].run(answer)


def run_console(example: Example) -> None:
    """Run each `$ pmi` line; its exit status must be 0.  What is asked for is typed.

    REF, ORDER and CODE stand for the market, order and code that were shown last.
    """
    known = example.namespace.setdefault("__known__", {})
    for line in example.parsed.splitlines():
        if not line.startswith("$ pmi "):
            continue
        words = re.sub(r"\b(REF|ORDER|CODE)\b", lambda word: known[word[0]], line.removeprefix("$ pmi "))
        status, said = run_pmi(shlex.split(words))
        assert status == 0, f"{example.path}:{example.line}: {line}\n{said}"
        known.update({name: found[-1] for name, shape in SHOWN.items() if (found := shape.findall(said))})


def run_pmi(words: list[str]) -> tuple[int, str]:
    """Run a command: at a terminal where it asks a person, in this process where it does not."""
    if words[0] in ASKING:
        return typist.type_at_terminal([str(Path(sys.executable).with_name("pmi")), *words], None, wanted)
    done = CliRunner().invoke(app, words)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.output


def wanted(said: str) -> str | None:
    """What a question asks to be typed."""
    found = ASKED.search(said)
    return None if found is None else found[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_blocks_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.setenv("PMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PMI_POLICY_TOLERANCE", "0.99")  # prices move as they like while a page is read
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    config = tmp_path / "pmi.toml"
    config.touch(mode=0o600)
    monkeypatch.setenv("PMI_CONFIG", str(config))
    parsers = [
        CodeBlockParser(language="python", evaluator=run_python),
        CodeBlockParser(language="console", evaluator=run_console),
        SkipParser(),
    ]
    document = Document.parse(str(page), *parsers)
    with asyncio.Runner() as runner:
        document.namespace["__runner__"] = runner
        document.namespace["__name__"] = "__page__"
        for example in document.examples():
            example.evaluate()
