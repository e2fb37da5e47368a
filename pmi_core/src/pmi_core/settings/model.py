"""What every settings model is: frozen, closed, and silent about secrets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    PrivateAttr,
    Secret,
    SecretBytes,
    SecretStr,
    ValidationInfo,
    model_validator,
)

from pmi_core.settings.origin import Origin, OriginKind, Setting
from pmi_core.settings.secrecy import names_secret_file

__all__ = ["ProviderSettings", "SettingsModel", "conceal", "secret_fields"]

_PIECE = 6


class SettingsModel(BaseModel):
    """Settings of one room; unknown keys are errors, and no error shows an input.

    Secrets are ``SecretStr``; a file that holds one is
    :data:`pmi_core.settings.SecretPath`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    _origins: Mapping[str, Origin] = PrivateAttr(default_factory=dict)

    @classmethod
    def read(
        cls, values: Mapping[str, Any], origins: Mapping[str, Origin], folders: Mapping[str, Path]
    ) -> Self:
        """Validate values and remember where each came from.

        ``folders`` gives, by field, the folder at which a relative path starts; the working
        directory where it names none.
        """
        return cls.model_validate(dict(values), context={"folders": folders, "origins": origins})

    @model_validator(mode="after")
    def _remember_origins(self, info: ValidationInfo) -> Self:
        self._origins = dict((info.context or {}).get("origins", {}))
        return self

    @property
    def origins(self) -> Mapping[str, Origin]:
        """Where the value of every field came from."""
        given = self.model_fields_set
        return {
            name: self._origins.get(
                name, Origin(OriginKind.ARGUMENT if name in given else OriginKind.DEFAULT)
            )
            for name in type(self).model_fields
        }

    def report(self) -> tuple[Setting, ...]:
        """Every field with its value and origin, secrets as ``set`` or ``not set``."""
        secrets = secret_fields(type(self))
        return tuple(
            Setting(name, _shown(getattr(self, name), secret=name in secrets), origin, name in secrets)
            for name, origin in self.origins.items()
        )

    @property
    def may_have_key(self) -> bool:
        """Whether a secret is set, or the file of one; true also where there is no field for any."""
        secrets = secret_fields(type(self))
        fields = [
            name
            for name, field in type(self).model_fields.items()
            if name in secrets or any(map(names_secret_file, (field.annotation, *field.metadata)))
        ]
        return not fields or any(getattr(self, name) is not None for name in fields)

    def conceal(self, text: str) -> str:
        """Give ``text`` back, or a general sentence if a piece of a secret stands in it."""
        fields = secret_fields(type(self))
        return conceal(text, [getattr(self, name) for name in fields])


class ProviderSettings(SettingsModel):
    """The base of a provider's settings: each field is one key of ``[venues.NAME]``.

    In the environment a field is ``PMI_<VENUE>_<FIELD>``.  ``provider`` and ``name`` cannot be
    fields: they say which venue is meant.
    """


def secret_fields(model: type[BaseModel]) -> frozenset[str]:
    """The fields whose values are never shown."""
    return frozenset(name for name, field in model.model_fields.items() if _is_secret(field.annotation))


def conceal(text: str, secrets: list[Any]) -> str:
    """Give ``text`` back, or a general sentence if a piece of one of ``secrets`` stands in it."""
    for secret in secrets:
        raw = secret.get_secret_value() if hasattr(secret, "get_secret_value") else secret
        plain = raw.decode(errors="replace") if isinstance(raw, bytes) else str(raw or "")
        size = min(len(plain), _PIECE)
        if size and any(plain[at : at + size] in text for at in range(len(plain) - size + 1)):
            return "the reason is not shown, because it repeats a secret"
    return text


def _is_secret(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Secret | SecretStr | SecretBytes):
        return True
    return any(_is_secret(part) for part in get_args(annotation))


def _shown(value: Any, *, secret: bool) -> str:
    if secret:
        return "not set" if value is None else "set"
    return "not set" if value is None else str(value)
