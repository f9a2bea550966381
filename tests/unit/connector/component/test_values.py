from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.component import values
from connector.errors import InputError


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("12.10", "12.10"),
        (" 5 ", "5"),
        (5, "5"),
        (12345678901234, "12345678901234"),
        (Decimal("12.10"), "12.10"),
        (Decimal("0.1") + Decimal("0.2"), "0.3"),
        ("-0.05", "-0.05"),
        ("99999999999999.99", "99999999999999.99"),
    ],
)
def test_amounts_stay_exactly_as_meant(given: Any, text: str) -> None:
    """A whole number must not become 5.000000, nor a long one lose its last digits."""
    assert values.read_money(given) == text


@pytest.mark.parametrize(
    "given",
    [
        "",
        "1,000.00",
        "1.000,00",
        "1e5",
        "NaN",
        ".5",
        "5.",
        "+5",
        "\u0665",
        "19.995",
        "123456789012345",
        0.1,
        True,
        None,
        [],
        Decimal("1E+5"),
        Decimal("1E+999999999"),
        Decimal("1E-999999999"),
        Decimal("Infinity"),
        Decimal("sNaN"),
        10**100,
    ],
)
def test_what_is_no_plain_amount_is_refused_with_the_field(given: Any) -> None:
    with pytest.raises(InputError) as refused:
        values.read_money(given, "amount")
    assert refused.value.field == "amount"
    assert len(refused.value.title) < 200


def test_number_too_long_to_be_written_is_refused_in_words() -> None:
    with pytest.raises(InputError):
        values.number_text(10**5000, "amount")


def test_small_numbers_are_written_out_without_an_exponent() -> None:
    assert values.number_text(Decimal("1E-10")) == "0.0000000001"


def test_rates_keep_up_to_ten_decimals() -> None:
    assert values.read_decimal("1.0845123456") == Decimal("1.0845123456")
    with pytest.raises(InputError):
        values.read_decimal("1.08451234567")


@pytest.mark.parametrize(
    ("given", "iso"),
    [
        ("2026-03-02", "2026-03-02"),
        ("03/02/2026", "2026-03-02"),
        ("3/2/2026", "2026-03-02"),
        (" 2024-02-29 ", "2024-02-29"),
    ],
)
def test_dates_are_iso_or_month_first(given: str, iso: str) -> None:
    assert values.read_date(given) == iso


@pytest.mark.parametrize("given", ["2026-02-29", "13/01/2026", "2026-3-2", "02/03/26", "", None])
def test_impossible_and_foreign_dates_are_refused(given: Any) -> None:
    with pytest.raises(InputError) as refused:
        values.read_date(given, "dueDate")
    assert refused.value.field == "dueDate"


@pytest.mark.parametrize(("given", "answer"), [(True, True), ("TRUE", True), (" false ", False)])
def test_true_and_false_are_understood(given: Any, answer: bool) -> None:
    assert values.read_yes_or_no(given) is answer


@pytest.mark.parametrize("given", ["yes", "1", 1, 0, "on", "T", None])
def test_other_words_for_yes_are_not_guessed(given: Any) -> None:
    with pytest.raises(InputError):
        values.read_yes_or_no(given, "onHold")


@pytest.mark.parametrize(("given", "number"), [(5, 5), ("05", 5), ("-3", -3)])
def test_whole_numbers_come_as_numbers_or_digits(given: Any, number: int) -> None:
    assert values.read_whole_number(given) == number


@pytest.mark.parametrize("given", [True, "1.0", 1.0, "1e3", "", "9" * 16])
def test_fractions_are_no_whole_numbers(given: Any) -> None:
    with pytest.raises(InputError):
        values.read_whole_number(given, "timeout")
