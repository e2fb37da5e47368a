"""How much of a venue's token bucket 200 waiting tasks use, and that none of them is ever refused.

Run it by name::

    python tests/bench/budget.py [--rate 1000] [--capacity 2000]

A fake venue in its own process keeps the bucket by its own clock and counts what it admits within ten
seconds of the first call; calls cost 2 or 10 tokens.  A second run has a venue that counts over a
sliding second, with burst and rate set so that no second holds more than 95 % of it.  The exit status
says whether the promises hold.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from signed_calls import KEY_ID, ROOT, pem, private_key
from signed_venue import WATCHED

from pmi_core.errors import BusyError
from pmi_core.provider import OpenContext
from pmi_provider_kalshi.caller import Caller
from pmi_provider_kalshi.plugin import pmi_provider
from pmi_provider_kalshi.wire.account import UserDataTimestamp
from pmi_provider_kalshi.wire.order import OrderAnswer

HERE = Path(__file__).resolve().parent
TASKS = 200
SHARE = 0.97


async def spend(port: int, burst: float | None, rate: float) -> None:
    """Let many tasks call as fast as the limits let them."""
    provider = pmi_provider()
    settings = provider.settings.model_validate(
        {
            "environment": "custom",
            "rest_url": f"http://127.0.0.1:{port}{ROOT}",
            "api_key_id": KEY_ID,
            "private_key": pem(private_key("ed25519")),
            "timeout": 60,
        }
    )
    async with await provider.open(OpenContext(name="kalshi", settings=settings)) as venue:
        caller: Caller = venue.orders._portfolio._caller  # type: ignore[union-attr]
        if burst is not None:
            caller.http.limits.set("read", burst=burst, rate=rate * 0.95 - burst)

        async def cheap() -> object:
            return await caller.get(OrderAnswer, "/portfolio/orders/{order_id}", "orders", order_id="o1")

        async def dear() -> object:
            return await caller.get(UserDataTimestamp, "/exchange/user_data_timestamp", "orders")

        loop = asyncio.get_running_loop()
        ends = loop.time() + WATCHED + 0.5

        async def worker(number: int) -> None:
            call = dear if number % 2 else cheap
            while loop.time() < ends:
                try:
                    await call()
                except BusyError:  # the turn would come too late
                    await asyncio.sleep(0.05)

        await asyncio.gather(*(worker(number) for number in range(TASKS)))


def measured(rate: float, capacity: float, kind: str, burst: float | None) -> dict[str, float]:
    """What a venue counted."""
    command = [sys.executable, str(HERE / "signed_venue.py"), str(rate), str(capacity), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as venue:
        assert venue.stdout is not None
        try:
            port = int(venue.stdout.readline())
            asyncio.run(spend(port, burst, rate))
            with urlopen(f"http://127.0.0.1:{port}{ROOT}/spent", timeout=10) as told:  # noqa: S310 - this machine
                found: dict[str, float] = json.load(told)
        finally:
            venue.terminate()
    return found


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=1000.0)
    parser.add_argument("--capacity", type=float, default=2000.0)
    asked = parser.parse_args()
    found = measured(asked.rate, asked.capacity, "bucket", None)
    budget = asked.capacity + asked.rate * WATCHED
    share = found["spent"] / budget
    print(f"bucket: {found['calls']:.0f} calls, {found['spent']:.0f} of {budget:.0f} tokens, {found['refused']:.0f} refused")
    kept = share >= SHARE and not found["refused"]
    print(f"{'kept  ' if kept else 'BROKEN'} share of the budget: {share:.4f} (promised >= {SHARE}), nothing refused")
    over = measured(asked.rate, asked.rate, "window", asked.rate / 10)
    print(f"window: {over['calls']:.0f} calls, {over['spent']:.0f} tokens, {over['refused']:.0f} refused")
    print(f"{'kept  ' if not over['refused'] else 'BROKEN'} nothing refused by a sliding second")
    return 0 if kept and not over["refused"] else 1


if __name__ == "__main__":
    sys.exit(main())
