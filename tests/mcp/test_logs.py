"""The server's log: for people on a terminal, for programs otherwise, and harmless for both."""

from __future__ import annotations

import io
import json
import logging
import sys

import pytest

from pmi_mcp.logs import configure_logging


class Terminal(io.StringIO):
    """Standard error, on a terminal or not."""

    def __init__(self, on_terminal):
        super().__init__()
        self.isatty = lambda: on_terminal


@pytest.fixture
def logged(monkeypatch):
    """What is written to standard error by a log call, after logging was set up."""
    root, framework = logging.getLogger(), logging.getLogger("fastmcp")
    before = (root.handlers[:], root.level, framework.handlers[:], framework.propagate, framework.level)

    def write(*, on_terminal, level="warning", **call):
        stream = Terminal(on_terminal)
        monkeypatch.setattr(sys, "stderr", stream)
        configure_logging(level)
        logging.getLogger(call.pop("name", "pmi_core.anything")).warning(call.pop("text", "hello"), **call)
        return stream.getvalue()

    yield write
    logging.captureWarnings(False)
    root.handlers[:], root.level, framework.handlers[:], framework.propagate, framework.level = before


def test_for_programs_a_line_is_json(logged):
    line = json.loads(logged(on_terminal=False, text="told", extra={"venue": "alpha"}))
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "told", "level": "warning", "logger": "pmi_core.anything", "venue": "alpha"}


def test_for_people_a_line_can_be_read(logged):
    text = logged(on_terminal=True, text="told")
    assert "told" in text
    assert not text.startswith("{")


@pytest.mark.parametrize("on_terminal", [True, False])
def test_what_a_venue_said_cannot_steer_a_terminal(logged, on_terminal):
    text = logged(on_terminal=on_terminal, text="\x1b]52;c;aGk=\x07said\u202e", extra={"venue": "a\x1b[2Jb"})
    assert "said" in text
    assert "\x1b]52" not in text
    assert "\x1b[2J" not in text
    assert "\\u001b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("on_terminal", [True, False])
def test_an_error_is_told_with_its_trace_and_without_venom(logged, on_terminal):
    try:
        {}["quoted \x1b[2J from a venue"]
    except KeyError as error:
        text = logged(on_terminal=on_terminal, exc_info=error)
    assert "KeyError" in text
    assert "test_logs.py" in text
    assert "\x1b[2J" not in text


def test_an_error_with_raw_text_is_cleaned(logged):
    text = logged(on_terminal=True, exc_info=ValueError("raw \x1b]52;c;aGk=\x07text"))
    assert "raw text" in text
    assert "\x1b]52" not in text


def test_the_level_is_kept(logged):
    assert logged(on_terminal=False, level="error") == ""


def test_the_framework_writes_through_the_same_way(logged):
    assert json.loads(logged(on_terminal=False, name="fastmcp.server", text="noted"))["event"] == "noted"
