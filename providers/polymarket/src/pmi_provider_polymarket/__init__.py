"""Polymarket as a provider of pmi; no capability is declared yet."""

from pmi_provider_polymarket._version import __version__

__all__ = ["__version__"]
