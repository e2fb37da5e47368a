"""Why no answer came: the network library's errors in sentences for people."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    import httpx2

__all__ = ["Sending", "never_left", "proxy_named", "reason"]

_START: Final = "send_request_headers.started"


class Sending:
    """Watches one request and knows whether its first byte may have left this machine."""

    __slots__ = ("may_have_left",)

    def __init__(self) -> None:
        self.may_have_left = False

    async def __call__(self, name: str, info: dict[str, Any]) -> None:
        """Take one step of the network library; opening a tunnel through a proxy sends nothing yet."""
        if name.endswith(_START) and getattr(info.get("request"), "method", b"") != b"CONNECT":
            self.may_have_left = True


def never_left(error: Exception) -> bool:
    """Whether the kind of the error alone proves that nothing was sent."""
    import httpx2

    return isinstance(
        error,
        httpx2.ConnectError
        | httpx2.ConnectTimeout
        | httpx2.PoolTimeout
        | httpx2.ProxyError
        | httpx2.UnsupportedProtocol
        | httpx2.LocalProtocolError,
    )


def reason(error: Exception, url: httpx2.URL, *, proxies: bool) -> tuple[str, str | None]:
    """One sentence on what happened, and what to do about it where something can be done."""
    import httpx2

    host = f"{url.host}:{url.port}" if url.port else url.host
    via = _proxy(url) if proxies else None
    through = f" through the proxy {via}" if via else ""
    nearest = f"the proxy {via}" if via else host
    again = "check the network, then try again"
    sentence: str
    hint: str | None = None
    match error:
        case httpx2.ConnectTimeout():
            sentence, hint = f"no connection to {host}{through} in time", again
        case httpx2.PoolTimeout():
            sentence, hint = f"all connections to {host} stayed busy", "ask for less at once"
        case httpx2.ProxyError():
            sentence = f"the proxy {via or 'on the way'} does not let {host} through"
            hint = "check the proxy settings"
        case httpx2.ConnectError():
            sentence, hint = _no_connection(error, host, nearest)
        case httpx2.ReadTimeout():
            sentence = f"{host} did not answer in time"
        case httpx2.WriteTimeout():
            sentence = f"{host} did not take the whole request in time"
        case TimeoutError():
            sentence = f"{host} did not finish its answer in time"
        case httpx2.NetworkError() | httpx2.RemoteProtocolError():
            sentence = f"{host} dropped the connection before its answer was complete"
        case _:
            sentence = f"the exchange with {host} failed ({type(error).__name__})"
    return sentence, hint


def _no_connection(error: Exception, host: str, nearest: str) -> tuple[str, str | None]:
    for cause in _causes(error):
        match cause:
            case socket.gaierror():
                return f"the name of {nearest} could not be resolved", "check the network and the address"
            case ssl.SSLCertVerificationError():
                return (
                    f"the TLS certificate of {host} is not trusted ({cause.verify_message})",
                    "check the system's clock and certificates, and whether something reads the traffic",
                )
            case ssl.SSLError():
                return f"no TLS connection with {host} ({cause.reason or 'handshake failed'})", None
            case ConnectionRefusedError():
                return f"{nearest} refused the connection", "check the address and that the venue is up"
            case _:
                continue
    return f"no connection to {nearest}", "check the network, then try again"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and everything behind it, the branches of groups included."""
    seen: set[int] = set()
    open_ends = [error]
    while open_ends:
        found = open_ends.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        open_ends += [behind for behind in (found.__cause__, found.__context__) if behind is not None]
        if isinstance(found, BaseExceptionGroup):
            open_ends += found.exceptions


def proxy_named(url: httpx2.URL) -> bool:
    """Whether the environment names a proxy for the address's scheme, even if it excepts the host."""
    proxies = getproxies()
    return bool(proxies.get(url.scheme) or proxies.get("all"))


def _proxy(url: httpx2.URL) -> str | None:
    """Host and port of the proxy that the environment prescribes, never its password."""
    from httpx2 import URL

    proxies = getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if not proxy or proxy_bypass(url.host):
        return None
    parsed = URL(proxy if "://" in proxy else f"http://{proxy}")
    return f"{parsed.host}:{parsed.port}" if parsed.port else parsed.host
