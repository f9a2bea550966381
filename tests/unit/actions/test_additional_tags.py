from __future__ import annotations

import pytest

from actions.additional_tags import as_fields
from connector.errors import InputError


def test_an_object_passes_as_it_is() -> None:
    inputs = {"recordNo": "7", "additionalFields": {"DESCRIPTION": "x"}}
    assert as_fields(inputs) == inputs
    assert as_fields({"recordNo": "7"}) == {"recordNo": "7"}


@pytest.mark.accepts("C77")
def test_xml_tags_become_names_and_values() -> None:
    text = "<DESCRIPTION>Tea &amp; co</DESCRIPTION> <X><Y>1</Y></X><Z>a</Z><Z>b</Z>"
    assert as_fields({"additionalFields": text})["additionalFields"] == {
        "DESCRIPTION": "Tea & co",
        "X": {"Y": "1"},
        "Z": ["a", "b"],
    }


@pytest.mark.parametrize(
    "text", ["<A>1", "<A>x & y</A>", "<!DOCTYPE A><A/>", "loose <A/>", '<A b="1"/>']
)
def test_what_is_no_plain_xml_is_refused_under_its_name(text: str) -> None:
    with pytest.raises(InputError) as refused:
        as_fields({"additionalFields": text})
    assert refused.value.field == "additionalFields"
