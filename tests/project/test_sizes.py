"""Files divide by noun before they grow."""

from __future__ import annotations

from statistics import median

LIMIT = 400

LARGER: dict[str, tuple[int, str]] = {}  # path: its ceiling and why


def lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def python(files):
    return [path for path in files if path.suffix == ".py"]


def test_no_file_grows_beyond_the_limit(files, repository):
    grown = {}
    for path in python(files):
        name = path.relative_to(repository).as_posix()
        ceiling, _ = LARGER.get(name, (LIMIT, ""))
        if lines(path) > ceiling:
            grown[name] = lines(path)
    assert grown == {}, "divide by noun, or name it in LARGER with a reason"


def test_exceptions_are_still_needed(repository):
    for name, (ceiling, reason) in LARGER.items():
        assert LIMIT < lines(repository / name) <= ceiling, f"{name} does not need its exception any more"
        assert reason


def test_the_middle_file_is_short(distributions):
    sizes = [lines(path) for one in distributions for path in one.source.rglob("*.py")]
    assert median(sizes) <= 160
