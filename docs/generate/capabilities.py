"""`reference/capabilities.md`."""

from __future__ import annotations

import inspect

from text import page, prose, signature, table

from pmi_core import PROTOCOLS, Capability
from pmi_core.plugins.loading import load_plugins
from pmi_core.provider import Provider

TITLE = "Capabilities"


def build() -> str:
    """Each slot with its methods, and who fills it."""
    providers = load_plugins().providers
    parts = [f"## Who can do what\n\n{_matrix(providers)}"]
    if gaps := _gaps(providers):
        parts.append(f"### Known gaps\n\n{gaps}")
    if left_out := _left_out(providers):
        parts.append(f"### Left out on purpose\n\n{left_out}")
    for capability in Capability:
        protocol = PROTOCOLS[capability]
        methods = [
            f"### {protocol.__name__}.{name}\n\n```text\n{_shown(method)}\n```\n\n{prose(method)}"
            for name, method in vars(protocol).items()
            if inspect.isfunction(method) and not name.startswith("_")
        ]
        head = f"## {capability.value}\n\nSlot `venue.{capability.value}`, Protocol `{protocol.__name__}`. "
        parts.append("\n\n".join([head + prose(protocol), *methods]))
    return page(
        TITLE,
        "A venue is a bundle of slots; each holds a part that keeps one small Protocol, or `None`. Why it "
        "is so: [capabilities](../explanation/capabilities.md). Every method takes refs of the configured "
        "venue and raises only [errors of the tree](errors.md).",
        *parts,
    )


def _shown(method: object) -> str:
    assert inspect.isfunction(method)
    prefix = "async " if inspect.iscoroutinefunction(method) else ""
    return prefix + signature(method, skip=1)


def _matrix(providers: dict[str, Provider]) -> str:
    def cell(provider: Provider, capability: Capability) -> str:
        if capability not in provider.capabilities:
            return "-"
        return "with a key" if capability in provider.keyed else "yes"

    names = sorted(providers)
    rows = [
        [f"[{capability.value}](#{capability.value})", *(cell(providers[name], capability) for name in names)]
        for capability in Capability
    ]
    return table(["capability", *names], rows)


def _gaps(providers: dict[str, Provider]) -> str:
    rows = [
        [name, f"`{rule}`", reason]
        for name in sorted(providers)
        for rule, reason in sorted(providers[name].gaps.items())
    ]
    return table(["provider", "rule", "reason"], rows) if rows else ""


def _left_out(providers: dict[str, Provider]) -> str:
    rows = [[name, what, why] for name in sorted(providers) for what, why in providers[name].left_out.items()]
    return table(["provider", "what", "why"], rows) if rows else ""
