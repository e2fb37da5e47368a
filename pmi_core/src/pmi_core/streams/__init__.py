"""From a venue's socket to whoever listens: books, updates, states, and two modes of delivery."""

from __future__ import annotations

from pmi_core.streams.feed import Feed
from pmi_core.streams.listener import Listener
from pmi_core.streams.outlet import Outlet

__all__ = ["Feed", "Listener", "Outlet"]
