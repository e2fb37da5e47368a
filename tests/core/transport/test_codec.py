from __future__ import annotations

import json
from decimal import Decimal
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmi_core.errors import RequestError, UnexpectedAnswer
from pmi_core.transport.codec import decode, encode

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=12)


class WirePrice(msgspec.Struct):
    price: Decimal
    side: Literal["bid", "ask"] = "bid"


class WireBook(msgspec.Struct):
    levels: list[WirePrice]


@given(NUMBERS)
def test_a_json_number_keeps_every_digit(number):
    text = format(number, "f")
    assert decode(WirePrice, b'{"price":%s}' % text.encode()).price.as_tuple() == Decimal(text).as_tuple()
    assert decode(WirePrice, b'{"price":"%s"}' % text.encode()).price == number


def test_a_json_number_never_passes_through_a_binary_float():
    body = b'{"price":0.1000000000000000055511151231257827}'
    assert decode(WirePrice, body).price == Decimal("0.1000000000000000055511151231257827")


@given(NUMBERS | st.sampled_from([Decimal("1E+2"), Decimal("0E-9"), Decimal("1E-8")]))
def test_a_decimal_is_written_as_text_without_exponent(number):
    written = json.loads(encode({"order": [{"price": number}], "count": 3}))
    assert Decimal(written["order"][0]["price"]) == number
    assert "E" not in written["order"][0]["price"]
    assert written["count"] == 3


def test_a_wire_model_is_written_in_the_order_of_its_fields():
    assert (
        encode(WireBook([WirePrice(Decimal("0.50"), "ask")])) == b'{"levels":[{"price":"0.50","side":"ask"}]}'
    )


def test_what_has_no_json_form_is_refused():
    with pytest.raises(RequestError, match="no JSON form"):
        encode({"price": object()})


@pytest.mark.parametrize(
    "body, sentence",
    [
        (
            b'{"levels":[{"price":"1"},{"price":true}]}',
            r"WireBook: Expected `decimal`, got `bool` - at `\$\.levels\[1\]\.price`",
        ),
        (b'{"levels":[{}]}', r"missing required field `price` - at `\$\.levels\[0\]`"),
        (b'{"levels":[{"price":"hunter2"}]}', r"Invalid decimal string - at `\$\.levels\[0\]\.price`"),
        (b'{"levels":[{"price":"1","side":"hunter2"}]}', r"Invalid enum value - at `\$\.levels\[0\]\.side`"),
        (b'{"levels":[{"price":"1","side":"hun', "breaks off after 35 bytes"),
        (b"", "is empty"),
        (b"hunter2", r"not JSON \(7 bytes\)"),
    ],
)
def test_a_wrong_answer_is_told_by_the_path_and_never_by_the_content(body, sentence):
    with pytest.raises(UnexpectedAnswer, match=sentence) as wrong:
        decode(WireBook, body, venue="here", capability="books")
    assert "hunter2" not in str(wrong.value)
    assert (wrong.value.venue, wrong.value.capability) == ("here", "books")
    assert wrong.value.__cause__ is None
    assert "hunter2" not in repr(wrong.value.__context__)
