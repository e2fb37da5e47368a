"""The official document of the venue's REST calls, as a venue that checks what it is asked.

It answers each call with the least that the document allows.  The document is found by
``PMI_REFERENCE``; the tests are passed over where it is not on this machine.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import httpx2
import pytest

from pmi_core.provider import OpenContext
from pmi_provider_kalshi.plugin import pmi_provider

REFERENCE = Path(
    os.environ.get("PMI_REFERENCE", Path(__file__).resolve().parents[5] / "shared" / "reference")
)
UUID = "8c35ecb3-328f-4f52-8c7c-0f4b9862f8d1"


@pytest.fixture(scope="session")
def document():
    yaml = pytest.importorskip("yaml", reason="the official document is YAML")
    path = REFERENCE / "kalshi-openapi.yaml"
    if not path.is_file():
        pytest.skip(f"{path} is not here; name its folder in PMI_REFERENCE")
    return yaml.load(path.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))


class Document:
    """The official document as a venue: it checks what it is asked and answers the least it may."""

    def __init__(self, document):
        self._whole = document
        self.asked = {}
        self.wrong = []
        self._operations = [
            (method.upper(), path, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)), item[method], item)
            for path, item in document["paths"].items()
            for method in ("get", "post", "put", "delete")
            if method in item
        ]

    def names(self):
        """Every operation of the document, as method and path."""
        return {f"{method} {path}" for method, path, *_ in self._operations}

    def find(self, part):
        """What a reference stands for, a list of parts merged into one."""
        while "$ref" in part:
            part = self._at(part["$ref"])
        if "allOf" in part:
            merged = {}
            for one in part["allOf"]:
                merged |= self.find(one)
            part = merged | {name: value for name, value in part.items() if name != "allOf"}
        return part

    def _at(self, reference):
        place = self._whole
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]
        return place

    def answer(self, request):
        """Check a request and answer it."""
        path = request.url.path.removeprefix("/trade-api/v2")
        fitting = [one for one in self._operations if one[0] == request.method and one[2].fullmatch(path)]
        if not fitting:
            self.wrong.append(f"{request.method} {path} is not documented")
            return httpx2.Response(404, json={"error": {"code": "not_found"}}, request=request)
        method, template, _, operation, item = min(fitting, key=lambda one: one[1].count("{"))
        where = f"{method} {template}"
        self.asked[where] = self.asked.get(where, 0) + 1
        self._check_query(where, request, [*item.get("parameters", ()), *operation.get("parameters", ())])
        self._check_body(where, request, operation)
        if path == "/markets/GONE":  # what only the archive has
            return httpx2.Response(404, json={"error": {"code": "not_found"}}, request=request)
        code, told = next((int(code), told) for code, told in operation["responses"].items() if code < "300")
        shape = self.find(told).get("content", {}).get("application/json", {}).get("schema")
        content = b"" if shape is None else json.dumps(self.least(shape)).encode()
        headers = {"content-type": "application/json"}
        return httpx2.Response(code, headers=headers, content=content, request=request)

    def _check_query(self, where, request, parameters):
        known = {one["name"]: one for one in map(self.find, parameters) if one["in"] == "query"}
        given = {}
        for name, value in request.url.params.multi_items():
            given.setdefault(name, []).append(value)
        for name, values in given.items():
            if name not in known:
                self.wrong.append(f"{where}: no parameter {name}")
                continue
            schema = self.find(known[name]["schema"])
            many = schema.get("type") == "array"
            if len(values) > 1 and not many:
                self.wrong.append(f"{where}: {name} comes {len(values)} times")
            for value in values:
                if problem := self.text_problem(self.find(schema["items"]) if many else schema, value):
                    self.wrong.append(f"{where}: {name}={value}: {problem}")
        missing = [name for name, one in known.items() if one.get("required") and name not in given]
        if missing:
            self.wrong.append(f"{where}: {missing} missing")

    @staticmethod
    def text_problem(schema, value):
        """What is wrong with the text of a parameter."""
        if schema.get("type") == "integer":
            if not re.fullmatch(r"-?[0-9]+", value):
                return "not an integer"
            if not schema.get("minimum", int(value)) <= int(value) <= schema.get("maximum", int(value)):
                return "out of range"
        if schema.get("type") == "boolean" and value not in ("true", "false"):
            return "not a boolean"
        if "enum" in schema and value not in map(str, schema["enum"]):
            return f"none of {schema['enum']}"
        return None

    def _check_body(self, where, request, operation):
        body = request.content
        if "requestBody" not in operation:
            if body:
                self.wrong.append(f"{where}: takes no body")
            return
        wanted = self.find(operation["requestBody"])
        if not body:
            if wanted.get("required"):
                self.wrong.append(f"{where}: a body is required")
            return
        if request.headers.get("content-type") != "application/json":
            self.wrong.append(f"{where}: the body has no content type")
        schema = wanted["content"]["application/json"]["schema"]
        self.wrong += [f"{where}: {problem}" for problem in self.problems(schema, json.loads(body), "body")]

    def problems(self, schema, value, place):
        """What is wrong with a value of a body; unknown fields are wrong too."""
        schema = self.find(schema)
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            if not isinstance(value, dict):
                return [f"{place} is no object"]
            fields = schema.get("properties", {})
            found = [f"{place}.{name} is unknown" for name in value if name not in fields]
            found += [
                f"{place}.{name} is missing" for name in schema.get("required", ()) if name not in value
            ]
            for name in value.keys() & fields.keys():
                found += self.problems(fields[name], value[name], f"{place}.{name}")
            return found
        if kind == "array":
            if not isinstance(value, list):
                return [f"{place} is no list"]
            return [
                one
                for at, row in enumerate(value)
                for one in self.problems(schema["items"], row, f"{place}[{at}]")
            ]
        types = {"string": str, "integer": int, "boolean": bool, "number": (int, float)}
        right = isinstance(value, types[kind]) and (kind == "boolean" or not isinstance(value, bool))
        if not right:
            return [f"{place} is {value!r}, no {kind}"]
        return (
            [f"{place}: {value!r} is none of {schema['enum']}"]
            if value not in schema.get("enum", [value])
            else []
        )

    def least(self, schema, name=""):
        """The least value that the document allows."""
        named = schema.get("$ref", "").rpartition("/")[2]
        schema = self.find(schema)
        if "enum" in schema:
            return schema["enum"][0]
        kind = schema.get("type", "object")
        if kind == "object":
            fields = schema.get("properties", {})
            wanted = [*schema.get("required", ()), "created_time"]
            return {one: self.least(fields[one], one) for one in wanted if one in fields}
        if kind == "array":
            return [] if name in EMPTY else [self.least(schema["items"], name)]
        if kind == "string":
            return self._text(schema, named, name)
        return {"integer": AMPLE.get(name, 1), "number": 1, "boolean": True}[kind]

    @staticmethod
    def _text(schema, named, name):
        if schema.get("format") == "date-time" or name.endswith(("_time", "_date", "_datetime")):
            return "2026-11-16T15:00:00Z"
        words = {
            "fill_count": "0.00",
            "notional_value_dollars": "1.0000",
            "no_price_dollars": "0.5000",
            "cursor": "",
            "next_cursor": "",
            "start": "0.0000",
            "end": "1.0000",
            "step": "0.0100",
            "status": "open",
            "result": "",
            "order_id": UUID,
        }
        if name in words:
            return words[name]
        if named == "FixedPointCount":
            return "1.00"
        return "0.5000" if named == "FixedPointDollars" else "A-1"


AMPLE = {"refill_rate": 10**6, "bucket_capacity": 10**6}
EMPTY = frozenset({"candlesticks", "associated_events", "yes_dollars", "no_dollars", "endpoint_costs"})


class Wire(httpx2.AsyncBaseTransport):
    """The way to the document."""

    def __init__(self, document):
        self.document = document

    async def handle_async_request(self, request):
        await request.aread()
        return self.document.answer(request)


@pytest.fixture
def venue_of(document, key, clock):
    async def opened(**more):
        side = Document(document)
        provider = pmi_provider()
        made = provider.settings.model_validate({**key, **more})
        context = OpenContext(name="kalshi", settings=made, clock=clock, transport=Wire(side))
        return side, await provider.open(context)

    return opened
