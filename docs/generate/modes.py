"""`reference/modes.md`."""

from __future__ import annotations

from decimal import Decimal

from text import code, page, table

from pmi_core.desk.policy import Policy
from pmi_core.provider import VenueInfo, WriteClass
from pmi_core.settings import ApprovalChannel, Mode, PolicySettings

TITLE = "Modes"

_MEANS = {
    Mode.READ_ONLY: "Nothing is written anywhere.",
    Mode.PAPER: "Only simulated venues are written to. This is the default.",
    Mode.DEMO: "Test environments of real venues, and play money, are written to as well.",
    Mode.LIVE: "Real money too, once its caps are written down.",
}
_MOVES = {
    WriteClass.SIMULATED: "simulated venues",
    WriteClass.DEMO: "test environments, play money",
    WriteClass.REAL: "real money",
}
_ASKS = {
    ApprovalChannel.PASSKEY: "a passkey, which needs a person's touch",
    ApprovalChannel.PAGE: "the approval page in a browser on this machine",
    ApprovalChannel.TERMINAL: "`pmi approve CODE` in a terminal",
    ApprovalChannel.ELICITATION: "a question that the assistant's program shows to its person",
    ApprovalChannel.TOKEN: "a token that the assistant itself hands back: two calls, not a person",
}
_CAPS = {"max_order": "50", "max_day": "200"}


def build() -> str:
    """What each mode lets be written to, and who may approve it."""
    written = table(
        ["mode", *(_MOVES[one] for one in WriteClass), "meaning"],
        [[code(mode.value), *(_writes(mode, one) for one in WriteClass), _MEANS[mode]] for mode in Mode],
    )
    bare, open_to_tokens = (
        Policy(Mode.LIVE, PolicySettings(**more)) for more in ({}, {"token_ceiling": "5"})
    )
    approved = table(
        ["channel", "who says yes", *(_MOVES[one] for one in WriteClass)],
        [
            [
                code(channel.value),
                _ASKS[channel],
                *(_approves(channel, one, bare, open_to_tokens) for one in WriteClass),
            ]
            for channel in ApprovalChannel
        ],
    )
    return page(
        TITLE,
        "The mode says what may be written to. It is set by `mode` in the configuration file or by `PMI_MODE`, and "
        "nowhere else: no tool, and no text that a model reads, can change it. A venue says of itself what its "
        "orders move.",
        f"## What is written to\n\n{written}",
        "A tool of `pmi-mcp` that writes is there only where the mode writes to a configured venue that can do "
        "it; `pmi-mcp --read-only`, or `read_only` under `[mcp]`, leaves all of them out whatever the mode is. The "
        "[list of tools](tools.md) says which ones write. Where a mode forbids something that was asked for by "
        "other means, the desk refuses it and names the mode that is needed.",
        "## Who approves\n\nEvery order needs a yes for exactly this order; cancelling needs none. Without "
        "`approve_with` under [`[policy]`](settings.md#policy) these channels count:\n\n" + approved,
        "The strongest stand first. Where a passkey is required, nothing else approves. What each does not stop is "
        "said in the [threat model](../explanation/threat-model.md).",
    )


def _writes(mode: Mode, moves: WriteClass) -> str:
    info = VenueInfo(name="venue", provider="venue", title="", environment="", write_class=moves)
    if Policy(mode, PolicySettings()).allows_writing(info) is None:
        return "yes"
    if Policy(mode, PolicySettings(**_CAPS)).allows_writing(info) is None:
        return f"with {' and '.join(code(name) for name in _CAPS)}"
    return "no"


def _approves(channel: ApprovalChannel, moves: WriteClass, bare: Policy, open_to_tokens: Policy) -> str:
    if channel in bare.channels(moves, Decimal(1)):
        return "yes"
    return "below `token_ceiling`" if channel in open_to_tokens.channels(moves, Decimal(1)) else "no"
