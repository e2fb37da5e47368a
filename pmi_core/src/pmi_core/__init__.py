"""Neutral words for prediction markets, and the registry of venues that speak them."""

from pmi_core._version import __version__

__all__ = ["__version__"]
