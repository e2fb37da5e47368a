"""The front end: MCP tools and a terminal over every installed provider."""

from pmi_mcp._version import __version__

__all__ = ["__version__"]
