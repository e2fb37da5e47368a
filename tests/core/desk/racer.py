"""A process that redeems codes as fast as it can, when it is told to."""

import asyncio
import importlib.util
import json
import sys
from pathlib import Path

spec = importlib.util.spec_from_file_location("desk_double", Path(__file__).with_name("double.py"))
double = importlib.util.module_from_spec(spec)
sys.modules["desk_double"] = double
spec.loader.exec_module(double)


async def main(home, truth, codes):
    async with double.make_desk(home, double.Double(truth=Path(truth))) as desk:
        for code in codes:
            await desk.state(code)
        print("ready", flush=True)
        sys.stdin.readline()
        told = [(await desk.send(code)).repeated for code in codes]
        print(json.dumps(told))


asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
