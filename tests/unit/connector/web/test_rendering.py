from __future__ import annotations

from decimal import Decimal

import pytest

from connector.web import connection_figures, rendering
from connector.web.words import object_words

NOW = 1_800_000_000_000
SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (0, "just now"),
        (-3 * SECOND, "just now"),
        (59 * SECOND, "59 seconds ago"),
        (MINUTE, "1 minute ago"),
        (3 * HOUR, "3 hours ago"),
        (2 * DAY, "2 days ago"),
        (-2 * DAY, "in 2 days"),
        (90 * DAY, "2026-10-17"),
    ],
)
def test_times_are_said_as_people_say_them(before: int, words: str) -> None:
    assert rendering.ago(NOW - before, NOW) == words


def test_a_time_that_never_was_is_empty() -> None:
    assert (rendering.ago(None, NOW), rendering.moment(None)) == ("", "")


def test_a_request_is_laid_out_without_touching_its_texts() -> None:
    text = '<?xml version="1.0"?><a x="1"><b>two words</b><c/><d><e> f </e></d></a>'
    laid_out = rendering.pretty(text)
    assert laid_out.splitlines() == [
        '<?xml version="1.0"?>',
        '<a x="1">',
        "  <b>two words</b>",
        "  <c/>",
        "  <d>",
        "    <e> f </e>",
        "  </d>",
        "</a>",
    ]


@pytest.mark.parametrize("text", ["", "plain", "{broken", "a < b", "[1, 2"])
def test_what_is_neither_json_nor_xml_stays_as_it_is(text: str) -> None:
    assert rendering.pretty(text) == text


def test_amounts_keep_their_digits_in_documents() -> None:
    assert '"0.10"' in rendering.pretty({"amount": Decimal("0.10")})
    assert '"0.10"' in rendering.pretty('{"amount": 0.10}')


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal("1350.5"), "1,350.50"),
        (Decimal("-0.005"), "-0.005"),
        (Decimal("99999999999999.99"), "99,999,999,999,999.99"),
        (None, "?"),
    ],
)
def test_amounts_have_two_decimals_or_all_they_need(amount: Decimal | None, words: str) -> None:
    assert rendering.money(amount) == words


def test_a_forecast_goes_on_as_the_month_began_and_says_nothing_on_its_first_day() -> None:
    first, eleventh = 1_772_323_200_000, 1_773_187_200_000  # 2026-03-01 and 2026-03-11, 00:00 UTC
    assert connection_figures.forecast(100, first + HOUR) is None
    assert connection_figures.forecast(100, eleventh) == 310


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("journalEntry", "Journal entry"),
        ("bill", "Bill"),
        ("arPayment", "AR payment"),
        ("", "Anything"),
    ],
)
def test_objects_are_named_as_people_write_them(name: str, words: str) -> None:
    assert object_words(name) == words
