"""The rules as a whole: named, described, and listed in the reference."""

from __future__ import annotations

import re
from pathlib import Path

from pmi_core import Capability
from pmi_core.testing.conformance import rules

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "conformance.md"
ROW = re.compile(r"^\| `(?P<name>[a-z_]+\.[a-z_]+)` \| (?P<sentence>.+) \|$", re.MULTILINE)


def test_the_reference_lists_every_rule_with_its_sentence() -> None:
    listed = {row["name"]: row["sentence"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}
    assert listed == {name: " ".join(sentence.split()) for name, sentence in rules().items()}


def test_every_rule_says_in_a_sentence_what_it_demands() -> None:
    for name, sentence in rules().items():
        assert sentence.endswith("."), name
        assert len(sentence.split()) > 3, name


def test_every_capability_has_rules() -> None:
    rooms = {name.partition(".")[0] for name in rules()}
    assert rooms == {capability.value for capability in Capability} | {"declaration", "shape", "failures"}
