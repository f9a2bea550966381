"""get_list and get: lower case, dates in three parts, and the list before the data."""

import re
from collections.abc import Callable

import pytest

from connector.sandbox.wire.tree import Element

Result = Callable[..., str]
Run = Callable[..., Element]


def _values(answer: str, name: str) -> list[str]:
    return re.findall(f"<{name}>(.*?)</{name}>", answer)


def _expression(field: str, sign: str, value: str) -> str:
    return (
        f"<expression><field>{field}</field><operator>{sign}</operator>"
        f"<value>{value}</value></expression>"
    )


def test_an_invoice_has_the_shape_of_the_recorded_reply(result: Result) -> None:
    found = _expression("invoiceno", "=", "INV-10001")
    answer = result(f'<get_list object="invoice"><filter>{found}</filter></get_list>')
    assert (
        '<listtype start="0" end="0" total="1">invoice</listtype><data><invoice><key>4700</key>'
        in answer
    )
    assert re.search(
        "<datecreated><year>2026</year><month>[0-9]{2}</month><day>[0-9]{2}</day></datecreated>",
        answer,
    )
    assert re.search(
        "<whenmodified>01/05/2026 08:00:00</whenmodified><state>Posted</state>", answer
    )
    assert "<datepaid><year/><month/><day/></datepaid>" in answer
    assert "<billto><contactname" in answer
    assert "<invoiceitems><lineitem><line_num>1</line_num><accountlabel/><glaccountno>" in answer


def test_a_list_begins_at_start_and_holds_at_most_maxitems(result: Result) -> None:
    answer = result('<get_list object="customer" start="38" maxitems="5"/>')
    assert '<listtype start="38" end="39" total="40">customer</listtype><data><customer>' in answer
    assert _values(answer, "customerid") == ["C-00039", "C-00040"]
    none = result('<get_list object="customer" start="90"/>')
    assert 'start="90" end="90" total="40"' in none
    assert "<data/>" in none


def test_a_list_is_sorted_and_shows_only_the_asked_fields(result: Result) -> None:
    answer = result(
        '<get_list object="customer" maxitems="2"><sorts><sortfield order="desc">customerid'
        "</sortfield></sorts><fields><field>customerid</field></fields></get_list>"
    )
    assert (
        "<data><customer><customerid>C-00040</customerid></customer>"
        "<customer><customerid>C-00039</customerid></customer></data>" in answer
    )


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (_expression("customerid", "like", "C-0000_"), 9),
        (_expression("customerid", ">=", "C-00039"), 2),
        (_expression("status", "=", "inactive"), 1),
        (_expression("customerid", "!=", "C-00001"), 39),
        (_expression("comments", "is null", ""), 40),
        (
            '<logical logical_operator="or">'
            + _expression("customerid", "=", "C-00001")
            + _expression("customerid", "=", "C-00002")
            + "</logical>",
            2,
        ),
        (_expression("customerid", ">", "C-00030") + _expression("status", "=", "active"), 9),
        (_expression("whenmodified", ">", "01/05/2026 07:59:59"), 40),
    ],
)
def test_filters_are_expressions_joined_by_logic(
    result: Result, condition: str, found: int
) -> None:
    answer = result(f'<get_list object="customer"><filter>{condition}</filter></get_list>')
    assert f'total="{found}"' in answer


def test_dates_are_compared_as_dates(result: Result) -> None:
    condition = _expression("datecreated", "&lt;", "01/01/2026")
    answer = result(f'<get_list object="invoice"><filter>{condition}</filter></get_list>')
    assert 'total="0"' in answer


@pytest.mark.parametrize(
    "function",
    [
        f'<get_list object="class"><filter>{_expression("classid", "~", "x")}</filter></get_list>',
        f'<get_list object="class"><filter>{_expression("nosuch", "=", "x")}</filter></get_list>',
        '<get_list object="class" maxitems="many"/>',
        '<get_list object="class"><fields><field>nosuch</field></fields></get_list>',
    ],
)
def test_a_list_that_makes_no_sense_fails_in_words(result: Result, function: str) -> None:
    assert "<errorno>Query Failed</errorno>" in result(function)


def test_an_object_outside_the_sandbox_is_not_offered(result: Result) -> None:
    assert "SANDBOX-NOT-OFFERED" in result('<get_list object="vsoeallocation"/>')


def test_private_records_show_at_their_entity_or_on_request(result: Result, run: Run) -> None:
    run("<create><CLASS><CLASSID>P</CLASSID><NAME>N</NAME></CLASS></create>", entity="100")
    names = '<get_list object="class"><fields><field>classid</field></fields></get_list>'
    assert "<classid>P</classid>" not in result(names)
    assert "<classid>P</classid>" in result(names, entity="100")
    private = names.replace('"class"', '"class" showprivate="true"')
    assert "<classid>P</classid>" in result(private)


def test_get_finds_a_document_by_number_and_anything_else_by_id(result: Result) -> None:
    assert "<invoiceno>INV-10001</invoiceno>" in result('<get object="invoice" key="4700"/>')
    customer = result('<get object="customer" key="C-00001"/>')
    assert '<listtype start="0" end="0" total="1">customer</listtype>' in customer
    assert "<customerid>C-00001</customerid>" in customer


def test_get_finds_a_document_by_the_id_of_another_system(result: Result, run: Run) -> None:
    run(
        "<create_invoice><customerid>C-00001</customerid><datecreated><year>2026</year>"
        "<month>3</month><day>2</day></datecreated><termname>Net 30</termname>"
        "<invoiceno>X-1</invoiceno><externalid>outside</externalid><invoiceitems><lineitem>"
        "<glaccountno>4000</glaccountno><amount>5</amount></lineitem></invoiceitems>"
        "</create_invoice>"
    )
    answer = result('<get object="invoice" key="outside" externalkey="true"/>')
    assert _values(answer, "invoiceno") == ["X-1"]


def test_what_get_says_of_nothing_is_a_policy(result: Result, policy: Callable[..., None]) -> None:
    missing = '<get object="customer" key="NOBODY"/>'
    assert "<errorno>BL01001973</errorno>" in result(missing)
    policy(legacy_get_missing="empty")
    assert 'total="0"' in result(missing)


def test_attachments_come_with_their_files_and_a_plain_date(result: Result, run: Run) -> None:
    run(
        "<create_supdocfolder><supdocfoldername>F</supdocfoldername></create_supdocfolder>",
        "<create_supdoc><supdocid>NEW</supdocid><supdocname>n</supdocname>"
        "<supdocfoldername>F</supdocfoldername><attachments><attachment><attachmentname>x"
        "</attachmentname><attachmenttype>pdf</attachmenttype><attachmentdata>eHg="
        "</attachmentdata></attachment></attachments></create_supdoc>",
    )
    found = _expression("supdocid", "=", "NEW")
    answer = result(f'<get_list object="supdoc"><filter>{found}</filter></get_list>')
    assert (
        "<supdocid>NEW</supdocid><supdocname>n</supdocname><folder>F</folder><description/>"
        "<creationdate>03/02/2026</creationdate><createdby>apiuser</createdby><attachments>"
        "<attachment><attachmentname>x</attachmentname><attachmenttype>pdf</attachmenttype>"
        "<attachmentdata>eHg=</attachmentdata></attachment></attachments></supdoc>" in answer
    )


def test_a_bill_is_named_like_an_invoice(result: Result) -> None:
    answer = result('<get_list object="bill" maxitems="1"/>')
    assert re.search("<bill><key>[0-9]+</key><vendorid>[^<]+</vendorid><billno>", answer)
    assert "<billitems><lineitem><line_num>1</line_num>" in answer
