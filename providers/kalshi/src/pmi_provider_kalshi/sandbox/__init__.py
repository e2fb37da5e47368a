"""A local exchange that speaks Kalshi's own protocol, for trying a bot without an account and for tests."""

from pmi_provider_kalshi.sandbox.server import Sandbox

__all__ = ["Sandbox"]
