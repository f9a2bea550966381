from __future__ import annotations

import pytest

from connector.errors import InputError
from connector.hubspot.amounts import net_amount, plain, read_number, round_money


@pytest.mark.parametrize(
    ("line", "net"),
    [
        ({"amount": "1200"}, "1200.00"),
        ({"amount": "19.995", "price": "1", "quantity": "1"}, "20.00"),
        ({"amount": "-5"}, "-5.00"),
        ({"amount": "1.2E3"}, "1200.00"),
        ({"amount": "33.333333333333336"}, "33.33"),
        ({"amount": " ", "price": "600", "quantity": "2"}, "1200.00"),
        ({"price": "0.333", "quantity": "3"}, "1.00"),
        ({"price": "600"}, "600.00"),
        ({"price": "10", "quantity": "3", "discount": "4.50"}, "25.50"),
        ({"price": "10", "quantity": "3", "hs_discount_percentage": "33.3"}, "20.01"),
        ({"price": "10", "discount": "", "hs_discount_percentage": "0"}, "10.00"),
        ({"price": "0.005", "quantity": "1"}, "0.01"),
        # Python's usual 28 digits would round this up first, and then up again.
        ({"price": "10000000000000.00499999999999999999"}, "10000000000000.00"),
        ({"price": "-0.005", "quantity": "1"}, "-0.01"),
        (
            {"price": "99999999999999.0000000001", "quantity": "0.00000000000001"},
            "1.00",
        ),
    ],
)
def test_net_amount_is_exact_and_rounded_once(line: dict[str, str], net: str) -> None:
    assert str(net_amount(line, "Seats")) == net


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"price": "", "quantity": "2"},
        {"amount": "1,200.00"},
        {"amount": "NaN"},
        {"amount": "Infinity"},
        {"amount": "1e99"},
        {"amount": "100000000000000"},
        {"amount": "١٢"},
        {"amount": "12 USD"},
        {"price": "1", "quantity": "two"},
        {"price": "1", "discount": "10%"},
    ],
)
def test_line_that_cannot_be_priced_is_named(line: dict[str, str]) -> None:
    with pytest.raises(InputError, match="Seats"):
        net_amount(line, "Seats")


def test_numbers_are_shown_without_exponent() -> None:
    shown = [plain(read_number(text, "It")) for text in ("1E+2", "2.50", "10", "0.00", "1e-7")]
    assert shown == ["100", "2.5", "10", "0", "0.0000001"]


def test_half_a_cent_goes_up() -> None:
    assert str(round_money(read_number("2.665", "It"))) == "2.67"
