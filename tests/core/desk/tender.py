"""A process that holds a desk: previews if it is asked to, then tends until its input ends."""

import asyncio
import importlib.util
import sys
from pathlib import Path

spec = importlib.util.spec_from_file_location("desk_double", Path(__file__).with_name("double.py"))
double = importlib.util.module_from_spec(spec)
sys.modules["desk_double"] = double
spec.loader.exec_module(double)

from pmi_core.desk import OrderDraft  # noqa: E402


async def main(home, truth, previews):
    async with double.make_desk(home, double.Double(truth=Path(truth))) as desk:
        for _ in range(int(previews)):
            draft = OrderDraft(market_ref="fake:HEADS", outcome="yes", action="buy", size="10", price="0.51")
            print((await desk.preview(draft)).code, flush=True)
        async with desk.tending():
            print("tending", flush=True)
            await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


asyncio.run(main(*sys.argv[1:]))
