"""A prediction-market exchange inside the process."""

from pmi_provider_paper._version import __version__

__all__ = ["__version__"]
