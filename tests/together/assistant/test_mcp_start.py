"""What a start loads before a client is answered."""

from __future__ import annotations

import subprocess
import sys


def test_nothing_heavy_is_loaded_before_the_list_of_tools(tmp_path):
    program = """
import asyncio, sys
from pathlib import Path
from fastmcp import Client
before = set(sys.modules)
from pmi_core import Registry
from pmi_mcp.server import build
from pmi_mcp.settings import ServerSettings

async def main():
    registry = Registry.load(config_path=Path(sys.argv[1]), environ={"PMI_HOME": str(Path(sys.argv[1]).parent)})
    async with Client(build(registry, ServerSettings(toolsets="all"))) as client:
        tools = await client.list_tools()
        new = set(sys.modules) - before
    heavy = {"sqlalchemy", "aiosqlite", "starlette", "uvicorn", "fido2", "jinja2", "textual", "pyarrow", "websockets"}
    print(len(tools), *sorted(new & (heavy | {"pmi_core.desk.desk", "pmi_core.streams", "pmi_mcp.approvals.page"})))

asyncio.run(main())
"""
    config = tmp_path / "pmi.toml"
    config.write_text("", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", program, str(config)], capture_output=True, text=True, check=True, timeout=120
    )
    count, *loaded = done.stdout.split()
    assert int(count) > 30, "tools that write are among them"
    assert loaded == []
