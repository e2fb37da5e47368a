"""Kalshi as a provider of pmi."""

from pmi_provider_kalshi._version import __version__

__all__ = ["__version__"]
