"""The tutorial shows the toy provider as it is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TOY = ROOT / "docs" / "examples" / "pmi-provider-coin"
PAGE = ROOT / "docs" / "tutorials" / "write-a-provider.md"
SHOWN = re.compile(r'^````\w+ title="(?P<path>[^"]+)"\n(?P<text>.*?)^````$', re.MULTILINE | re.DOTALL)
NOT_SHOWN = {"LICENSE", "src/pmi_provider_coin/py.typed"}


def test_every_file_is_shown_byte_by_byte() -> None:
    shown = {found["path"]: found["text"] for found in SHOWN.finditer(PAGE.read_text(encoding="utf-8"))}
    files = {
        path.relative_to(TOY).as_posix(): path.read_text(encoding="utf-8")
        for path in TOY.rglob("*")
        if path.is_file() and not {"__pycache__", "dist", ".pytest_cache"} & set(path.parts)
    }
    assert shown.keys() == files.keys() - NOT_SHOWN
    for path, text in shown.items():
        assert text == files[path], f"{path} differs from what the tutorial shows"
