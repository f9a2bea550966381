from __future__ import annotations

import pytest

from actions.query.vocabularies import in_codes, in_words
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Condition

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
