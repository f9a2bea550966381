from typing import Any

import pytest

from connector.errors import InputError
from connector.workflow import amounts, dates, expressions, functions, texts


@pytest.mark.parametrize("function", functions.FUNCTIONS, ids=lambda function: function.name)
def test_each_documented_example_is_true(function: functions.Function) -> None:
    source, result = function.example
    assert expressions.evaluate(f"{{{{ {source} }}}}", {}) == result
    assert function.description.endswith(".")
    assert function.signature.startswith(f"{function.name}(")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12.10", "12.10"),
        (12, "12"),
        ("-0.00", "0.00"),
        ("007.5", "7.5"),
        ("99999999999999.99", "99999999999999.99"),
        ("0.1234567890", "0.1234567890"),
    ],
)
def test_amounts_are_read_exactly(written: Any, read: str) -> None:
    assert amounts.money(written) == read


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("1,000.00", "separators"),
        ("1 000", "separators"),
        ("1_000", "separators"),
        ("1e5", "exponent"),
        ("1E+3", "exponent"),
        (12.1, "as text"),
        (None, "default"),
        ("", "default"),
        ("NaN", "14 digits"),
        ("Infinity", "14 digits"),
        ("999999999999999.99", "14 digits"),
        ("0.12345678901", "14 digits"),
        ("\uff11\uff12", "14 digits"),  # full-width digits, which Decimal() would take
        ("12.10\n", "14 digits"),
        ("$5", "14 digits"),
        (True, "14 digits"),
    ],
)
def test_what_is_no_amount_is_refused_with_a_hint(written: Any, hint: str) -> None:
    with pytest.raises(InputError, match="is not an amount") as caught:
        amounts.money(written)
    assert hint in caught.value.advice


def test_arithmetic_is_exact() -> None:
    assert amounts.add("0.1", "0.2") == "0.3"
    assert amounts.sub("0.3", "0.1") == "0.2"
    assert amounts.mul("99999999.99", "100.01") == "10000999998.9999"
    assert amounts.sum_money(["0.1"] * 10) == "1.0"
    assert amounts.sum_money([]) == "0"
    assert amounts.div("1", "3", 10) == "0.3333333333"
    assert amounts.div("-0.005", 1, 2) == "-0.01"


def test_results_beyond_fourteen_digits_are_refused() -> None:
    with pytest.raises(InputError, match="too large"):
        amounts.mul("99999999999999", "10")


def test_division_by_zero_is_refused() -> None:
    with pytest.raises(InputError, match="divided by zero"):
        amounts.div("1", "0.00", 2)


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("19.995", "USD", "20.00"),
        ("-19.995", "USD", "-20.00"),
        ("19.99", "EUR", "19.99"),
        ("10.50", "JPY", "11"),
        ("1.2345", "KWD", "1.235"),
    ],
)
def test_rounding_follows_the_currency(amount: str, currency: str, rounded: str) -> None:
    assert amounts.round_money(amount, currency) == rounded


def test_a_currency_is_an_iso_code() -> None:
    with pytest.raises(InputError, match="'usd' is not a currency"):
        amounts.round_money("1", "usd")


def test_amounts_compare_as_numbers_not_as_texts() -> None:
    assert amounts.compare("9", "10.00") == -1
    assert amounts.compare("1.0", "1.00") == 0


@pytest.mark.parametrize(
    ("value", "zone", "day"),
    [
        ("2026-03-02", "", "2026-03-02"),
        ("2026-01-31T23:30:00-08:00", "", "2026-01-31"),
        ("2026-01-31T23:30:00-08:00", "Europe/Berlin", "2026-02-01"),
        ("2026-03-02T03:00:00.123Z", "America/New_York", "2026-03-01"),
        ("1772409600000", "", "2026-03-02"),
        (1772409600000, "America/New_York", "2026-03-01"),
    ],
)
def test_dates_are_read_from_known_forms(value: Any, zone: str, day: str) -> None:
    assert dates.read_date(value, zone) == day


@pytest.mark.parametrize(
    "value",
    [
        "02/03/2026",
        "2026-02-30",
        "0000-01-01",
        "10000-01-01",
        "20260131",
        "2026-W05-6",
        "2026-03-02T10:00:00",
        "2026-03-02T25:00:00Z",
        "0001-01-01T00:00:00+14:00 ",
        20260131,
        None,
        "",
        "\uff12\uff10\uff12\uff16-01-01",
    ],
)
def test_what_is_no_clear_day_is_refused(value: Any) -> None:
    with pytest.raises(InputError):
        dates.read_date(value)


def test_slashes_are_refused_as_ambiguous_and_read_on_request() -> None:
    with pytest.raises(InputError) as caught:
        dates.read_date("02/03/2026")
    assert "Day or month first?" in caught.value.advice
    assert dates.date_us("02/03/2026") == "2026-02-03"
    with pytest.raises(InputError, match="no day in the calendar"):
        dates.date_us("13/01/2026")


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "America", "EST5EDT "])
def test_unknown_zones_are_refused(zone: str) -> None:
    with pytest.raises(InputError, match="is not a time zone"):
        dates.read_date("2026-03-02", zone)


def test_moments_at_the_edge_of_the_calendar_are_refused() -> None:
    with pytest.raises(InputError, match="no day in that zone"):
        dates.read_date("9999-12-31T23:59:00-12:00", "Asia/Tokyo")


def test_days_are_added_across_months_and_leap_years() -> None:
    assert dates.add_days("2028-02-28", 1) == "2028-02-29"
    assert dates.add_days("2026-01-31", "30") == "2026-03-02"
    assert dates.add_days("2026-03-01", -1) == "2026-02-28"
    assert dates.last_of_month("2028-02-10") == "2028-02-29"
    assert dates.first_of_month("2028-02-10") == "2028-02-01"
    with pytest.raises(InputError, match="no day in the calendar"):
        dates.add_days("9999-12-31", 1)
    with pytest.raises(InputError, match="number of days"):
        dates.add_days("2026-01-01", "1e3")


def test_default_replaces_null_and_empty_text_only() -> None:
    assert texts.default(None, "x") == "x"
    assert texts.default("", "x") == "x"
    assert texts.default(0, "x") == 0


@pytest.mark.parametrize(
    ("total", "weights", "currency", "parts"),
    [
        ("100.00", ["1", "1", "1"], "USD", ["33.34", "33.33", "33.33"]),
        ("0.05", ["50", "30", "20"], "USD", ["0.03", "0.01", "0.01"]),
        ("-100.00", [1, 1, 1], "USD", ["-33.33", "-33.33", "-33.34"]),
        ("100", ["2", "1"], "JPY", ["67", "33"]),
        ("1.000", ["1", "0", "2"], "KWD", ["0.333", "0.000", "0.667"]),
    ],
)
def test_shares_always_add_up_to_the_total(
    total: str, weights: list[Any], currency: str, parts: list[str]
) -> None:
    shares = amounts.allocate(total, weights, currency)
    assert amounts.compare(amounts.sum_money(shares), total) == 0
    assert sorted(shares) == sorted(parts)


@pytest.mark.parametrize("weights", [[], ["0"], ["-1", "2"], ["x"]])
def test_an_amount_needs_weights_to_be_shared_out(weights: list[Any]) -> None:
    with pytest.raises(InputError):
        amounts.allocate("1.00", weights, "USD")


def test_what_the_currency_cannot_hold_is_not_shared_out() -> None:
    with pytest.raises(InputError, match="more decimals"):
        amounts.allocate("1.005", ["1"], "USD")


@pytest.mark.parametrize("name", dates.FORMATS)
def test_every_named_format_reads_what_it_writes(name: str) -> None:
    written = dates.format_date("2026-03-02", name)
    assert dates.parse_date(written, name) == "2026-03-02"


@pytest.mark.parametrize("written", ["3/2/2026", "02.03.2026", "2026-02-30", "", "03/02/26"])
def test_a_format_takes_nothing_else(written: str) -> None:
    with pytest.raises(InputError):
        dates.parse_date(written, "MM/DD/YYYY")


def test_an_unknown_format_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="not a format") as caught:
        dates.parse_date("2026", "%Y")
    assert "DD.MM.YYYY" in caught.value.advice


def test_months_end_where_the_month_ends() -> None:
    assert dates.add_months("2024-01-31", 1) == "2024-02-29"
    assert dates.add_months("2026-03-31", -13) == "2025-02-28"
    with pytest.raises(InputError):
        dates.add_months("2026-03-31", 99999)


def test_a_day_begins_in_its_zone() -> None:
    utc = dates.moment_ms("2026-03-02", "")
    assert utc - dates.moment_ms("2026-03-02", "Europe/Berlin") == 3_600_000
    assert dates.moment_ms("2026-03-02T01:00:00+01:00", "America/New_York") == utc
    with pytest.raises(InputError):
        dates.moment_ms("tomorrow", "")


def test_a_key_that_a_table_lacks_is_named_with_what_there_is() -> None:
    assert texts.lookup({"a": "1"}, "a") == "1"
    assert texts.lookup({"a": "1"}, "b", "2") == "2"
    with pytest.raises(InputError, match="nothing for 'b'") as caught:
        texts.lookup({"a": "1"}, "b")
    assert "It has: a" in caught.value.advice


@pytest.mark.parametrize(
    "source",
    [
        "pad('1', 999999, '0')",
        "pad('1', 5, 'ab')",
        "left('a', -1)",
        "split('a', '')",
        "join([{'a': 1}], ',')",
        "unique([[1]])",
        "replace('a', '', 'b')",
    ],
)
def test_functions_refuse_what_would_not_end_well(source: str) -> None:
    with pytest.raises(InputError):
        expressions.evaluate(f"{{{{ {source} }}}}", {})
