"""Where calls arrive: found, let in, billed, handed to their desk and answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from pmi_core.errors import RequestError
from pmi_provider_kalshi.sandbox.call import Answer, Call
from pmi_provider_kalshi.sandbox.desks.desks import all_desks
from pmi_provider_kalshi.sandbox.keys import Key
from pmi_provider_kalshi.sandbox.office import Office
from pmi_provider_kalshi.sandbox.refusals import Refusal, from_engine, not_allowed, refusal
from pmi_provider_kalshi.sandbox.routes import Route, Router

__all__ = ["BASE", "Reception"]

BASE: Final = "/trade-api/v2"


class Reception:
    """Answers calls; knows nothing of connections."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.router = Router(all_desks(office))
        self.served: set[str] = set()
        """Operations that were asked for, by the names of the official document."""

    def answer(self, method: str, target: str, headers: Mapping[str, str], content: bytes) -> Answer:
        """Carry out one call.

        Args:
            target: path and query as sent.
            headers: names in lower case.
        """
        parts = urlsplit(target)
        try:
            return self._answer(method, parts.path, parts.query, headers, content)
        except Refusal as error:
            return Answer(error.status, error.body)
        except RequestError as error:
            refused = from_engine(error)
            return Answer(refused.status, refused.body)

    def _answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], content: bytes
    ) -> Answer:
        found = self.router.find(method, unquote(path.removeprefix(BASE))) if path.startswith(BASE) else None
        if found is None:
            raise refusal(404, "not_found", message="404 page not found")
        route, params = found
        key = self._let_in(route, method, path, headers)
        decoded = self._decoded(route, headers, content)
        self._office.buckets.charge(route.bucket, route.price(decoded), keyed=key is not None)
        now = self._office.floor.catch_up()
        self.served.add(route.operation)
        return route.handler(
            Call(
                route.operation,
                params,
                tuple(parse_qsl(query, keep_blank_values=True)),
                decoded,
                key,
                now,
                route.struct,
            )
        )

    def _let_in(self, route: Route, method: str, path: str, headers: Mapping[str, str]) -> Key | None:
        if route.scope is None and "kalshi-access-key" not in headers:
            return None
        key = self._office.ring.check(headers, method, path, self._office.floor.now())
        if route.scope is not None and not key.may(route.scope):
            raise not_allowed(route.scope)
        return key

    @staticmethod
    def _decoded(route: Route, headers: Mapping[str, str], content: bytes) -> Any:
        if route.method == "GET" or (not content and not route.struct and route.method != "PUT"):
            return None
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise Refusal(
                400,
                {
                    "code": "invalid_content_type",
                    "message": "invalid content type",
                    "details": "Content-Type must be application/json",
                },
            )
        try:
            return msgspec.json.decode(content or b"{}")
        except msgspec.DecodeError as error:
            raise Refusal(
                400, {"code": "bad_request", "message": "bad request", "details": f"json: {error}"}
            ) from None
