"""A fake venue for the listing benchmark: ``python listing_venue.py PAGES ROWS [gzip]``.

Prints its port, then answers until it is stopped.  Every page is another one and is serialised
before the first question, so an answer costs the fake a few microseconds.  A market carries every
field of the official model, with values drawn from a seeded generator.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
import sys
from typing import ClassVar

SUBJECTS = [
    "rainfall",
    "snowfall",
    "wind",
    "turnout",
    "attendance",
    "inflation",
    "unemployment",
    "exports",
    "traffic",
    "harvest",
]
PLACES = [
    "Oslo",
    "Lyon",
    "Quito",
    "Perth",
    "Tampa",
    "Kyoto",
    "Turin",
    "Malmo",
    "Cusco",
    "Leeds",
    "Omaha",
    "Izmir",
    "Porto",
    "Basel",
    "Accra",
]
RULE = (
    "If the {subject} measured at {place} station number {number} is above {level} units according to the "
    "official bulletin of that day, then the market resolves to Yes."
)
MORE_RULES = (
    "The bulletin counts as it stands at the time of expiration. Later corrections are not considered. "
    "If no bulletin is published within a week after the closing time, the last published value counts. "
    "Values are compared as printed, without rounding, and the unit is the one printed beside the value."
)


def dollars(ten_thousandths: int) -> str:
    """Four decimals, as prices are written."""
    return f"{ten_thousandths / 10_000:.4f}"


def contracts(chance: random.Random, most: int) -> str:
    """Two decimals, as counts are written."""
    return f"{chance.randrange(most * 100) / 100:.2f}"


def market(chance: random.Random, number: int) -> dict[str, object]:
    """One market with every field of the official model."""
    subject, place, level = chance.choice(SUBJECTS), chance.choice(PLACES), chance.randrange(10, 90_000)
    bid = 100 * chance.randrange(1, 97)
    ask = bid + 100 * chance.randrange(1, 3)
    event = f"KX{subject[:6].upper()}{place.upper()}-26{chance.choice(('NOV', 'DEC'))}{chance.randrange(1, 29):02d}"
    row: dict[str, object] = {
        "ticker": f"{event}-T{number}",
        "event_ticker": event,
        "market_type": "binary",
        "title": f"Will {subject} at {place} be above {level} on station {number}?",
        "subtitle": "",
        "yes_sub_title": f"Above {level}",
        "no_sub_title": f"Above {level}",
        "created_time": "2026-11-01T09:00:01.250000Z",
        "updated_time": "2026-11-20T18:30:59.112233Z",
        "open_time": "2026-11-02T14:00:00Z",
        "close_time": f"2026-12-{chance.randrange(1, 29):02d}T22:00:00Z",
        "expected_expiration_time": "2026-12-31T15:00:00Z",
        "expiration_time": "2027-01-07T15:00:00Z",
        "latest_expiration_time": "2027-01-07T15:00:00Z",
        "occurrence_datetime": "2026-12-30T12:00:00Z",
        "settlement_timer_seconds": 1800,
        "status": "active",
        "yes_bid_dollars": dollars(bid),
        "yes_bid_size_fp": contracts(chance, 5_000),
        "yes_ask_dollars": dollars(ask),
        "yes_ask_size_fp": contracts(chance, 5_000),
        "no_bid_dollars": dollars(10_000 - ask),
        "no_ask_dollars": dollars(10_000 - bid),
        "last_price_dollars": dollars(bid),
        "previous_yes_bid_dollars": dollars(bid),
        "previous_yes_ask_dollars": dollars(ask),
        "previous_price_dollars": dollars(bid),
        "volume_fp": contracts(chance, 1_000_000),
        "volume_24h_fp": contracts(chance, 100_000),
        "open_interest_fp": contracts(chance, 1_000_000),
        "notional_value_dollars": "1.0000",
        "liquidity_dollars": "0.0000",
        "result": "",
        "can_close_early": True,
        "settlement_value_dollars": None,
        "settlement_ts": None,
        "settlement_bounds_type": "default",
        "settlement_floor_dollars": None,
        "expiration_value": "",
        "fee_waiver_expiration_time": None,
        "early_close_condition": "This market closes early once the level is exceeded.",
        "strike_type": "greater",
        "floor_strike": level,
        "cap_strike": None,
        "functional_strike": None,
        "custom_strike": {"station": str(number)},
        "rules_primary": RULE.format(subject=subject, place=place, number=number, level=level),
        "rules_secondary": MORE_RULES,
        "primary_participant_key": None,
        "price_level_structure": "linear_cent",
        "price_ranges": [{"start": "0.0000", "end": "1.0000", "step": "0.0100"}],
        "is_provisional": False,
        "exchange_index": 0,
    }
    if number % 7 == 0:
        row["mve_collection_ticker"] = "KXMVEBENCH-R"
        row["mve_selected_legs"] = [
            {"event_ticker": event, "market_ticker": f"{event}-L{leg}", "side": "yes"} for leg in range(4)
        ]
    return row


def answer(markets: list[dict[str, object]], cursor: str, *, packed: bool) -> bytes:
    """The whole HTTP answer with one page; packed answers are for clients that take them."""
    body = json.dumps({"markets": markets, "cursor": cursor}, separators=(",", ":")).encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    if packed:
        body = gzip.compress(body, 6)
        head += "Content-Encoding: gzip\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Venue(asyncio.Protocol):
    """Answers every GET with the page its cursor names; only active markets are listed."""

    pages: ClassVar[list[bytes]] = []
    nothing = b""
    packed = False
    cursor = re.compile(rb"cursor=c(\d+)")
    takes = re.compile(rb"accept-encoding:[^\r]*gzip", re.IGNORECASE)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.held = transport, b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while b"\r\n\r\n" in self.held:
            head, _, self.held = self.held.partition(b"\r\n\r\n")
            line = head.partition(b"\r\n")[0]
            if self.packed and not self.takes.search(head):
                sys.exit("the client takes no gzip")
            found = self.cursor.search(line)
            page = self.pages[int(found[1]) if found else 0]
            self.transport.write(self.nothing if b"status=paused" in line else page)


async def serve(pages: int, rows: int, *, packed: bool) -> None:
    """Prepare the pages, say the port, answer."""
    chance = random.Random(20_261_122)
    for page in range(pages):
        cursor = f"c{page + 1}" if page + 1 < pages else ""
        Venue.pages.append(
            answer([market(chance, page * rows + row) for row in range(rows)], cursor, packed=packed)
        )
    Venue.packed, Venue.nothing = packed, answer([], "", packed=packed)
    server = await asyncio.get_running_loop().create_server(Venue, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), packed="gzip" in sys.argv[3:]))
