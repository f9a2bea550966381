"""The streaming reader gives what xmltodict gives, and neither takes what could harm us."""

from __future__ import annotations

import random

import pytest
import xmltodict

from connector.intacct.dialects import xml_parse
from connector.intacct.dialects.xml_parse import UnreadableXml, read_document, read_streaming

ROWS = {
    "plain": "<vendor><A>1</A><B>two</B></vendor>" * 3,
    "one row": "<vendor><A>1</A></vendor>",
    "no row": "",
    "empty": "<vendor><A/><B></B><C> </C></vendor><vendor/><vendor></vendor>",
    "escaped": "<vendor><A>Tea &amp; Co &lt;b&gt; &#252; &#13;</A><B>\u00e9 \u4e2d</B></vendor>"
    * 2,
    "attributes": '<vendor id="1"><A x="2">v</A><B y="">w</B></vendor><vendor><A/></vendor>',
    "repeated": "<vendor><A>1</A><A>2</A><A/><B>3</B><A>4</A></vendor>" * 2,
    "mixed": "<vendor>lead<A>1</A> middle <B/>tail\n</vendor><vendor> x </vendor>",
    "cdata": "<vendor><A><![CDATA[<a> & b]]></A></vendor>" * 2,
    "comments": "<!-- c --><vendor><!-- d --><A>x<!-- e -->y</A></vendor><?pi z?><vendor/>",
    "nested": "<v><LINES><line><A>1</A></line><line/></LINES><C><D><E>1</E></D></C></v>" * 3,
    "same name inside": "<v><v>1</v><data><v>2</v></data></v><v><v><v/></v></v>",
    "two kinds": "<a><X>1</X></a><b>t</b><a><X>2</X></a><b/>",
    "pretty": "\n  <v>\n    <A>1</A>\n    <B>  padded  </B>\n  </v>\n  <v>\n    <A/>\n  </v>\n",
    "blank beyond ascii": "<v>\u00a0<A>\u00a0x\u00a0</A>\u2003</v>" * 2,
}


def _reply(rows: str, attributes: str = ' listtype="vendor" count="2"') -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<response><control><status>success</status>'
        "<controlid/></control><operation><authentication><status>success</status>"
        "</authentication><result><status>success</status><function>readByQuery</function>"
        f"<controlid>c</controlid><data{attributes}>{rows}</data></result></operation></response>"
    ).encode()


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("attributes", ["", ' count="1"'])
@pytest.mark.parametrize("chunk", [7, 1 << 20])
def test_streaming_gives_what_xmltodict_gives(
    monkeypatch: pytest.MonkeyPatch, kind: str, attributes: str, chunk: int
) -> None:
    """Small chunks cut texts and tags in the middle, where a reader could lose its place."""
    monkeypatch.setattr(xml_parse, "_CHUNK", chunk)
    body = _reply(ROWS[kind], attributes)
    assert read_streaming(body) == xmltodict.parse(body)


def test_streaming_keeps_results_apart() -> None:
    second = (
        "<result><status>success</status><controlid>d</controlid><data><vendor><A>9</A></vendor>"
        "</data></result></operation>"
    )
    body = _reply(ROWS["plain"]).replace(b"</operation>", second.encode())
    assert read_streaming(body) == xmltodict.parse(body)


def test_streaming_agrees_on_random_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_parse, "_CHUNK", 50)
    chance = random.Random(7)  # noqa: S311 - a fixed seed, so that a failure can be repeated
    for _ in range(300):
        body = _reply("".join(_random_element(chance, 0) for _ in range(chance.randrange(5))))
        assert read_streaming(body) == xmltodict.parse(body), body


def _random_element(chance: random.Random, depth: int) -> str:
    name = chance.choice(["v", "A", "B", "data", "x.y"])
    attribute = chance.choice(["", "", ' k="1"'])
    inner = "".join(
        chance.choice(["text", " ", "&amp;", "<!--c-->", ""])
        if depth > 3 or chance.random() < 0.5
        else _random_element(chance, depth + 1)
        for _ in range(chance.randrange(4))
    )
    return f"<{name}{attribute}>{inner}</{name}>"


def test_long_lists_are_streamed_and_short_ones_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    streamed: list[int] = []

    def note(body: bytes) -> dict[str, object]:
        streamed.append(len(body))
        return read_streaming(body)

    monkeypatch.setattr(xml_parse, "read_streaming", note)
    for count in (1, 3000):
        body = _reply(ROWS["plain"] * count)
        assert read_document(body) == xmltodict.parse(body)
    assert len(streamed) == 1


def test_namespaces_keep_xmltodicts_shape_at_any_length() -> None:
    body = _reply('<v xmlns:x="urn:x"><x:A x:b="1">1</x:A></v>' * 3000)
    assert read_document(body) == xmltodict.parse(body)


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(9))
HOSTILE = {
    "external entity": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    "external over http": b'<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><r>&x;</r>',
    "billion laughs": f"<!DOCTYPE r [{BOMB}]><r>&e8;</r>".encode(),
    "quadratic": b'<!DOCTYPE r [<!ENTITY a "' + b"a" * 10_000 + b'">]><r>' + b"&a;" * 50 + b"</r>",
    "parameter entity": b'<!DOCTYPE r [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]><r/>',
    "external subset": b'<!-- c -->\n<?p q?><!DOCTYPE r SYSTEM "http://127.0.0.1:9/d"><r/>',
    "unknown entity": b"<r>&x;</r>",
    "50 000 nested": b"<a>" * 50_000 + b"</a>" * 50_000,
    "65 nested": b"<a>" * 66 + b"</a>" * 66,
    "utf-16": '<?xml version="1.0" encoding="UTF-16"?><r/>'.encode("utf-16"),
    "utf-7": b'<?xml version="1.0" encoding="UTF-7"?><r/>',
    "latin-1 bytes": b"<r>\xe9</r>",
    "two roots": b"<r/><r/>",
    "truncated": b"<r><a>",
    "control character": b"<r>\x01</r>",
    "endless prolog": b"<!-- " * 20_000,
    "nothing": b"",
    "html": b"<!DOCTYPE html><html><body>Error</body></html>",
    "html without doctype": b"<html><br><p>cf-error-details</html>",
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("padding", [b"", b"<!-- " + b"x" * 70_000 + b" -->"])
def test_what_could_harm_is_refused_by_both_readers(kind: str, padding: bytes) -> None:
    body = HOSTILE[kind]
    with pytest.raises(UnreadableXml):
        read_document(body + padding)


def test_more_than_twenty_megabytes_are_refused() -> None:
    with pytest.raises(UnreadableXml, match="20 MB"):
        read_document(b"<r>" + b"x" * (20 * 1024 * 1024) + b"</r>")


def test_a_document_type_in_a_text_is_only_text() -> None:
    assert read_document(b"<r><![CDATA[<!DOCTYPE x>]]></r>") == {"r": "<!DOCTYPE x>"}


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_document(b"\xef\xbb\xbf<r>1</r>") == {"r": "1"}
