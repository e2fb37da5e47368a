"""The page on which a person approves or refuses an order, served to this machine alone.

A name loads its module when it is first used; the web libraries load when the page is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmi_mcp.approvals.page import ApprovalPage
    from pmi_mcp.approvals.settings import PageSettings, read_page_settings

__all__ = ["ApprovalPage", "PageSettings", "read_page_settings"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    home = "page" if name == "ApprovalPage" else "settings"
    found = getattr(import_module(f"pmi_mcp.approvals.{home}"), name)
    globals()[name] = found
    return found
