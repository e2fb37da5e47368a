"""Recording, killing, replaying and taping the practice venue with the real commands."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pmi_core.history import SCHEMA_VERSION, Recorded

PMI = str(Path(sys.executable).with_name("pmi"))
GUARD = 60.0


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    config = tmp_path / "pmi.toml"
    config.write_text("[venues.paper]\n", encoding="utf-8")
    config.chmod(0o600)
    monkeypatch.setenv("PMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PMI_CONFIG", str(config))


def pmi(*args):
    return subprocess.run([PMI, *args], capture_output=True, text=True, timeout=GUARD, check=False)


@pytest.fixture
def refs(home):
    found = json.loads(pmi("search", "rain", "--limit", "2", "--json").stdout)
    return [item["ref"] for item in found["items"]]


def hears_interrupts():
    """For the child: whoever starts the tests in the background makes them, and so it, deaf to interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def recorded_when(process, folder, ready):
    """Wait until the recording holds what is waited for."""
    end, pause = time.monotonic() + GUARD, threading.Event()
    while time.monotonic() < end:
        if (folder / "recording.json").exists() and ready([row.said for row in Recorded(folder).rows()]):
            return
        assert process.poll() is None, process.stderr.read()
        pause.wait(0.1)
    raise AssertionError("nothing was recorded")


def has_a_book(said):
    return any(update.type == "book" for update in said)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
@pytest.mark.parametrize(
    "end, status, last",
    [(signal.SIGINT, 130, "closed"), (signal.SIGKILL, -signal.SIGKILL, "book")],
    ids=["interrupted", "killed"],
)
def test_a_recording_that_was_ended_is_whole_and_is_replayed_as_it_was(refs, tmp_path, end, status, last):
    folder = tmp_path / "recording"
    command = [PMI, "record", *refs, "--out", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, preexec_fn=hears_interrupts) as process:
        try:
            recorded_when(process, folder, has_a_book)
            process.send_signal(end)
            assert process.wait(GUARD) == status
        finally:
            process.kill()
    rows = [row.said for row in Recorded(folder).rows()]
    assert last in (rows[-1].type, getattr(rows[-1], "state", None))
    played = pmi("replay", str(folder), "--speed", "0", "--json", "--channels", "book,trade")
    assert played.returncode == 0, played.stderr
    shown = [json.loads(line) for line in played.stdout.splitlines()]
    said = [update.model_dump(mode="json") for update in rows if update.type != "market"]
    assert [
        {name: line[name] for name in line if name not in ("schema_version", "venue")} for line in shown
    ] == said


def test_a_folder_that_cannot_be_written_ends_with_a_sentence(refs, tmp_path):
    folder = tmp_path / "recording"
    folder.mkdir()
    sign = {"kind": "pmi recording", "schema_version": SCHEMA_VERSION}
    (folder / "recording.json").write_text(json.dumps(sign), encoding="utf-8")
    (folder / "journal").write_text("no folder", encoding="utf-8")
    told = pmi("record", *refs, "--out", str(folder), "--for", "1")
    assert told.returncode == 3
    assert "cannot be written" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_tape_says_the_state_first_and_ends_by_itself(refs):
    told = pmi("tape", *refs, "--channels", "book,trade", "--for", "1")
    assert told.returncode == 0, told.stderr
    lines = [line.split("\t") for line in told.stdout.splitlines()]
    assert lines[0][1:] == ["state", "paper", "live"]
    assert {line[2] for line in lines if line[1] == "book"} == set(refs)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are another matter there")
def test_a_tape_is_interrupted_without_a_traceback(refs):
    command = [PMI, "tape", *refs, "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes, text=True, preexec_fn=hears_interrupts) as process:
        try:
            assert json.loads(process.stdout.readline())["state"] == "live"
            process.send_signal(signal.SIGINT)
            assert process.wait(GUARD) == 130
            assert process.stderr.read() == ""
        finally:
            process.kill()


@pytest.mark.parametrize(
    "args, status, words",
    [
        (("tape", "REF", "--channels", "books", "--for", "1"), 2, "choose among book, ticker"),
        (("tape", "paper:NOPE", "--for", "1"), 1, "paper:NOPE"),
        (("watch", "REF"), 2, "use `pmi tape`"),
        (("replay", "nowhere"), 2, "is no recording"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_ends_with_a_sentence(refs, args, status, words):
    told = pmi(*(refs[0] if word == "REF" else word for word in args))
    assert (told.returncode, told.stdout) == (status, "")
    assert words in told.stderr
    assert "Traceback" not in told.stderr
