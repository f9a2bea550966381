from __future__ import annotations

import pytest

from connector.errors import InputError
from connector.intacct.dialects.function_names import FUNCTION_NAMES, READ_FUNCTIONS
from connector.intacct.dialects.xml_raw import raw_function


def test_a_function_is_written_anew_as_it_stands() -> None:
    frozen = raw_function(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- mine -->'
        '<update_bill set_nulls="true" key="7">\n  <description>a &amp; <![CDATA[<b>]]>'
        "</description><memo></memo></update_bill>\n"
    )
    assert frozen.payload == (
        '<update_bill key="7" set_nulls="true"><description>a &amp; &lt;b&gt;</description><memo/>'
        "</update_bill>"
    )
    assert frozen.function == "update_bill"
    assert frozen.is_write


def test_only_functions_known_to_change_nothing_are_reads() -> None:
    assert not raw_function("<readByQuery><object>X</object><query/></readByQuery>").is_write
    assert raw_function("<runDdsJob/>").is_write
    assert raw_function("<validate><X/></validate>").is_write
    assert READ_FUNCTIONS < FUNCTION_NAMES
    assert not any(name.startswith(("create", "update", "delete")) for name in READ_FUNCTIONS)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ("", "0 functions"),
        ("<read/><read/>", "2 functions"),
        ("hello", "outside of any element"),
        ("<read>", "well-formed"),
        ("<read/></fragments><fragments>", "well-formed"),
        ("<read>\x01</read>", "well-formed"),
        ("<read>\ud800</read>", "cannot be sent"),
        ("<drop_company/>", "not a function"),
        ("<READ/>", "not a function"),
        ("<function controlid='1'><read/></function>", "not a function"),
        ("<getAPISession/>", "by the connection"),
        ('<!DOCTYPE r [<!ENTITY a "b">]><read>&a;</read>', "document type"),
        ('<!-- c --><?p?><!DOCTYPE r SYSTEM "file:///etc/passwd"><read/>', "document type"),
        ("<read>&a;</read>", "well-formed"),
        ('<read xmlns="urn:x"/>', "namespaces"),
        ('<x:read xmlns:x="urn:x"/>', "namespaces"),
        ("<read>loose<a/></read>", "between its elements"),
        ("<read>" * 65 + "</read>" * 65, "too deeply"),
        ("<query><options><returnformat>json</returnformat></options></query>", "as XML"),
        ('<?xml version="1.0" encoding="UTF-7"?><read/>', "encoding"),
    ],
)
def test_everything_else_is_refused(body: str, word: str) -> None:
    with pytest.raises(InputError, match=word) as caught:
        raw_function(body)
    assert caught.value.field == "data"


def test_fifty_thousand_nested_tags_are_refused() -> None:
    with pytest.raises(InputError):
        raw_function("<read>" + "<a>" * 50_000 + "</a>" * 50_000 + "</read>")
