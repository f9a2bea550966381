from __future__ import annotations

import pytest

from connector.errors import OutcomeUnknown
from connector.intacct.dialects import raw_json

REPLY = b"""<?xml version="1.0" encoding="UTF-8"?>
<response>
  <data listtype="contact" count="2">
    <contact><NAME>Jane &amp; Jo</NAME><FAX/></contact>
    <contact><NAME lang="en">Bob</NAME><FAX> </FAX></contact>
  </data>
</response>"""


@pytest.mark.accepts("C65")
def test_every_child_is_a_list_on_request() -> None:
    assert raw_json.to_json(REPLY, always_lists=True) == {
        "response": {
            "data": [
                {
                    "$": {"listtype": "contact", "count": "2"},
                    "contact": [
                        {"NAME": ["Jane & Jo"], "FAX": [""]},
                        {"NAME": [{"$": {"lang": "en"}, "#text": "Bob"}], "FAX": [""]},
                    ],
                }
            ]
        }
    }


@pytest.mark.accepts("C65")
def test_else_only_repeated_children_are_lists() -> None:
    assert raw_json.to_json(REPLY, always_lists=False) == {
        "response": {
            "data": {
                "$": {"listtype": "contact", "count": "2"},
                "contact": [
                    {"NAME": "Jane & Jo", "FAX": ""},
                    {"NAME": {"$": {"lang": "en"}, "#text": "Bob"}, "FAX": ""},
                ],
            }
        }
    }


def test_text_is_the_reply_as_it_came() -> None:
    assert raw_json.to_text(REPLY) == REPLY.decode()


@pytest.mark.parametrize(
    "reply",
    [
        b"",
        b"<response>",
        b"not xml",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a>" * 500 + b"</a>" * 500,
    ],
)
def test_what_is_no_plain_xml_is_said_in_words(reply: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        raw_json.to_json(reply, always_lists=True)


def test_bytes_that_are_no_text_are_said_in_words() -> None:
    with pytest.raises(OutcomeUnknown):
        raw_json.to_text(b"\xff\xfe")
