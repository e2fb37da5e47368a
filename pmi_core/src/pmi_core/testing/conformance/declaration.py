"""What a provider says of itself is so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

import pytest
from pydantic import SecretBytes, SecretStr, ValidationError

from pmi_core.identifiers import venue_name
from pmi_core.money import currency_of
from pmi_core.provider import Budget, OpenContext, Provider, Venue
from pmi_core.testing.conformance.excuses import skip
from pmi_core.testing.conformance.stage import Contract

__all__ = ["DeclarationRules"]

EXCUSES = ("not_yet:", "venue:", "never:")
HEAVY = (
    "httpx2",
    "websockets",
    "cryptography",
    "fastmcp",
    "sqlalchemy",
    "pytest",
    "anyio",
    "numpy",
    "pandas",
)
SECRET_WORDS = ("secret", "private", "password", "token", "passphrase", "mnemonic")


class DeclarationRules(Contract):
    """Declared is present, gaps are named, secrets are hidden."""

    async def test_declaration_slots_are_filled(self, provider: Provider, venue: Venue) -> None:
        """Every declared capability is filled, unless it needs a key; nothing undeclared is."""
        missing = provider.capabilities - provider.keyed - venue.capabilities
        assert not missing, f"declared and absent: {', '.join(sorted(missing))}"
        extra = venue.capabilities - provider.capabilities
        assert not extra, f"present and not declared: {', '.join(sorted(extra))}"

    def test_declaration_keyed_is_declared(self, provider: Provider) -> None:
        """A capability that needs a key is declared as a capability."""
        assert provider.keyed <= provider.capabilities

    async def test_declaration_closed_slots_are_explained(self, provider: Provider, venue: Venue) -> None:
        """A venue opened without a key says in its notes why capabilities are closed."""
        closed = (provider.keyed & provider.capabilities) - venue.capabilities
        if not closed:
            skip(f"{provider.name} has no closed capability here")
        assert venue.info.notes, f"{', '.join(sorted(closed))} are closed and no note says why"

    def test_declaration_gaps_are_known(self, provider: Provider) -> None:
        """Every gap names a rule of the contract and gives one of three words with a reason."""
        from pmi_core.testing.conformance import rules

        known = rules()
        for name, excuse in provider.gaps.items():
            assert name in known, f"the gap {name!r} names no rule"
            word, _, reason = excuse.partition(":")
            assert f"{word}:" in EXCUSES, f"the gap {name!r} begins with one of {', '.join(EXCUSES)}"
            assert len(reason.split()) > 2, f"the gap {name!r} gives no reason"

    async def test_declaration_info_agrees(
        self, provider: Provider, venue: Venue, context: OpenContext
    ) -> None:
        """The opened venue carries the configured name, its provider, and a known currency."""
        assert venue_name(venue.info.name) == context.name
        assert venue.info.provider == provider.name
        assert venue.info.title.strip()
        assert venue.info.environment.strip()
        currency_of(venue.info.currency)

    async def test_declaration_write_class_agrees(
        self, provider: Provider, venue: Venue, context: OpenContext
    ) -> None:
        """What an order moves is the same before and after opening, where it is told before."""
        if provider.write_class is None:
            skip(f"{provider.name} does not tell before opening what an order moves")
        assert provider.write_class(context.settings) is venue.info.write_class

    async def test_declaration_closes_twice(self, venue: Venue) -> None:
        """Closing a venue a second time changes nothing."""
        await venue.aclose()
        await venue.aclose()

    async def test_declaration_budgets_are_sane(self, venue: Venue) -> None:
        """Rate budgets have names and positive sizes, and never hold more than their size."""
        for budget in venue.budgets():
            assert isinstance(budget, Budget)
            assert budget.name
            assert budget.capacity > 0
            assert budget.rate > 0
            assert budget.available <= budget.capacity
            assert budget.waiting >= 0

    def test_declaration_settings_refuse_unknown_keys(
        self, provider: Provider, open_settings: Mapping[str, Any]
    ) -> None:
        """A misspelt setting is an error, not silence."""
        with pytest.raises(ValidationError):
            provider.settings.model_validate({**open_settings, "pmi_no_such_setting": "1"})

    def test_declaration_secrets_are_hidden(self, provider: Provider) -> None:
        """Fields that hold secrets are of a type that never prints them."""
        for name, field in provider.settings.model_fields.items():
            if not any(word in name for word in SECRET_WORDS) or name.endswith(("_path", "_file")):
                continue
            kind = str(field.annotation)
            hidden = any(secret.__name__ in kind for secret in (SecretStr, SecretBytes))
            assert hidden, f"the setting {name!r} holds a secret and is a {kind}; take SecretStr"

    def test_declaration_plugin_is_light(self, provider: Provider) -> None:
        """Importing the plugin module loads no network, cryptography or test library."""
        points = entry_points(group="pmi.providers", name=provider.name)
        if not points:
            skip(f"{provider.name} is not installed as a plugin here")
        (module,) = {point.module for point in points}
        program = (
            f"import sys, {module} as plugin; plugin.pmi_provider();"
            f"print(*sorted(set(sys.modules) & set({HEAVY!r})))"
        )
        ran = subprocess.run(  # noqa: S603 - this interpreter, and a name that it has imported
            [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
        )
        assert ran.returncode == 0, ran.stderr
        assert ran.stdout.split() == [], f"importing {module} loads {ran.stdout.strip()}"
