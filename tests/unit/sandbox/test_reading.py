"""read, readByName, readByQuery, readMore and query."""

import re
from collections.abc import Callable

import httpx
import pytest
from lxml import etree

from connector.sandbox.wire.tree import Element

Result = Callable[..., str]
Run = Callable[..., Element]


def _by_query(name: str, text: str = "", fields: str = "*", size: str = "") -> str:
    page = f"<pagesize>{size}</pagesize>" if size else ""
    return (
        f"<readByQuery><object>{name}</object><fields>{fields}</fields>"
        f"<query>{text}</query>{page}</readByQuery>"
    )


def _query(name: str, select: str, rest: str = "") -> str:
    fields = "".join(f"<field>{field}</field>" for field in select.split(","))
    return f"<query><object>{name}</object><select>{fields}</select>{rest}</query>"


def _values(answer: str, name: str) -> list[str]:
    return re.findall(f"<{re.escape(name)}>(.*?)</", answer)


def _data(answer: str) -> dict[str, str]:
    found = etree.fromstring(answer).find("data")
    assert found is not None, answer
    return {str(name): str(value) for name, value in found.attrib.items()}


def test_read_nests_contacts_and_addresses_and_keeps_the_case_of_the_request(
    result: Result,
) -> None:
    fields = "NAME,DISPLAYCONTACT.PRINTAS,DISPLAYCONTACT.MAILADDRESS.COUNTRYCODE"
    answer = result(
        f"<read><object>CUSTOMER</object><keys>120</keys><fields>{fields}</fields></read>"
    )
    assert (
        '<data listtype="CUSTOMER" count="1"><CUSTOMER><NAME>Harbor Trading 1</NAME>'
        "<DISPLAYCONTACT><PRINTAS>Harbor Trading 1</PRINTAS><MAILADDRESS><COUNTRYCODE>US"
        "</COUNTRYCODE></MAILADDRESS></DISPLAYCONTACT></CUSTOMER></data>" in answer
    )


def test_read_by_query_is_flat_and_in_lower_case_without_lines(result: Result) -> None:
    fields = "RECORDID,WHENCREATED,AUWHENCREATED,CUSTOMER.DISPLAYCONTACT.MAILADDRESS.COUNTRYCODE"
    answer = result(_by_query("ARINVOICE", "RECORDID = 'INV-10001'", fields))
    assert re.sub("../../2026<", "D<", answer) == (
        "<result><status>success</status><function>readByQuery</function><controlid>f1</controlid>"
        '<data listtype="arinvoice" count="1" totalcount="1" numremaining="0" resultId="">'
        "<arinvoice><RECORDID>INV-10001</RECORDID><WHENCREATED>D</WHENCREATED>"
        "<AUWHENCREATED>01/05/2026 08:00:00</AUWHENCREATED>"
        "<CUSTOMER.DISPLAYCONTACT.MAILADDRESS.COUNTRYCODE>US"
        "</CUSTOMER.DISPLAYCONTACT.MAILADDRESS.COUNTRYCODE></arinvoice></data></result>"
    )
    everything = result(_by_query("ARINVOICE", "RECORDID = 'INV-10001'"))
    assert "ARINVOICEITEMS" not in everything
    assert "<DISPLAYCONTACT.CONTACTNAME>" in result(_by_query("CUSTOMER", "RECORDNO = 120"))


def test_read_writes_iso_dates_and_lines_in_lower_case_inside_upper_case(result: Result) -> None:
    answer = result("<readByName><object>ARINVOICE</object><keys>INV-10001</keys></readByName>")
    assert re.search("<WHENCREATED>2026-[0-9]{2}-[0-9]{2}</WHENCREATED>", answer)
    assert "<AUWHENCREATED>2026-01-05T08:00:00Z</AUWHENCREATED>" in answer
    assert "<ARINVOICEITEMS><arinvoiceitem><RECORDNO>" in answer
    assert "<SYSTEMGENERATED>F</SYSTEMGENERATED>" in answer
    assert "<NOGL>false</NOGL>" in answer


def test_reading_a_missing_key_is_a_success_with_nothing(result: Result) -> None:
    answer = result("<read><object>CUSTOMER</object><keys>1,120,abc</keys></read>")
    assert _data(answer) == {"listtype": "CUSTOMER", "count": "1"}
    none = result("<read><object>CUSTOMER</object><keys>1</keys></read>")
    assert "<status>success</status><function>read</function><controlid>f1</controlid>" in none
    assert '<data listtype="CUSTOMER" count="0"/>' in none


def test_an_unknown_field_is_named_by_the_error_code_itself(result: Result) -> None:
    answer = result("<read><object>CUSTOMER</object><keys>120</keys><fields>NAME,x</fields></read>")
    assert (
        "<error><errorno>Invalid fields list X</errorno><description/><description2/>"
        "<correction/></error>" in answer
    )


def test_a_query_for_an_unknown_object_fails_in_words(result: Result) -> None:
    answer = result(_by_query("SPACESHIP"))
    assert "<errorno>Query Failed</errorno>" in answer
    assert "Object definition SPACESHIP not found" in answer


def test_nothing_found_is_an_empty_page(result: Result) -> None:
    answer = result(_by_query("DEPARTMENT", "TITLE = 'None'"))
    assert (
        '<data listtype="department" count="0" totalcount="0" numremaining="0" resultId=""/>'
        in answer
    )


def test_pages_are_read_on_by_the_result_id(result: Result) -> None:
    first = result(_by_query("CUSTOMER", "", "CUSTOMERID", "15"))
    data = _data(first)
    result_id = data.pop("resultId")
    assert data == {"listtype": "customer", "count": "15", "totalcount": "40", "numremaining": "25"}
    more = f"<readMore><resultId>{result_id}</resultId></readMore>"
    pages = [first, result(more), result(more)]
    assert [_data(page)["numremaining"] for page in pages] == ["25", "10", "0"]
    assert _data(pages[2])["resultId"] == result_id
    found = [identifier for page in pages for identifier in _values(page, "CUSTOMERID")]
    assert found == [f"C-{number:05}" for number in range(1, 41)]
    assert _data(result(more))["count"] == "0"


def test_read_more_by_object_goes_on_with_the_last_one(result: Result) -> None:
    result(_by_query("CUSTOMER", "", "CUSTOMERID", "30"))
    answer = result("<readMore><object>CUSTOMER</object></readMore>")
    assert _values(answer, "CUSTOMERID")[0] == "C-00031"


def test_another_session_cannot_read_on(result: Result, run: Run) -> None:
    result_id = _data(result(_by_query("CUSTOMER", "", "CUSTOMERID", "15")))["resultId"]
    session = run("<getAPISession/>").findtext("operation/result/data/api/sessionid")
    answer = result(f"<readMore><resultId>{result_id}</resultId></readMore>", session=session)
    assert "does not exist or has expired" in answer


@pytest.mark.parametrize("size", ["0", "1001", "ten"])
def test_a_page_size_of_read_by_query_is_at_most_1000(result: Result, size: str) -> None:
    assert "<errorno>Query Failed</errorno>" in result(_by_query("CUSTOMER", "", "*", size))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("STATUS = 'F'", ["C-00040"]),
        ("STATUS = 'inactive'", []),
        ("CUSTOMER.CUSTOMERID = 'C-00002'", ["C-00002"]),
        ("CUSTOMERID in ('C-00002', 'C-00003')", ["C-00002", "C-00003"]),
        ("CUSTOMERID &lt; 'C-00004' and not CUSTOMERID like '%2'", ["C-00001", "C-00003"]),
        ("NAME like 'harbor%'", []),
        (
            "(CUSTOMERID = 'C-00002' or CUSTOMERID = 'C-00005') and ONHOLD = 'F'",
            ["C-00002", "C-00005"],
        ),
        ("COMMENTS is not null", []),
        ("COMMENTS is null and CUSTOMERID = 'C-00007'", ["C-00007"]),
        ("NAME = 'Evergreen O\\'Neill Partners 39'", ["C-00039"]),
        ("CUSTOMERID >= 'C-00039' and STATUS &lt;> 'F'", ["C-00039"]),
        ("CUSTOMERID not in ('C-00001') and RECORDNO &lt;= 121", ["C-00002"]),
    ],
)
def test_filter_texts_follow_the_sql_grammar_with_database_values(
    result: Result, text: str, found: list[str]
) -> None:
    assert _values(result(_by_query("CUSTOMER", text, "CUSTOMERID")), "CUSTOMERID") == found


def test_a_quote_is_escaped_by_a_backslash(result: Result) -> None:
    name = "Summit O'Neill Partners"
    result(f"<create><CLASS><CLASSID>Q</CLASSID><NAME>{name}</NAME></CLASS></create>")
    text = "NAME = 'Summit O\\'Neill Partners'"
    assert _values(result(_by_query("CLASS", text, "CLASSID")), "CLASSID") == ["Q"]


@pytest.mark.parametrize(
    "text", ["NAME", "NAME =", "NAME = 'a' 'b'", "= 'a'", "NAME is 5", "NAME ~ 'x'", "NOSUCH = 'x'"]
)
def test_a_broken_filter_text_fails_in_words(result: Result, text: str) -> None:
    assert "<errorno>Query Failed</errorno>" in result(_by_query("CUSTOMER", text))


def test_posted_is_a_code_here_and_a_label_there(result: Result) -> None:
    codes = _data(result(_by_query("ARINVOICE", "STATE = 'A'", "RECORDNO")))
    label = "<filter><equalto><field>STATE</field><value>{}</value></equalto></filter>"
    labels = _data(result(_query("ARINVOICE", "RECORDNO", label.format("Posted"))))
    assert codes["totalcount"] == labels["totalcount"] == "11"
    assert _data(result(_query("ARINVOICE", "RECORDNO", label.format("A"))))["totalcount"] == "0"


def test_query_pages_by_offset_in_the_asked_order(result: Result) -> None:
    order = "<orderby><order><field>CUSTOMERID</field><descending/></order></orderby>"
    answer = result(
        _query("CUSTOMER", "CUSTOMERID", f"{order}<pagesize>2</pagesize><offset>37</offset>")
    )
    assert answer == (
        "<result><status>success</status><function>query</function><controlid>f1</controlid>"
        '<data listtype="CUSTOMER" totalcount="40" offset="37" count="2" numremaining="1">'
        "<CUSTOMER><CUSTOMERID>C-00003</CUSTOMERID></CUSTOMER>"
        "<CUSTOMER><CUSTOMERID>C-00002</CUSTOMERID></CUSTOMER></data></result>"
    )


def test_numbers_are_ordered_as_numbers(result: Result) -> None:
    order = "<orderby><order><field>TOTALDUE</field></order></orderby>"
    found = _values(result(_query("ARINVOICE", "TOTALDUE", order)), "TOTALDUE")
    assert [float(text) for text in found] == sorted(float(text) for text in found)


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("<in><field>CUSTOMERID</field><value>C-00001</value><value>C-00002</value></in>", 2),
        ("<notin><field>CUSTOMERID</field><value>C-00001</value></notin>", 39),
        ("<between>ID<value>C-00003</value><value>C-00006</value></between>", 4),
        ("<like><field>CUSTOMERID</field><value>C-0000_</value></like>", 9),
        ("<notlike><field>CUSTOMERID</field><value>C-0000_</value></notlike>", 31),
        ("<isnull><field>COMMENTS</field></isnull>", 40),
        ("<isnotnull><field>COMMENTS</field></isnotnull>", 0),
        ("<equalto>MAIL<value>billing4@example.com</value></equalto>", 1),
        ("<greaterthan>TIME<value>01/05/2026 07:59:59</value></greaterthan>", 40),
        ("<greaterthan>TIME<value>01/05/2026 08:00:00</value></greaterthan>", 0),
        ("<lessthan><field>RECORDNO</field><value>122</value></lessthan>", 2),
    ],
)
def test_comparisons_of_query(result: Result, condition: str, count: int) -> None:
    names = {"ID": "CUSTOMERID", "MAIL": "DISPLAYCONTACT.EMAIL1", "TIME": "WHENMODIFIED"}
    for short, name in names.items():
        condition = condition.replace(f">{short}<", f"><field>{name}</field><")
    answer = result(_query("CUSTOMER", "CUSTOMERID", f"<filter>{condition}</filter>"))
    assert _data(answer)["totalcount"] == str(count)


def test_query_minds_the_case_unless_told_otherwise(result: Result) -> None:
    test = "<filter><like><field>NAME</field><value>harbor%</value></like></filter>"
    off = _query("CUSTOMER", "NAME", test)
    on = _query(
        "CUSTOMER", "NAME", test + "<options><caseinsensitive>true</caseinsensitive></options>"
    )
    assert _data(result(off))["totalcount"] == "0"
    assert _data(result(on))["totalcount"] == "4"


def test_aggregates_group_by_the_plain_fields(result: Result) -> None:
    select = (
        "<select><field>STATE</field><count>RECORDNO</count><sum>TOTALPAID</sum>"
        "<min>RECORDID</min><max>RECORDID</max></select>"
    )
    answer = result(f"<query><object>ARINVOICE</object>{select}</query>")
    assert "<STATE>Posted</STATE><COUNT.RECORDNO>11</COUNT.RECORDNO>" in answer
    assert _values(answer, "SUM.TOTALPAID") == ["0", "0"]
    assert "<MIN.RECORDID>INV-10001</MIN.RECORDID><MAX.RECORDID>INV-10011</MAX.RECORDID>" in answer


def test_the_least_number_may_be_zero(result: Result) -> None:
    select = "<select><min>TOTALDUE</min><max>CREDITLIMIT</max></select>"
    answer = result(f"<query><object>CUSTOMER</object>{select}</query>")
    assert _values(answer, "MIN.TOTALDUE") == ["0"]
    # As text 9000.00 would be more than 49000.00.
    assert float(_values(answer, "MAX.CREDITLIMIT")[0]) > 9000


@pytest.mark.parametrize("text", ["(" * 5000, "TOTALDUE &lt; 'NaN'", "RECORDNO = " + "9" * 30])
def test_hostile_filter_texts_are_answered(result: Result, text: str) -> None:
    assert re.search(
        "<errorno>Query Failed</errorno>|count=.0.", result(_by_query("CUSTOMER", text))
    )


def test_private_records_show_at_their_entity_and_on_request(
    result: Result, client: httpx.Client
) -> None:
    made = "<create><CLASS><CLASSID>PRIV</CLASSID><NAME>Private</NAME></CLASS></create>"
    result(made, entity="100")
    assert client.get("/_sandbox/ledger").json()[0]["entity"] == "100"
    text = _by_query("CLASS", "CLASSID = 'PRIV'", "MEGAENTITYID,MEGAENTITYNAME,MEGAENTITYKEY")
    assert (
        "<MEGAENTITYID>100</MEGAENTITYID><MEGAENTITYNAME>North America</MEGAENTITYNAME>"
        "<MEGAENTITYKEY>1</MEGAENTITYKEY>" in result(text, entity="100")
    )
    assert _data(result(text))["count"] == "0"
    assert _data(result(text, entity="200"))["count"] == "0"
    plain = _query("CLASS", "CLASSID")
    shown = _query("CLASS", "CLASSID", "<options><showprivate>true</showprivate></options>")
    assert _data(result(plain))["totalcount"] == "2"
    assert _data(result(shown))["totalcount"] == "3"
    assert _data(result(plain, entity="100"))["totalcount"] == "3"
    # The same id may live at another entity.
    assert "<status>success" in result(made, entity="200")
    assert "BL34000061" in result(made, entity="200")
