"""Questions built from words that people and models wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pmi_core.models import Question

__all__ = ["checked"]

Asked = TypeVar("Asked", bound="Question")


def checked(model: type[Asked], /, **fields: Any) -> Asked:
    """Build a question from values of whatever kind; the model itself turns words into its own.

    Raises:
        RequestError: a field cannot be; the message names each wrong one.
    """
    return model(**fields)
