"""Four shapes of refusal, one tree of errors."""

from __future__ import annotations

import json

import pytest

from pmi_core import errors
from pmi_provider_kalshi.errors import ExchangePaused, read_error

EXPECTED = {
    "auth__bad_signature": errors.BadKey,
    "auth__unknown_key_id": errors.BadKey,
    "auth__missing_signature_header": errors.PermissionDenied,
    "auth__skew_minus30s": errors.ClockSkew,
    "auth__skew_plus5min": errors.ClockSkew,
    "orders__duplicate_client_order_id": errors.Duplicate,
    "orders__reuse_canceled_client_id": errors.Duplicate,
    "orders__insufficient_balance": errors.InsufficientFunds,
    "orders__invalid_price_structure": errors.OffGrid,
    "orders__post_only_cross": errors.WouldCross,
    "orders__numeric_field_types": errors.RequestError,
    "orders__cancel_already_canceled": errors.NotFound,
    "orders__cancel_executed": errors.NotFound,
    "orders__cancel_unknown_id": errors.NotFound,
    "markets__limit_over_max": errors.RequestError,
}


def refused(status, body):
    return read_error(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


def test_every_recorded_refusal_is_understood(sample):
    recorded = sample("rest_errors_demo_2026-06.json")
    assert {case["case"] for case in recorded} == set(EXPECTED)
    for case in recorded:
        found = refused(case["status"], case["body"])
        assert type(found) is EXPECTED[case["case"]], case["case"]
        assert str(found).startswith("the venue refuses: ")
        assert found.code


@pytest.mark.parametrize(
    "status, body, kind, said",
    [
        (
            400,
            {"error": {"code": "invalid_order", "message": "invalid order"}},
            errors.InvalidOrder,
            "invalid order",
        ),
        (
            400,
            {"error": {"code": "invalid_order", "message": "invalid order", "details": "post only cross"}},
            errors.WouldCross,
            "(post only cross)",
        ),
        (
            400,
            {"code": "bad_request", "message": "bad request", "details": "not a string"},
            errors.RequestError,
            "(not a string)",
        ),
        (400, {"msg": "Parameter validation failed"}, errors.RequestError, "Parameter validation failed"),
        (
            400,
            {"error": {"code": "invalid_order_size", "message": "too small"}},
            errors.BelowMinimum,
            "too small",
        ),
        (400, {"error": {"code": "MARKET_INACTIVE", "message": "closed"}}, errors.MarketNotOpen, "closed"),
        (
            409,
            {"error": {"code": "fill_or_kill_insufficient_resting_volume"}},
            errors.OrderRefused,
            "fill_or_kill",
        ),
        (
            410,
            {"error": {"code": "deprecated_v1_order_endpoint", "message": "Please switch"}},
            errors.RequestError,
            "Please switch",
        ),
        (404, {"error": {"code": "market_not_found:_12", "message": "gone"}}, errors.NotFound, "gone"),
        (404, {"error": {"code": "odd", "message": "odd"}}, errors.NotFound, "odd"),
        (403, {"error": {"code": "scope", "message": "no scope"}}, errors.PermissionDenied, "no scope"),
        (401, {"error": {"code": "other", "message": "who?"}}, errors.BadKey, "who?"),
        (429, {"error": "too many requests"}, errors.BusyError, "too many requests"),
        (500, {"error": {"code": "internal", "message": "oops"}}, errors.VenueError, "oops"),
        (500, {"error": {"code": "insufficient_balance", "message": "no"}}, errors.VenueError, "no"),
        (503, {"error": "too many requests"}, errors.VenueError, "too many requests"),
        (502, {"error": {"code": "market_not_found", "message": "gone"}}, errors.VenueError, "gone"),
    ],
)
def test_shapes_and_codes(status, body, kind, said):
    found = refused(status, body)
    assert type(found) is kind
    assert said in found.message


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'"text"', b"{}", b'{"error": null}', b'{"error": 5}', b"\xff"]
)
def test_what_says_nothing_is_left_to_the_status(body):
    assert refused(500, body) is None


def test_a_failing_exchange_tells_its_state():
    found = refused(
        503,
        {
            "exchange_active": True,
            "trading_active": False,
            "exchange_estimated_resume_time": "2026-11-19T10:00:00Z",
        },
    )
    assert isinstance(found, ExchangePaused)
    assert "trading is paused until about 2026-11-19T10:00:00+00:00" in found.message
    assert refused(503, {"exchange_active": "maybe"}) is None
    assert (
        "the exchange is paused" in refused(504, {"exchange_active": False, "trading_active": False}).message
    )
