"""The contract against the installed provider that ``--pmi-provider`` names."""

from __future__ import annotations

from pmi_core.testing.conformance import ProviderContract

__all__ = ["TestInstalled"]


class TestInstalled(ProviderContract):
    """Everything comes from the command line."""
