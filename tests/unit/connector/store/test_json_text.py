from __future__ import annotations

from decimal import Decimal

import pytest

from connector.errors import InputError
from connector.store import from_json, to_json


def test_a_document_has_one_spelling() -> None:
    assert to_json({"b": [1, True, None], "a": "ü"}) == '{"a":"ü","b":[1,true,null]}'


@pytest.mark.parametrize("digits", ["12.10", "0.1", "-7.00", "12345678901234.1234567890", "1E+3"])
def test_decimals_come_back_digit_for_digit(digits: str) -> None:
    returned = from_json(to_json({"amount": Decimal(digits)}))["amount"]
    assert isinstance(returned, Decimal)
    assert str(returned) == digits


def test_a_read_number_is_never_a_float() -> None:
    assert from_json('{"amount": 12.10}') == {"amount": Decimal("12.10")}


@pytest.mark.parametrize("value", [2**64, "\ud800", Decimal("NaN"), object(), {1: "a"}])
def test_what_cannot_be_kept_exactly_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="cannot be kept"):
        to_json({"value": value})
