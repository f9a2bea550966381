"""Forms, names and pseudo-columns of query and readByQuery."""

import csv
import io
import json
import re
from collections.abc import Callable

import httpx
import pytest

Result = Callable[..., str]
Policy = Callable[..., None]
PATH = "/ia/xml/xmlgw.phtml"


def _query(select: str, rest: str = "", name: str = "CUSTOMER") -> str:
    return f"<query><object>{name}</object><select>{select}</select>{rest}</query>"


def _by_query(text: str, name: str = "CUSTOMER", fields: str = "CUSTOMERID") -> str:
    return (
        f"<readByQuery><object>{name}</object><fields>{fields}</fields>"
        f"<query>{text}</query></readByQuery>"
    )


def _form(form: str) -> str:
    return f"<options><returnformat>{form}</returnformat></options>"


SELECT = "<field>RECORDNO</field><field>NAME</field>"
ONE = "<filter><equalto><field>CUSTOMERID</field><value>C-00002</value></equalto></filter>"


def test_json_is_the_rows_alone_with_every_value_as_text(
    client: httpx.Client, request_text: Callable[..., str]
) -> None:
    reply = client.post(PATH, content=request_text(_query(SELECT, ONE + _form("json"))))
    assert reply.headers["Content-Type"] == "application/json"
    assert json.loads(reply.text) == [{"RECORDNO": "121", "NAME": "Blue Logistics 2"}]


def test_csv_is_a_line_of_names_and_one_per_row(
    client: httpx.Client, request_text: Callable[..., str]
) -> None:
    named = "<CLASSID>Q</CLASSID><NAME>Tea, &quot;black&quot;</NAME>"
    client.post(PATH, content=request_text(f"<create><CLASS>{named}</CLASS></create>"))
    rows = "<orderby><order><field>CLASSID</field><descending/></order></orderby>"
    text = _query("<field>CLASSID</field><field>NAME</field>", rows + _form("csv"), "CLASS")
    reply = client.post(PATH, content=request_text(text))
    assert reply.headers["Content-Type"].startswith("text/csv")
    assert reply.text.startswith('CLASSID,NAME\nQ,"Tea, ""black"""\n')
    assert next(csv.DictReader(io.StringIO(reply.text)))["NAME"] == 'Tea, "black"'


def test_a_refused_query_is_xml_whatever_form_was_asked(result: Result) -> None:
    assert "<errorno>Query Failed</errorno>" in result(_query("<field>X</field>", _form("json")))
    assert "<errorno>Query Failed</errorno>" in result(_query(SELECT, _form("yaml")))


def test_data_without_an_envelope_stands_alone(
    client: httpx.Client, request_text: Callable[..., str]
) -> None:
    function = _query(SELECT, _form("json"))
    reply = client.post(PATH, content=request_text(function, function)).text
    assert reply.count("SANDBOX-NOT-OFFERED") == 2


@pytest.mark.parametrize(
    "function",
    [
        "<read><object>CUSTOMER</object><keys>120</keys>{}</read>",
        "<readByName><object>CUSTOMER</object><keys>C-00001</keys>{}</readByName>",
        "<readByQuery><object>CUSTOMER</object><query>RECORDNO = 120</query>{}</readByQuery>",
    ],
)
def test_the_older_reads_answer_in_json_and_csv_too(
    client: httpx.Client, request_text: Callable[..., str], function: str
) -> None:
    wanted = "<fields>RECORDNO,CUSTOMERID</fields><returnFormat>{}</returnFormat>"

    def reply(form: str) -> httpx.Response:
        asked = function.format(wanted.format(form))
        return client.post(PATH, content=request_text(asked).encode())

    assert reply("json").json() == [{"RECORDNO": "120", "CUSTOMERID": "C-00001"}]
    assert reply("csv").text == "RECORDNO,CUSTOMERID\n120,C-00001\n"
    assert "<CUSTOMERID>C-00001</CUSTOMERID>" in reply("xml").text
    assert "The format pdf is not one of xml, json, csv." in reply("pdf").text


@pytest.mark.parametrize(
    "function",
    [
        "<read><object>SODOCUMENT</object><keys>1,2</keys><fields>DOCID</fields>{}</read>",
        "<readByQuery><object>SODOCUMENT</object><fields>DOCID</fields><query/>{}</readByQuery>",
        "<query><object>SODOCUMENT</object><select><field>DOCID</field></select>{}</query>",
    ],
)
def test_a_document_type_narrows_a_read(result: Result, function: str) -> None:
    assert 'count="2"' in result(function.format(""))
    orders = result(function.format("<docparid>Sales Order</docparid>"))
    assert 'count="1"' in orders
    assert "<DOCID>Sales Order-SO-1</DOCID>" in orders


def test_a_document_type_means_nothing_to_other_objects(result: Result) -> None:
    rest = "<docparid>Sales Order</docparid>"
    assert 'totalcount="40"' in result(_query(SELECT, rest))


def test_aggregates_are_named_as_a_policy_says(result: Result, policy: Policy) -> None:
    select = "<sum>TOTALDUE</sum><count>RECORDNO</count>"
    answer = result(_query(select, name="ARINVOICE"))
    assert "<SUM.TOTALDUE>" in answer
    policy(aggregate_names="bare")
    answer = result(_query(select, name="ARINVOICE"))
    assert re.search(r"<ARINVOICE><TOTALDUE>[0-9.]+</TOTALDUE><COUNT.RECORDNO>", answer)


def test_dates_of_query_are_written_as_a_policy_says(result: Result, policy: Policy) -> None:
    function = _query("<field>WHENMODIFIED</field>", ONE)
    assert "<WHENMODIFIED>01/05/2026 08:00:00</WHENMODIFIED>" in result(function)
    policy(query_dates="iso")
    assert "<WHENMODIFIED>2026-01-05T08:00:00Z</WHENMODIFIED>" in result(function)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rownum = 1", ["C-00001"]),
        ("rownum &lt; 3", ["C-00001", "C-00002"]),
        ("CUSTOMERID like '%5' and rownum &lt;= 2", ["C-00005", "C-00015"]),
        ("rownum > 1 and rownum &lt; 3 and STATUS = 'T'", ["C-00002"]),
    ],
)
def test_rownum_counts_the_rows_that_the_other_conditions_leave(
    result: Result, text: str, found: list[str]
) -> None:
    assert re.findall("<CUSTOMERID>(.*?)<", result(_by_query(text))) == found


@pytest.mark.parametrize("text", ["rownum = 1 or STATUS = 'T'", "not rownum = 1", "rownum = 'x'"])
def test_rownum_is_a_number_joined_by_and(result: Result, text: str) -> None:
    assert "<errorno>Query Failed</errorno>" in result(_by_query(text))


def test_values_are_escaped_in_a_page(result: Result) -> None:
    name = "&lt;b&gt; &amp; &#13; 'x'"
    result(f"<create><CLASS><CLASSID>E</CLASSID><NAME>{name}</NAME></CLASS></create>")
    answer = result(_query("<field>NAME</field><field>CLASSID</field>", name="CLASS"))
    assert "<NAME>&lt;b&gt; &amp; &#13; 'x'</NAME><CLASSID>E</CLASSID>" in answer


def test_a_pretty_page_is_indented_like_the_rest(
    client: httpx.Client, request_text: Callable[..., str]
) -> None:
    text = request_text(_query(SELECT, ONE)).replace(
        "<includewhitespace>false</includewhitespace>", ""
    )
    assert "\n          <NAME>Blue Logistics 2</NAME>\n" in client.post(PATH, content=text).text


@pytest.mark.parametrize("text", ["not " * 200 + "STATUS = 'T'", "(" * 200 + "STATUS = 'T'"])
def test_a_filter_is_nested_only_so_deep(result: Result, text: str) -> None:
    assert "nested too deeply" in result(_by_query(text))


def test_a_pattern_of_many_wildcards_is_decided_at_once(result: Result) -> None:
    long = "a" * 60
    result(f"<create><CLASS><CLASSID>L</CLASSID><NAME>{long}</NAME></CLASS></create>")
    pattern = "%a" * 20 + "%b"
    assert 'totalcount="0"' in result(_by_query(f"NAME like '{pattern}'", "CLASS", "CLASSID"))
    assert 'totalcount="1"' in result(_by_query("NAME like '%Ha%Tr%d%g 1'"))
    assert 'totalcount="1"' in result(_by_query("NAME like '%a%a'", "CLASS", "CLASSID"))
