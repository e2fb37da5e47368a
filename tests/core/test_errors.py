"""The tree is arranged by what the caller can do, and every error is a sentence and plain data."""

from __future__ import annotations

import json
import pickle

import pytest

import pmi_core
from pmi_core import BusyError, PmiError, UncertainError, errors

ALL = [getattr(errors, name) for name in errors.__all__]
BRANCHES = {
    "PluginError": {"ProviderMissing", "ProviderBroken", "CapabilityMissing"},
    "SettingsError": set(),
    "RequestError": {
        *("MalformedRef", "NotFound", "InvalidOrder", "OffGrid", "BelowMinimum", "WouldCross", "Duplicate"),
        *("InsufficientFunds", "MarketNotOpen", "OrderRefused"),
    },
    "AccessError": {"BadKey", "ClockSkew", "PermissionDenied", "GeoRestricted"},
    "BusyError": set(),
    "VenueError": {"Unreachable", "UnexpectedAnswer", "StaleBook", "SequenceGap"},
    "UncertainError": set(),
}


def test_every_error_hangs_on_exactly_one_branch():
    assert {branch.__name__ for branch in PmiError.__subclasses__()} == set(BRANCHES)
    for name, leaves in BRANCHES.items():
        branch = getattr(errors, name)
        below = {one.__name__ for one in ALL if issubclass(one, branch) and one is not branch}
        assert below == leaves
    assert {one.__name__ for one in errors.InvalidOrder.__subclasses__()} == {
        *("OffGrid", "BelowMinimum", "WouldCross", "Duplicate")
    }


@pytest.mark.parametrize("kind", ALL, ids=lambda one: one.__name__)
def test_the_tree_in_the_text_names_it(kind):
    assert kind.__name__ in errors.__doc__
    assert getattr(pmi_core, kind.__name__) is kind


@pytest.mark.parametrize("kind", ALL, ids=lambda one: one.__name__)
def test_details_are_plain_data(kind):
    error = kind("It failed", hint="try later", venue="coin", capability="orders", code="E17")
    assert str(error) == "It failed; try later"
    assert json.loads(json.dumps(error.details())) == {
        "error": kind.__name__,
        "message": "It failed",
        "hint": "try later",
        "venue": "coin",
        "capability": "orders",
        "code": "E17",
        "repeat_is_safe": kind is not UncertainError,
    }


@pytest.mark.parametrize("kind", ALL, ids=lambda one: one.__name__)
def test_what_is_not_known_is_left_out(kind):
    error = kind("It failed")
    assert str(error) == "It failed"
    assert set(error.details()) == {"error", "message", "repeat_is_safe"}


def test_only_doubt_makes_repeating_unsafe():
    assert [one for one in ALL if not one.repeat_is_safe] == [UncertainError]


def test_busy_says_how_long():
    assert BusyError("Over the limit", retry_after=2.5).details()["retry_after"] == 2.5
    assert BusyError("Over the limit", retry_after=0.0).details()["retry_after"] == 0.0


def test_doubt_says_what_to_look_for():
    error = UncertainError("No answer", client_order_id="abc", venue="coin")
    assert error.details()["client_order_id"] == "abc"
    assert error.venue == "coin"


@pytest.mark.parametrize("kind", ALL, ids=lambda one: one.__name__)
def test_errors_travel_between_processes(kind):
    error = kind("It failed", hint="try later", venue="coin")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert again.details() == error.details()
    assert str(again) == str(error)
