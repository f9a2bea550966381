"""Days and times in filters: written in either form, sent in the one that each API compares."""

from __future__ import annotations

import pytest

from actions.query.filter_grammar import parse
from actions.query.vocabularies import as_expression, in_codes, in_words
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Operation, Page, Verb
from connector.intacct.router import Router

INVOICE = ObjectSchema.named("invoice")


def sent(text: str, api: str) -> str:
    """Return the request that lists invoices by a filter."""
    where = in_words(parse(text), INVOICE)
    listing = Operation(
        Verb.QUERY, "invoice", fields=("recordNo",), where=where, page=Page(size=10)
    )
    return Router(preferred=api).freeze(listing).payload


@pytest.mark.parametrize("day", ["2026-01-31", "01/31/2026", "1/31/2026"])
@pytest.mark.parametrize("name", ["WHENCREATED", "WHENMODIFIED", "dateModified"])
def test_a_day_is_sent_in_the_form_that_each_api_compares(name: str, day: str) -> None:
    """The wrong form finds nothing, or everything, without a word."""
    assert "<value>01/31/2026</value>" in sent(f"{name} >= '{day}'", "xml")
    assert ':"2026-01-31"}' in sent(f"{name} >= '{day}'", "rest")


@pytest.mark.parametrize(
    "time", ["2026-01-31T10:00:00", "2026-01-31 10:00:00", "01/31/2026 10:00:00"]
)
def test_a_time_is_sent_in_the_form_that_each_api_compares(time: str) -> None:
    assert "<value>01/31/2026 10:00:00</value>" in sent(f"WHENMODIFIED < '{time}'", "xml")
    assert ':"2026-01-31T10:00:00Z"}' in sent(f"WHENMODIFIED < '{time}'", "rest")


def test_both_ends_of_a_span_and_filters_over_codes_are_written_alike() -> None:
    span = "WHENCREATED between '2026-01-01' and '1/31/2026'"
    assert "<value>01/01/2026</value><value>01/31/2026</value>" in sent(span, "xml")
    codes = as_expression(in_codes(parse(span), INVOICE), INVOICE)
    assert codes == "(WHENCREATED >= '01/01/2026' AND WHENCREATED <= '01/31/2026')"


def test_a_zone_is_not_dropped_where_it_cannot_be_told() -> None:
    with pytest.raises(InputError, match="knows no zones"):
        sent("WHENMODIFIED >= '2026-01-31T10:00:00Z'", "xml")
    assert "10:00:00Z" in sent("WHENMODIFIED >= '2026-01-31T10:00:00Z'", "rest")


@pytest.mark.parametrize("name", ["WHENCREATED", "WHENMODIFIED"])
@pytest.mark.parametrize("odd", ["13/31/2026", "2026-02-30", "tomorrow", "20260131", "1/5/26"])
def test_what_is_no_day_is_refused(name: str, odd: str) -> None:
    with pytest.raises(InputError, match=name):
        sent(f"{name} >= '{odd}'", "xml")


def test_days_are_not_asked_for_by_pattern_but_may_be_blank() -> None:
    with pytest.raises(InputError, match="not a date"):
        sent("WHENCREATED like '01/%'", "xml")
    assert "<isnull>" in sent("WHENCREATED is null", "xml")
