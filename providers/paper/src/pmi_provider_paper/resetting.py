"""Starting over."""

from __future__ import annotations

from pathlib import Path

from pmi_core.provider import OpenContext
from pmi_core.settings import data_dir
from pmi_provider_paper.settings import PaperSettings
from pmi_provider_paper.store import Store, account_path

__all__ = ["reset", "reset_venue"]


def reset(settings: PaperSettings | None = None, *, venue: str = "paper", folder: Path | None = None) -> Path:
    """Forget orders, positions and money of a practice account; gives the file's path.

    The next turn begins with ``starting_cash``, also in a program that has the account open.

    Args:
        settings: those the venue is opened with; the defaults otherwise.
        venue: the configured venue's name.
        folder: the venue's data folder; otherwise where the platform, or ``PMI_HOME``, puts it.

    Raises:
        SettingsError: the file is not an account file; it is left as it is.
        BusyError: another process is writing to it.
    """
    settings = settings or PaperSettings()
    path = account_path(settings.account_file, folder or data_dir() / "venues" / venue)
    assert path is not None
    _clear(path)
    return path


async def reset_venue(context: OpenContext) -> str:
    """Start the practice account over that a venue would be opened with.

    Raises:
        SettingsError: the file is not an account file; it is left as it is.
        BusyError: another process is writing to it.
    """
    settings = context.settings
    assert isinstance(settings, PaperSettings)
    path = account_path(settings.account_file, context.data_dir)
    if path is None:
        return "Nothing was kept, so nothing had to be forgotten."
    _clear(path)
    return (
        f"Orders, positions and money in {path} are forgotten; {settings.starting_cash} USD is there again."
    )


def _clear(path: Path) -> None:
    store = Store(path)
    try:
        store.begin()
        store.clear()
        store.commit()
    finally:
        store.close()
