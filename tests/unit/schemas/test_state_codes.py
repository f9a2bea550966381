from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.query.vocabularies import in_codes, in_words
from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Condition, Filter

# xml-api 4.1, 4.2, 4.5 and Sage's pages on AP payments and journal entries.
KNOWN = [
    ("invoice", "A", "Posted"),
    ("invoice", "D", "Draft"),
    ("bill", "PA", "Partially Approved"),
    ("bill", "U", "Declined"),
    ("bill", "S", "Submitted"),
    ("arAdjustment", "D", "Draft"),
    ("arAdvance", "D", "Draft"),
    ("arPayment", "C", "Posted"),
    ("apPayment", "C", "Posted"),
    ("apPayment", "A", "Approved"),
    ("apPayment", "V", "Voided"),
    ("journalEntry", "P", "Posted"),
    ("journalEntry", "I", "Draft"),
    ("journalEntry", "Z", "Reversed"),
]


@pytest.mark.parametrize(("name", "code", "word"), KNOWN)
def test_a_state_is_found_by_its_word_and_by_its_code(name: str, code: str, word: str) -> None:
    """One function compares with words and the other with codes; the wrong one finds nothing."""
    schema = ObjectSchema.named(name)
    for given in (code, word):
        asked = Condition("state", "equalTo", (given,))
        assert in_words(asked, schema) == Condition("STATE", "equalTo", (word,))
        assert in_codes(asked, schema) == Condition("STATE", "equalTo", (code,))
    by_case = in_codes(Condition("STATE", "in", (word.lower(),)), schema)
    assert by_case == Condition("STATE", "in", (code,))


@pytest.mark.parametrize("operator", ["equalTo", "notEqualTo", "in"])
def test_a_word_without_a_code_is_refused_with_those_that_have_one(operator: str) -> None:
    """The function that speaks codes would find nothing, and nobody would know why."""
    asked = Condition("STATE", operator, ("Postd",))
    with pytest.raises(InputError) as refused:
        in_codes(asked, ObjectSchema.named("invoice"))
    assert "Draft (D), Posted (A)" in refused.value.title
    assert refused.value.field == "query"


def test_a_word_on_the_screen_that_has_no_code_still_goes_where_words_are_spoken() -> None:
    asked = Condition("state", "equalTo", ("Paid",))
    schema = ObjectSchema.named("invoice")
    assert in_words(asked, schema) == Condition("STATE", "equalTo", ("Paid",))


def test_words_are_taken_in_any_case_where_intacct_minds_it() -> None:
    asked = Condition("state", "equalTo", ("posted",))
    found = in_words(asked, ObjectSchema.named("invoice"))
    assert found == Condition("STATE", "equalTo", ("Posted",))


@pytest.mark.parametrize("translate", [in_words, in_codes])
def test_a_field_that_is_yes_or_no_is_never_anything_else(
    translate: Callable[[Filter, ObjectSchema], Filter],
) -> None:
    with pytest.raises(InputError, match="active or inactive"):
        translate(Condition("STATUS", "equalTo", ("aktiv",)), ObjectSchema.named("vendor"))
    blank = Condition("STATUS", "equalTo", ("",))
    assert translate(blank, ObjectSchema.named("vendor")) == blank
