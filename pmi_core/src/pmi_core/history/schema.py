"""How rows stand in Parquet: typed columns for books, trades and states, one document for the rest.

Numbers are text, as exact as they were received; times are microseconds in UTC.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from pmi_core.errors import PluginError, RequestError

__all__ = ["SCHEMA_VERSION", "arrow", "check_version", "parquet", "schema_of"]

SCHEMA_VERSION: Final = 1
"""Grows when a column changes its meaning or goes; programs refuse recordings that are newer."""

VERSION_KEY: Final = b"pmi_schema_version"


def arrow() -> Any:
    """The library of columns.

    Raises:
        PluginError: it is not installed.
    """
    return _library("pyarrow")


def parquet() -> Any:
    """The library of Parquet files; as :func:`arrow`."""
    return _library("pyarrow.parquet")


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as missing:
        raise PluginError(
            "recording and replaying need pyarrow, which is not installed",
            hint="install the extra: pip install 'pmi-core[history]'",
        ) from missing


def check_version(found: Any, where: str) -> None:
    """Refuse what another version of the schema wrote.

    Raises:
        RequestError: the version is newer, or is none.
    """
    if not isinstance(found, int) or found < 1:
        raise RequestError(f"{where} does not say its schema version", hint="it is no recording of pmi")
    if found > SCHEMA_VERSION:
        raise RequestError(
            f"{where} was written with schema version {found}, and this program knows {SCHEMA_VERSION}",
            hint="update pmi-core to read it",
        )


def schema_of(channel: str) -> Any:
    """The columns of a channel's files."""
    pa = arrow()
    text, moment = pa.string(), pa.timestamp("us", tz="UTC")
    levels = pa.list_(pa.struct([pa.field("price", text), pa.field("size", text)]))
    own: dict[str, list[tuple[str, Any]]] = {
        "book": [
            ("outcome", text),
            ("bids", levels),
            ("asks", levels),
            ("sequence", pa.int64()),
            ("venue_time", moment),
            ("book_received_time", moment),
            ("state", text),
            ("source", text),
            ("firm", pa.bool_()),
        ],
        "trade": [
            ("trade_id", text),
            ("price", text),
            ("size", text),
            ("taker_outcome", text),
            ("taker_action", text),
            ("off_book", pa.bool_()),
            ("time", moment),
        ],
        "connection": [("state", text), ("reason", text), ("market_refs", pa.list_(text))],
    }
    head = [("serial", pa.int64()), ("received_time", moment), ("market_ref", text)]
    rest: list[tuple[str, Any]] = [("type", text), ("document", text)]
    return pa.schema([*head, *own.get(channel, rest)], metadata={VERSION_KEY: str(SCHEMA_VERSION).encode()})
