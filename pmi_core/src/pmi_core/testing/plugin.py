"""The pytest plugin; imported by every pytest run that has `pmi-core` installed."""

from __future__ import annotations

import pytest

__all__ = ["pytest_addoption", "pytest_configure"]

pytest.register_assert_rewrite("pmi_core.testing.conformance")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say which provider the contract runs against, and how it is opened."""
    group = parser.getgroup("pmi", "conformance of prediction-market providers")
    group.addoption("--pmi-provider", metavar="NAME", help="the installed provider to test")
    group.addoption(
        "--pmi-setting",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        type=_setting,
        help="a setting of the provider; may be repeated",
    )
    group.addoption("--pmi-recordings", metavar="DIR", help="recorded answers that stand for the network")
    group.addoption(
        "--pmi-transport",
        metavar="MODULE:FUNCTION",
        help="makes the transport that answers instead of the network",
    )
    group.addoption(
        "--pmi-live", action="store_true", help="ask the real venue, read-only; without this nothing is sent"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse combinations that contradict each other."""
    if config.getoption("--pmi-live") and (
        config.getoption("--pmi-recordings") or config.getoption("--pmi-transport")
    ):
        raise pytest.UsageError(
            "--pmi-live asks the real venue: leave out --pmi-recordings and --pmi-transport"
        )


def _setting(text: str) -> str:
    if "=" not in text:
        raise pytest.UsageError(f"--pmi-setting {text}: write KEY=VALUE")
    return text
