"""Every code block of the documentation runs; the blocks of one page share their names."""

import ast
import asyncio
import inspect
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from sybil import Example
from sybil.document import Document
from sybil.parsers.markdown import CodeBlockParser, SkipParser

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path
    for path in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    if not {"examples", ".site", "generate"} & set(path.relative_to(ROOT).parts)
)


def run_python(example: Example) -> None:
    """Run a block, which may use `await` at its top level."""
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    source = "\n" * example.line + example.parsed
    code = compile(source, example.path, "exec", flags=flags, dont_inherit=True)
    answer = eval(code, example.namespace)
    if inspect.isawaitable(answer):
        example.namespace["__runner__"].run(answer)


def run_console(example: Example) -> None:
    """Run each `$ pmi` line; its exit status must be 0."""
    for line in example.parsed.splitlines():
        if line.startswith("$ pmi "):
            command = [str(Path(sys.executable).with_name("pmi")), *shlex.split(line.removeprefix("$ pmi "))]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{example.path}:{example.line}: {line}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_blocks_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.setenv("PMI_HOME", str(tmp_path / "home"))
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
