"""The place where a list goes on."""

from __future__ import annotations

import pytest

from connector.errors import InputError
from connector.intacct.paging import place_of


def test_a_place_is_the_last_record_and_how_many_came_before() -> None:
    assert place_of("4712-200") == ("4712", 200)
    assert place_of("") == ("", 0)


@pytest.mark.parametrize("odd", ["4712", "-1", "a-1", "1-" + "9" * 5000, "\u0663-\u0663", "1-2-3"])
def test_what_is_no_place_is_refused(odd: str) -> None:
    with pytest.raises(InputError) as refused:
        place_of(odd)
    assert refused.value.field == "next"
