"""The paper exchange keeps the whole contract, live."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager

import pytest

from pmi_core.testing.conformance import ProviderContract
from pmi_provider_paper.plugin import PROVIDER


class TestPaper(ProviderContract):
    @pytest.fixture
    def provider(self):
        return PROVIDER

    @pytest.fixture
    def cut(self, venue, tmp_path):
        """Another process that keeps the account file is what comes nearest to a lost connection."""
        (path,) = tmp_path.glob("**/*.sqlite")
        venue.orders._house._store._file.execute("PRAGMA busy_timeout = 10")

        @asynccontextmanager
        async def kept():
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                other.execute("ROLLBACK")
                other.close()

        return kept
