"""Processes that die at a chosen step between draft and the last row of the journal."""

import asyncio
import importlib.util
import os
import signal
import sys
from pathlib import Path

if "desk_double" not in sys.modules:
    spec = importlib.util.spec_from_file_location("desk_double", Path(__file__).with_name("double.py"))
    sys.modules["desk_double"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["desk_double"])
double = sys.modules["desk_double"]

from pmi_core.desk import ApprovalChannel, OrderDraft  # noqa: E402
from pmi_core.desk.approval import Tickets  # noqa: E402
from pmi_core.desk.journal import Journal  # noqa: E402
from pmi_core.desk.reconcile import Reconciler  # noqa: E402
from pmi_core.desk.sending import Sender  # noqa: E402


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def around(owner, name, *, after, when=lambda *_: True):
    """Die before or after a method that is called with what `when` waits for."""
    plain = getattr(owner, name)

    async def fatal(self, *args):
        if not after and when(*args):
            die()
        answer = await plain(self, *args)
        if after and when(*args):
            die()
        return answer

    setattr(owner, name, fatal)


def of(kind):
    """Waits for rows of a kind in the journal."""
    return lambda _, rows: any(row[0].value == kind for row in rows)


POINTS = {
    "before the draft": lambda: around(Tickets, "issue", after=False),
    "with the draft written, not committed": lambda: around(
        Journal, "append", after=True, when=of("preview")
    ),
    "after the draft": lambda: around(Tickets, "issue", after=True),
    "with the approval written, not committed": lambda: around(
        Journal, "append", after=True, when=of("approval")
    ),
    "after the approval": lambda: around(Tickets, "approve", after=True),
    "before the intent": lambda: around(Sender, "write_down", after=False),
    "with the approval used, not committed": lambda: around(Tickets, "use", after=True),
    "with the intent written, not committed": lambda: around(
        Journal, "append", after=True, when=of("intent")
    ),
    "after the intent": lambda: around(Sender, "write_down", after=True),
    "before the venue has it": lambda: around(double.Double, "place_order", after=False),
    "after the venue has it": lambda: around(double.Double, "place_order", after=True),
    "before the answer is written": lambda: around(Reconciler, "settle", after=False),
    "with the answer written, not committed": lambda: around(
        Journal, "append", after=True, when=of("answer")
    ),
    "after the answer is written": lambda: around(Reconciler, "settle", after=True),
    "while it is looked for": lambda: around(double.Double, "find_by_client_id", after=True),
}


async def live(home, point):
    faults = ["lose_answer"] if point == "while it is looked for" else []
    venue = double.Double(truth=home / "truth", faults=faults)
    async with double.make_desk(home, venue) as desk:
        draft = OrderDraft(market_ref="fake:HEADS", outcome="yes", action="buy", size="10", price="0.51")
        preview = await desk.preview(draft)
        (home / "code").write_text(preview.code)
        await desk.approve(preview.code, ApprovalChannel.TERMINAL, "test")
        (home / "approved").touch()
        await desk.send(preview.code)


def main(root):
    for number, (point, arm) in enumerate(POINTS.items()):
        home = root / str(number)
        home.mkdir()
        (home / "truth").touch()
        child = os.fork()
        if not child:
            arm()
            asyncio.run(live(home, point))
            os._exit(1)  # it should have died
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(f"it did not die {point}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
