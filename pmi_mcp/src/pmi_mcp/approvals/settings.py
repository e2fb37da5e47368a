"""What an operator chooses about the approval page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from pmi_core.settings import SettingsModel, read_section

if TYPE_CHECKING:
    from pmi_core.settings import Config

__all__ = ["PageSettings", "read_page_settings"]


class PageSettings(SettingsModel):
    """The section ``[approvals]``."""

    page: bool = True
    """Whether orders can be approved on a page in a browser on this machine."""
    open_browser: bool = True
    """Whether the browser of the person is opened when an order waits."""
    port: int = Field(default=0, ge=0, le=65_535)
    """The port of this machine on which the page is served; 0 for any that is free."""


def read_page_settings(config: Config) -> PageSettings:
    """Read ``[approvals]``, with ``PMI_APPROVALS_...`` above it.

    Raises:
        SettingsError: a key is unknown or a value is wrong.
    """
    return read_section("approvals", PageSettings, config)
