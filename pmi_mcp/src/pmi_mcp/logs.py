"""What the server logs, and where: standard error only, because standard output is the protocol."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any, TextIO

from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from collections.abc import MutableMapping

__all__ = ["configure_logging"]

_LONGEST = 2_000


def configure_logging(level: str) -> None:
    """Send every library's log to standard error: readable on a terminal, JSON otherwise."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(readable=sys.stderr.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    framework = logging.getLogger("fastmcp")
    framework.handlers.clear()
    framework.propagate = True
    framework.setLevel(logging.NOTSET)
    logging.captureWarnings(True)


class _Formatter(logging.Formatter):
    """structlog's formatter, made when the first record needs it."""

    def __init__(self, *, readable: bool) -> None:
        super().__init__()
        self._readable = readable
        self._inner: logging.Formatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        if self._inner is None:
            self._inner = _structured(readable=self._readable)
        return self._inner.format(record)


def _structured(*, readable: bool) -> logging.Formatter:
    import structlog

    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _clean_values,
    ]
    if readable:
        after: list[Any] = [structlog.dev.ConsoleRenderer(exception_formatter=_clean_traceback)]
    else:
        after = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *after],
        foreign_pre_chain=before,
    )


def _clean_values(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A log line may quote a venue; a terminal must not obey it."""
    del logger, method
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = clean(value, _LONGEST, lines=True)
    return event


def _clean_traceback(stream: TextIO, error: Any) -> None:
    """The message of an error may quote a venue too."""
    told = "".join(traceback.format_exception(*error))
    stream.write("\n" + "\n".join(clean(line, _LONGEST) for line in told.splitlines()))
