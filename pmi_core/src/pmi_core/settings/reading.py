"""From file, environment and arguments to one settings model, with sentences for what is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pmi_core.errors import SettingsError
from pmi_core.settings.environment import from_text, is_set
from pmi_core.settings.examples import example_of
from pmi_core.settings.file import ConfigFile
from pmi_core.settings.model import SettingsModel, conceal, secret_fields
from pmi_core.settings.origin import Origin, OriginKind
from pmi_core.settings.secrecy import exposure

__all__ = ["Place", "nearest", "read_model"]

Found = TypeVar("Found", bound=SettingsModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the settings of one model stand: a section of the file and a prefix of variables."""

    what: str
    """What is being set, for sentences: ``venue 'paper'``."""
    file: ConfigFile
    section: str
    """The heading, without brackets; empty for the top of the file."""
    table: Mapping[str, Any] = field(repr=False)
    prefix: str
    environ: Mapping[str, str] = field(repr=False)
    apart: tuple[str, ...] = ()
    """Longer prefixes that belong to somebody else."""
    takes_arguments: bool = False

    def variable(self, name: str) -> str:
        """The environment variable of a field."""
        return self.prefix + name.upper()

    def ways(self, name: str, model: type[SettingsModel]) -> str:
        """Say where a field may be set, with an example."""
        under = f" in [{self.section}]" if self.section else ""
        ways = [f"{name}{under} of {self.file.path}", self.variable(name)]
        if self.takes_arguments:
            ways.append(f"the argument {name}=")
        return f"set {' or '.join(ways)}, for example {name} = {example_of(model.model_fields[name])}"


def read_model(model: type[Found], place: Place, arguments: Mapping[str, Any] | None = None) -> Found:
    """Read a model: explicit arguments above the environment above the file.

    Raises:
        SettingsError: a key is unknown, a value is missing or wrong, or the file holds a secret
            and is open to others.
    """
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    _take_file(model, place, values, origins)
    _take_environment(model, place, values, origins)
    for name, value in (arguments or {}).items():
        if name not in model.model_fields:
            raise _unknown(f"{place.what} has no setting {name!r}", name, model.model_fields)
        values[name], origins[name] = value, Origin(OriginKind.ARGUMENT)
    folder = place.file.path.absolute().parent
    folders = {name: folder for name, origin in origins.items() if origin.kind is OriginKind.FILE}
    try:
        return model.read(values, origins, folders)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_context=False)
    # Raised here and not in the handler above: a chained error would carry the inputs along.
    raise _wrong(model, place, wrong, values, origins)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, or None."""
    names = list(known)
    for spelling in (name, name.lower(), name.upper().replace("-", "_"), name.lower().replace("-", "_")):
        if found := get_close_matches(spelling, names, n=1, cutoff=0.6):
            return found[0]
    return None


def _take_file(
    model: type[SettingsModel], place: Place, values: dict[str, Any], origins: dict[str, Origin]
) -> None:
    secrets = secret_fields(model)
    for name, value in place.table.items():
        if name not in model.model_fields:
            where = place.file.place(place.section, name)
            raise _unknown(f"{where}: {place.what} has no setting {name!r}", name, model.model_fields)
        if not is_set(value):
            continue
        if name in secrets and (open_to_others := exposure(place.file.path)):
            raise SettingsError(
                f"the configuration file holds the secret {name!r} of {place.what}, and {open_to_others}"
            )
        values[name] = value
        origins[name] = Origin(OriginKind.FILE, place.file.place(place.section, name))


def _take_environment(
    model: type[SettingsModel], place: Place, values: dict[str, Any], origins: dict[str, Origin]
) -> None:
    known = {place.variable(name): name for name in model.model_fields}
    for variable, text in place.environ.items():
        if not variable.startswith(place.prefix) or variable.startswith(place.apart):
            continue
        if variable not in known:
            if not place.section:  # at the top, anybody's variable begins like this
                continue
            raise _unknown(f"{place.what} has no environment variable {variable}", variable, known)
        name = known[variable]
        try:
            values[name] = from_text(text, model.model_fields[name].annotation)
        except ValueError as error:
            raise SettingsError(f"{variable}: {error}", hint=place.ways(name, model)) from None
        origins[name] = Origin(OriginKind.ENVIRONMENT, variable)


def _unknown(problem: str, name: str, known: Collection[str]) -> SettingsError:
    meant = nearest(name, known)
    hint = f"did you mean {meant}?" if meant else f"known are {', '.join(sorted(known)) or 'none'}"
    return SettingsError(problem, hint=hint)


def _wrong(
    model: type[SettingsModel],
    place: Place,
    wrong: list[ErrorDetails],
    values: Mapping[str, Any],
    origins: Mapping[str, Origin],
) -> SettingsError:
    secrets = [values[name] for name in secret_fields(model) if name in values]
    problems: list[str] = []
    ways: list[str] = []
    for detail in wrong:
        name = str(detail["loc"][0]) if detail["loc"] else ""
        said = conceal(_said(model, name, detail), secrets)
        if not name:
            problems.append(said)
            continue
        full = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "missing" and name not in values:
            problems.append(f"{full} is missing")
        else:
            problems.append(f"{full} (from {origins.get(name, 'default')}): {said}")
        if (way := place.ways(name, model)) not in ways:
            ways.append(way)
    return SettingsError(f"{place.what}: {'; '.join(problems)}", hint="; ".join(ways) or None)


def _said(model: type[SettingsModel], name: str, detail: ErrorDetails) -> str:
    """What is wrong, in words; nobody should have to read a pattern."""
    field = model.model_fields.get(name)
    if detail["type"] == "string_pattern_mismatch" and field is not None and field.examples:
        return f"this does not look like one; an example is {field.examples[0]}"
    return detail["msg"].removeprefix("Value error, ")
