"""How long `pmi-mcp` takes from its start to the list of tools, against a bare server of the same size.

Both are started in turn, spoken to in raw JSON-RPC on standard input and output, and compared by their
medians.  Exit status 1 if the ratio or the bytes per tool are over the line.

    python tests/bench/mcp_start.py [--rounds 9]
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RATIO = 1.15
BYTES_PER_TOOL = 800

PLUGIN = """\
from pmi_core import Capability, Provider, WriteClass, hookimpl
from pmi_core.settings import ProviderSettings

async def refuse(context):
    raise OSError("only listed, never opened")

@hookimpl
def pmi_provider():
    return Provider(name="bench", title="Bench", settings=ProviderSettings, open=refuse,
                    capabilities=frozenset(Capability), write_class=lambda settings: WriteClass.SIMULATED)
"""

BARE = """\
from typing import Annotated, Any, Literal
from fastmcp import FastMCP
from pydantic import Field

server = FastMCP(name="bare", instructions="Nothing.", version="1")

def add(number):
    async def tool(
        name: Annotated[str, Field(description="The name of the thing that is meant")],
        venue: Annotated[str | None, Field(description="Where to ask; everywhere when left out")] = None,
        status: Annotated[Literal["open", "closed", "settled", "any"], Field(description="State")] = "open",
        limit: Annotated[int, Field(ge=1, le=100, description="Rows at most")] = 20,
        detail: Annotated[Literal["brief", "full"], Field(description="full: every field")] = "brief",
    ) -> dict[str, Any]:
        return {}
    server.tool(tool, name=f"tool_{number}", title=f"Tool {number}", description="Does what it does.",
                output_schema=None, annotations={"readOnlyHint": True, "idempotentHint": True})

for number in range(COUNT):
    add(number)
server.run(transport="stdio", show_banner=False)
"""

OURS = "import sys; from pmi_mcp.server import main; sys.exit(main())"


def speak(process, message):
    process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    process.stdin.flush()


def answer(process, number):
    while line := process.stdout.readline():
        message = json.loads(line)
        if message.get("id") == number:
            return message["result"]
    raise SystemExit("the server ended before it answered")


def start(command, environment):
    """Seconds from the start to the list of tools, and the list."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as process:
        client = {"name": "bench", "version": "1"}
        speak(
            process,
            {
                "id": 1,
                "method": "initialize",
                "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client},
            },
        )
        answer(process, 1)
        speak(process, {"method": "notifications/initialized"})
        speak(process, {"id": 2, "method": "tools/list", "params": {}})
        tools = answer(process, 2)["tools"]
        seconds = time.perf_counter() - begun
        process.stdin.close()
        process.wait(timeout=30)
    return seconds, tools


def prepared(folder):
    """A folder for the path of Python, with a plugin whose venue can do everything."""
    (folder / "pmi_bench_plugin.py").write_text(PLUGIN, encoding="utf-8")
    about = folder / "pmi_provider_bench-0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: pmi-provider-bench\nVersion: 0\n")
    (about / "entry_points.txt").write_text("[pmi.providers]\nbench = pmi_bench_plugin\n")
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(folder),
        "PMI_HOME": str(folder),
        "PMI_MCP_TOOLSETS": "all",
        "HOME": str(folder),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="starts of each server; 9 by default")
    rounds = max(parser.parse_args().rounds, 3)
    with tempfile.TemporaryDirectory() as name:
        environment = prepared(Path(name))
        ours = [sys.executable, "-c", OURS]
        _, tools = start(ours, environment)
        bare = [sys.executable, "-c", BARE.replace("COUNT", str(len(tools)))]
        start(bare, environment)
        times = {"ours": [], "bare": []}
        for turn in range(rounds):
            order = [("ours", ours), ("bare", bare)]
            for who, command in order if turn % 2 else reversed(order):
                times[who].append(start(command, environment)[0])
    middle = {who: statistics.median(found) for who, found in times.items()}
    ratio = middle["ours"] / middle["bare"]
    size = len(json.dumps(tools, ensure_ascii=False, separators=(",", ":")).encode()) / len(tools)
    arguments = sum(len(tool["inputSchema"].get("properties", {})) for tool in tools) / len(tools)
    print(
        f"pmi-mcp {middle['ours']:.3f} s, bare {middle['bare']:.3f} s, medians of {rounds}: ratio {ratio:.3f} (line {RATIO})"
    )
    print(
        f"{len(tools)} tools, {arguments:.1f} arguments each, {size:.0f} bytes each (line {BYTES_PER_TOOL})"
    )
    return int(ratio > RATIO or size > BYTES_PER_TOOL)


if __name__ == "__main__":
    sys.exit(main())
