"""What every page of the approvals has in common: its templates, files, owner and forms."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, JSONResponse, Response

from pmi_mcp.approvals.amounts import contracts, moment, money, price, span, tick

if TYPE_CHECKING:
    from starlette.requests import Request

    from pmi_mcp.approvals.addresses import Address

__all__ = ["Shell", "answer", "read_form", "read_json", "secret_of"]

_FILES: Final = {"page.css": "text/css", "page.js": "text/javascript", "passkey.js": "text/javascript"}


class Shell:
    """Renders pages and serves the files that they load."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader("pmi_mcp.approvals"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            contracts=contracts, moment=moment, money=money, price=price, span=span, tick=tick
        )
        folder = files("pmi_mcp.approvals") / "static"
        self._files = {name: (folder / name).read_bytes() for name in _FILES}

    def page(
        self, template: str, *, status: int = 200, owner: tuple[Address, str] | None = None, **values: Any
    ) -> Response:
        """One page; ``owner`` is a new owner of an address, who is told the secret."""
        text = self._templates.get_template(template).render(values)
        response = HTMLResponse(text, status)
        if owner is not None:
            address, secret = owner
            response.set_cookie(
                _cookie(address), secret, path=f"/{address.token}", httponly=True, samesite="strict"
            )
        return response

    def message(self, title: str, said: str, *, status: int) -> Response:
        """A page that only says something."""
        return self.page("message.html", status=status, title=title, said=said)

    def nowhere(self) -> Response:
        """The answer to every address that is not, or is no more."""
        return self.message(
            "This address leads nowhere",
            "It was never given out, or its time is over. Nothing was done.",
            status=404,
        )

    def foreign(self) -> Response:
        """The answer to whoever is not the browser that opened the address first."""
        return self.message(
            "This address was opened in another browser",
            "An address works in the browser that opens it first. Nothing was done. In a terminal, "
            "`pmi approvals --open` makes a new one.",
            status=403,
        )

    async def file(self, request: Request) -> Response:
        """A file that pages load."""
        name = request.path_params["name"]
        if name not in self._files:
            return self.nowhere()
        return Response(self._files[name], media_type=_FILES[name])


def secret_of(request: Request, address: Address) -> str | None:
    """The secret that the browser shows for an address."""
    return request.cookies.get(_cookie(address))


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a plain form; nothing where it is not one."""
    if _kind(request) != "application/x-www-form-urlencoded":
        return {}
    try:
        text = (await request.body()).decode()
        return {name: values[0] for name, values in parse_qs(text, max_num_fields=20).items()}
    except ValueError:
        return {}


async def read_json(request: Request) -> dict[str, Any]:
    """An object of a script; nothing where it is not one."""
    if _kind(request) != "application/json":
        return {}
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def answer(said: str, *, status: int = 200, **values: Any) -> JSONResponse:
    """An answer to a script."""
    return JSONResponse({"said": said, **values}, status)


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _cookie(address: Address) -> str:
    return f"pmi-{hashlib.sha256(address.token.encode()).hexdigest()[:12]}"
