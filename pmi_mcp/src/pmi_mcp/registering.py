"""Tools as the framework knows them: bound to the venues, lean in description, never raising."""

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING, Annotated, Any

from fastmcp.exceptions import ValidationError
from fastmcp.server.dependencies import get_context
from fastmcp.tools.base import ToolResult
from fastmcp.tools.function_tool import FunctionTool
from mcp_types import Tool as ProtocolTool
from mcp_types import ToolAnnotations
from pydantic import Field
from pydantic import ValidationError as PydanticValidationError
from pydantic.json_schema import SkipJsonSchema

from pmi_core.errors import PmiError
from pmi_core.models.question import problems
from pmi_mcp.failures import describe, describe_unforeseen, sentence
from pmi_mcp.outputs import Answer, finish

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastmcp import FastMCP

    from pmi_mcp.live.subscriptions import Subscriptions
    from pmi_mcp.settings import ServerSettings
    from pmi_mcp.tools import ToolSpec
    from pmi_mcp.trading import Trading
    from pmi_mcp.venues import Venues

__all__ = ["AnswerTool", "register"]

_log = logging.getLogger(__name__)


class AnswerTool(FunctionTool):
    """A tool whose errors are answers that say what to do."""

    budget: Annotated[SkipJsonSchema[int], Field(exclude=True)] = 24_000
    """About the largest answer in bytes."""

    async def run(self, arguments: dict[str, Any]) -> ToolResult:
        """Run it; whatever goes wrong is told, never raised."""
        try:
            return await super().run(arguments)
        except PmiError as error:
            told = describe(error)
        except ValidationError as error:
            told = self._misunderstood(error)
        except Exception as error:  # noqa: BLE001 - a fault must reach the log, and the client as a sentence
            _log.error("tool %s failed", self.name, exc_info=error)
            told = describe_unforeseen(error)
        return ToolResult(content=sentence(told), structured_content=told, is_error=True)

    def convert_result(self, raw_value: Any) -> ToolResult:
        """Fit an answer into its budget and send it as structured content."""
        assert isinstance(raw_value, Answer)
        return ToolResult(structured_content=finish(raw_value, self.budget))

    def to_mcp_tool(self, **overrides: Any) -> ProtocolTool:
        """Describe it without the framework's own remarks."""
        return super().to_mcp_tool(_meta=None, **overrides)

    def _misunderstood(self, error: ValidationError) -> dict[str, Any]:
        cause = error.__cause__
        said = problems(cause) if isinstance(cause, PydanticValidationError) else ["the arguments do not fit"]
        takes = ", ".join(self.parameters.get("properties", {}))
        return {
            "error": "InvalidArguments",
            "message": "; ".join(said),
            "hint": f"{self.name} takes {takes or 'no arguments'}",
        }


def register(
    server: FastMCP[Any],
    spec: ToolSpec,
    venues: Venues,
    settings: ServerSettings,
    trading: Trading | None = None,
    subscriptions: Subscriptions | None = None,
) -> None:
    """Add a tool to the server: one that reads bound to the venues, one that writes to its caller.

    Args:
        server: gets the tool.
        spec: what it is.
        venues: what it may ask.
        settings: how large an answer may be.
        trading: by what a tool that writes does so; a tool that reads needs none.
        subscriptions: what a tool that listens takes out and reads; others need none.
    """
    if spec.listens:
        bound = _listening(spec, subscriptions)
    elif spec.writes is not None:
        bound = _writing(spec, venues, trading)
    else:
        bound = _bound(spec.function, lambda: venues)
    tool = AnswerTool.from_function(
        bound,
        name=spec.name,
        title=spec.title,
        description=spec.description,
        annotations=_hints(spec),
        output_schema=None,
        tags={spec.toolset.value},
    )
    assert isinstance(tool, AnswerTool)
    tool.budget = settings.answer_bytes
    tool.parameters = _lean(tool.parameters)
    server.add_tool(tool)


def _hints(spec: ToolSpec) -> ToolAnnotations:
    """What clients may tell their people of it before it is called."""
    if spec.writes is None:
        # The protocol gives the other hints a meaning for what writes only, and their defaults are right.
        return ToolAnnotations(read_only_hint=True)
    return ToolAnnotations(
        read_only_hint=False,
        destructive_hint=spec.writes.value != "asks",
        idempotent_hint=spec.repeatable,
        open_world_hint=not spec.here_only,
    )


def _writing(spec: ToolSpec, venues: Venues, trading: Trading | None) -> Callable[..., Awaitable[Any]]:
    from pmi_mcp.caller import Caller
    from pmi_mcp.consent import Conversation

    assert trading is not None, "a tool that writes needs something to write by"
    return _bound(spec.function, lambda: Caller(venues, trading, Conversation(get_context())))


def _listening(spec: ToolSpec, subscriptions: Subscriptions | None) -> Callable[..., Awaitable[Any]]:
    from pmi_mcp.live.subscriber import Subscriber

    assert subscriptions is not None, "a tool that listens needs subscriptions"
    return _bound(spec.function, lambda: Subscriber.of(subscriptions, get_context()))


def _bound(
    function: Callable[..., Awaitable[Any]], first: Callable[[], Any]
) -> Callable[..., Awaitable[Any]]:
    """The function without its first argument, with its annotations read once."""

    async def call(**arguments: Any) -> Any:
        return await function(first(), **arguments)

    signature = inspect.signature(function, eval_str=True)
    taken = list(signature.parameters.values())[1:]
    call.__name__ = function.__name__
    call.__doc__ = None
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in taken}
    call.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined]  # functions may carry one
    return call


def _lean(schema: dict[str, Any]) -> dict[str, Any]:
    """The same arguments in fewer bytes: one that may be left out need not say that it may be null."""
    leaner = dict(schema)
    if "properties" in schema:
        leaner["properties"] = {name: _leaner(one) for name, one in schema["properties"].items()}
    if "$defs" in schema:
        leaner["$defs"] = {name: _lean(one) for name, one in schema["$defs"].items()}
    return leaner


def _leaner(schema: dict[str, Any]) -> dict[str, Any]:
    choices = [choice for choice in schema.get("anyOf", []) if choice != {"type": "null"}]
    if len(choices) == 1 and len(schema["anyOf"]) == 2:
        schema = {**choices[0], **{name: value for name, value in schema.items() if name != "anyOf"}}
    if schema.get("default", ...) is None:
        schema = {name: value for name, value in schema.items() if name != "default"}
    return schema
