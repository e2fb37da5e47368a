"""Sockets that never go silent: signed, watched, opened anew, and asked again for exactly what is wanted.

A provider supplies a :class:`Dialect`; :class:`SocketClient` does the rest.  The network library is
loaded when the first socket is opened.
"""

from __future__ import annotations

from pmi_core.transport.socket.client import SocketClient
from pmi_core.transport.socket.dialect import Dialect, Ears, Message, Topic, topics_of
from pmi_core.transport.socket.pace import Backoff, Pulse
from pmi_core.transport.socket.report import Report

__all__ = [
    "Backoff",
    "Dialect",
    "Ears",
    "Message",
    "Pulse",
    "Report",
    "SocketClient",
    "Topic",
    "topics_of",
]
