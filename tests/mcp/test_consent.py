"""Whether a client can ask its person, what counts as a yes, and who is said to have asked."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from mcp_types import ClientCapabilities, ElicitResult, Implementation

from pmi_mcp.consent import Conversation, Earlier, Reply, reply_of

MODERN, OLD = "2026-07-28", "2025-11-25"


def conversation(*, version=MODERN, state=None, answers=None, declared=None, client=None):
    """A call as the framework hands it over."""
    return Conversation(
        SimpleNamespace(
            session=SimpleNamespace(
                client_capabilities=declared and ClientCapabilities.model_validate(declared),
                client_params=client and SimpleNamespace(client_info=client),
            ),
            request_context=SimpleNamespace(protocol_version=version),
            request_state=state,
            input_responses=answers,
        )
    )


@pytest.mark.parametrize(
    "declared, can",
    [
        (None, False),
        ({"sampling": {}}, False),
        ({"elicitation": {}}, True),
        ({"elicitation": {"form": {}}}, True),
        ({"elicitation": {"form": {}, "url": {}}}, True),
        ({"elicitation": {"url": {}}}, False),
    ],
    ids=str,
)
def test_a_client_is_asked_only_if_it_shows_forms(declared, can):
    assert conversation(declared=declared).can_ask is can


@pytest.mark.parametrize(
    "answer, reply",
    [
        (ElicitResult(action="accept", content={"approve": True}), Reply.YES),
        (ElicitResult(action="accept", content={"approve": False}), Reply.NO),
        (ElicitResult(action="decline"), Reply.NO),
        (ElicitResult(action="decline", content={"approve": True}), Reply.NO),
        (ElicitResult(action="cancel", content={"approve": True}), Reply.CLOSED),
        (ElicitResult(action="accept"), Reply.CLOSED),
        (ElicitResult(action="accept", content={"approve": 1}), Reply.CLOSED),
        (ElicitResult(action="accept", content={"approve": "yes"}), Reply.CLOSED),
        (ElicitResult(action="accept", content={"approve": True, "more": True}), Reply.CLOSED),
        (SimpleNamespace(action="ACCEPT", content={"approve": True}), Reply.CLOSED),
        (SimpleNamespace(roots=[]), Reply.CLOSED),
        ({"action": "accept", "content": {"approve": True}}, Reply.CLOSED),
        (None, Reply.CLOSED),
    ],
)
def test_only_one_answer_is_a_yes(answer, reply):
    assert reply_of(answer) is reply


YES = {"approval": ElicitResult(action="accept", content={"approve": True})}
STATE = '{"code": "ABCD-1234", "digest": "d"}'


@pytest.mark.parametrize("state", ["", "x", "[]", "{}", '{"code": "A"}', "null", "3"])
def test_what_is_no_question_of_this_server_is_none(state):
    assert conversation(state=state, answers=YES).earlier() is None


def test_an_answer_is_for_the_question_that_was_sealed():
    assert conversation(state=STATE, answers=YES).earlier() == Earlier("ABCD-1234", "d", Reply.YES)
    assert conversation(state=STATE).earlier().reply is Reply.MISSING
    assert conversation(state=STATE, answers={"other": YES["approval"]}).earlier().reply is Reply.CLOSED
    assert conversation(answers=YES).earlier() is None
    assert conversation(version=OLD, state=STATE, answers=YES).earlier() is None, (
        "that era has no such answers"
    )


def test_a_client_names_itself_on_one_short_line():
    assert conversation().caller == "assistant"
    told = conversation(client=Implementation(name="x\x1b[2J\nApproved by a person" * 20, version="1")).caller
    assert told.startswith("assistant x")
    assert len(told) <= 80
    assert told.isprintable()
