"""Asking the person at the client, in both eras of the protocol, and what counts as a yes."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mcp_types import ElicitRequest, ElicitRequestFormParams, InputRequiredResult
from mcp_types.version import MODERN_PROTOCOL_VERSIONS

from pmi_mcp.texts import clean

if TYPE_CHECKING:
    from fastmcp import Context

    from pmi_core.desk import Preview

__all__ = ["Conversation", "Earlier", "Reply", "reply_of"]

_log = logging.getLogger(__name__)

_ASKED = "approval"
_FIELD = "approve"
_FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        _FIELD: {
            "type": "boolean",
            "title": "Approve",
            "description": "Yes sends exactly what is written above, once.",
            "default": False,
        }
    },
    "required": [_FIELD],
}


class Reply(StrEnum):
    """What came back for a question."""

    YES = "yes"
    NO = "no"
    """Declined, or accepted without a yes in it."""
    CLOSED = "closed"
    """Dismissed, an error, too late, or not an answer to this question: no yes."""
    MISSING = "missing"
    """Nothing came back yet."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A question that this call answers."""

    code: str
    digest: str
    reply: Reply


class Conversation:
    """One call, as far as the person behind the client is concerned."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def caller(self) -> str:
        """Who calls, by its own account, for the journal."""
        told = self._context.session.client_params
        if told is None:
            return "assistant"
        return clean(f"assistant {told.client_info.name} {told.client_info.version}", 80)

    @property
    def can_ask(self) -> bool:
        """Whether the client declares that it shows forms to its person."""
        declared = self._context.session.client_capabilities
        elicitation = declared.elicitation if declared is not None else None
        if elicitation is None:
            return False
        return elicitation.form is not None or elicitation.url is None

    def earlier(self) -> Earlier | None:
        """The question that this call answers; None for a first call, whatever answers it brings along.

        Only what this server sealed is believed to be its question: the framework opened the seal, and
        has compared the tool and every argument with those that were asked about.
        """
        state = self._context.request_state if self._is_modern else None
        if state is None:
            return None
        try:
            told = json.loads(state)
            code, digest = told["code"], told["digest"]
        except (ValueError, KeyError, TypeError):
            return None
        answers = self._context.input_responses
        reply = Reply.MISSING if not answers else reply_of(answers.get(_ASKED))
        return Earlier(str(code), str(digest), reply)

    async def ask(self, text: str, preview: Preview, seconds: float) -> Reply | InputRequiredResult:
        """Show a question: in the present era as the result of this call, before that at once.

        Args:
            text: what the person reads.
            preview: what a yes is for.
            seconds: how long an answer at once is waited for.
        """
        if self._is_modern:
            form = ElicitRequestFormParams(message=text, requested_schema=_FORM)
            return InputRequiredResult(
                result_type="input_required",
                request_state=json.dumps({"code": preview.code, "digest": preview.digest}),
                input_requests={_ASKED: ElicitRequest(method="elicitation/create", params=form)},
            )
        try:
            async with asyncio.timeout(max(seconds, 0)):
                return reply_of(
                    await self._context.session.elicit_form(text, _FORM, self._context.request_id)
                )
        except Exception as error:  # noqa: BLE001 - whatever goes wrong with a question, it is no yes
            _log.warning("%s: the question got no answer: %s", preview.code, type(error).__name__)
            return Reply.CLOSED

    @property
    def _is_modern(self) -> bool:
        request = self._context.request_context
        return request is not None and request.protocol_version in MODERN_PROTOCOL_VERSIONS


def reply_of(answer: object) -> Reply:
    """What an answer says; only an accepted form whose one field is true is a yes."""
    action, content = getattr(answer, "action", None), getattr(answer, "content", None)
    if action == "decline":
        return Reply.NO
    if action != "accept" or not isinstance(content, dict) or set(content) != {_FIELD}:
        return Reply.CLOSED
    if content[_FIELD] is True:
        return Reply.YES
    return Reply.NO if content[_FIELD] is False else Reply.CLOSED
