"""A prediction-market exchange inside the process."""

from typing import TYPE_CHECKING

from pmi_provider_paper._version import __version__
from pmi_provider_paper.settings import PaperSettings

if TYPE_CHECKING:
    from pmi_provider_paper.resetting import reset

__all__ = ["PaperSettings", "__version__", "reset"]


def __getattr__(name: str) -> object:
    """Load what opens files only when it is used."""
    if name != "reset":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pmi_provider_paper.resetting import reset as found

    return found
