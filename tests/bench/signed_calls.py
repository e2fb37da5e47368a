"""Signed calls of one client: ``python signed_calls.py VARIANT PORT [ed25519|rsa]``; prints one JSON line.

Reads one order again and again: one call after the other, then with 20 in flight.  ``signing`` only
signs, while somebody watches how long the loop is held.
"""

from __future__ import annotations

import asyncio
import base64
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

KEY_ID = "a-key-id"
PATH = "/portfolio/orders/o1"
ROOT = "/trade-api/v2"
ALONE, TOGETHER, IN_FLIGHT, WARM = 600, 3000, 20, 100
PSS = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)

Call = Callable[[], Awaitable[object]]


def private_key(kind: str) -> ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey:
    """A new key."""
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ed25519.Ed25519PrivateKey.generate()


def pem(key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey) -> str:
    """A key as the venue hands it out."""
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, none).decode()


@asynccontextmanager
async def bare(port: int, kind: str) -> AsyncIterator[Call]:
    """The HTTP library, a signature, and the standard library's JSON."""
    import httpx2

    key = private_key(kind)
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:

        async def call() -> object:
            stamp = str(time.time_ns() // 1_000_000)
            text = f"{stamp}GET{ROOT}{PATH}".encode()
            proof = key.sign(text) if isinstance(key, ed25519.Ed25519PrivateKey) else key.sign(text, PSS, hashes.SHA256())
            headers = {
                "KALSHI-ACCESS-KEY": KEY_ID,
                "KALSHI-ACCESS-TIMESTAMP": stamp,
                "KALSHI-ACCESS-SIGNATURE": base64.b64encode(proof).decode(),
            }
            answer = await client.get(ROOT + PATH, headers=headers)
            return answer.raise_for_status().json()

        yield call


@asynccontextmanager
async def ours(port: int, kind: str) -> AsyncIterator[Call]:
    """The whole road: limits, signature, transport, wire struct, neutral order."""
    from pmi_core.provider import OpenContext
    from pmi_provider_kalshi.plugin import pmi_provider

    provider = pmi_provider()
    settings = provider.settings.model_validate(
        {
            "environment": "custom",
            "rest_url": f"http://127.0.0.1:{port}{ROOT}",
            "api_key_id": KEY_ID,
            "private_key": pem(private_key(kind)),
        }
    )
    async with await provider.open(OpenContext(name="kalshi", settings=settings)) as venue:
        assert venue.orders is not None
        orders = venue.orders

        async def call() -> object:
            return await orders.get_order("kalshi:o1")

        yield call


@asynccontextmanager
async def official(port: int, kind: str) -> AsyncIterator[Call]:
    """The venue's own generated client, asynchronous."""
    import kalshi_python_async as sdk
    from kalshi_python_async.auth import KalshiAuth

    async with sdk.ApiClient(sdk.Configuration(host=f"http://127.0.0.1:{port}{ROOT}")) as client:
        client.kalshi_auth = KalshiAuth(KEY_ID, pem(private_key(kind)))
        orders = sdk.OrdersApi(client)

        async def call() -> object:
            return await orders.get_order("o1")

        yield call


CLIENTS = {"bare": bare, "pmi": ours, "kalshi-python-async": official}


async def measure(client: Callable[[int, str], object], port: int, kind: str) -> dict[str, float]:
    """Seconds of one call alone, and calls a second and the slowest hundredth with 20 in flight."""
    async with client(port, kind) as call:  # type: ignore[attr-defined]
        for _ in range(WARM):
            await call()
        alone = []
        for _ in range(ALONE):
            before = time.perf_counter()
            await call()
            alone.append(time.perf_counter() - before)
        together: list[float] = []

        async def worker() -> None:
            for _ in range(TOGETHER // IN_FLIGHT):
                before = time.perf_counter()
                await call()
                together.append(time.perf_counter() - before)

        before = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
        seconds = time.perf_counter() - before
    return {
        "p50": statistics.median(alone),
        "rate": len(together) / seconds,
        "p99": statistics.quantiles(together, n=100)[98],
    }


async def signing(kind: str) -> dict[str, float]:
    """How long the loop is held while 500 requests are signed, 20 at a time."""
    from pmi_core.transport.signing import Unsigned, sign
    from pmi_provider_kalshi.keys import read_key
    from pmi_provider_kalshi.signing import KalshiSigner

    signer = KalshiSigner(KEY_ID, read_key(pem(private_key(kind))))
    now = datetime(2026, 11, 16, tzinfo=UTC)
    held: list[float] = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            held.append(time.perf_counter() - before)

    async def worker() -> None:
        for _ in range(25):
            await sign(signer, Unsigned("GET", ROOT + PATH, "", b"", now))

    await worker()
    watcher = asyncio.ensure_future(watch())
    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
    watcher.cancel()
    held.sort()
    return {"held_p99": held[int(len(held) * 0.99)], "held_most": held[-1]}


def main() -> None:
    """Measure what the command line says."""
    variant, port, kind = sys.argv[1:]
    if variant == "signing":
        print(json.dumps(asyncio.run(signing(kind))))
    else:
        print(json.dumps(asyncio.run(measure(CLIENTS[variant], int(port), kind))))


if __name__ == "__main__":
    main()
