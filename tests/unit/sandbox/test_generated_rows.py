"""Vendors made on demand: listed, found, changed and deleted like others, but not kept."""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig

PATH = "/ia/xml/xmlgw.phtml"
ROWS = 3000
Write = Callable[..., str]
Post = Callable[[str], str]


@pytest.fixture(scope="module")
def shared() -> Iterator[httpx.Client]:
    transport = httpx.WSGITransport(create_app(SandboxConfig(rows=ROWS)))
    with httpx.Client(transport=transport, base_url="http://sandbox.test") as client:
        yield client


@pytest.fixture
def client(shared: httpx.Client) -> httpx.Client:
    """Return a client of a sandbox with long lists, started over."""
    shared.post("/_sandbox/reset").raise_for_status()
    return shared


@pytest.fixture
def post(client: httpx.Client, request_text: Write) -> Post:
    return lambda function: client.post(PATH, content=request_text(function)).text


@pytest.fixture
def seeded(client: httpx.Client) -> list[str]:
    """Return the ids of the vendors that the company holds before anything is made up."""
    return [record["VENDORID"] for record in client.get("/_sandbox/records/VENDOR").json()]


def _query(rest: str, select: str = "VENDORID") -> str:
    fields = "".join(f"<field>{name}</field>" for name in select.split(","))
    return f"<query><object>VENDOR</object><select>{fields}</select>{rest}</query>"


def _ids(answer: str) -> list[str]:
    return re.findall("<VENDORID>(.*?)</VENDORID>", answer)


def _total(answer: str) -> int:
    found = re.search('totalcount="([0-9]+)"', answer)
    assert found is not None, answer
    return int(found[1])


def test_every_vendor_is_listed_once_over_the_pages(post: Post, seeded: list[str]) -> None:
    pages = [post(_query(f"<pagesize>2000</pagesize><offset>{o}</offset>")) for o in (0, 2000)]
    ids = [identifier for page in pages for identifier in _ids(page)]
    assert len(set(ids)) == len(ids) == _total(pages[0]) == ROWS + len(seeded)
    assert ids[: len(seeded) + 1] == [*seeded, "VEND-000001"]
    assert ids[-1] == f"VEND-{ROWS:06}"


def test_the_state_does_not_hold_them(client: httpx.Client, post: Post, seeded: list[str]) -> None:
    post(_query("<pagesize>2000</pagesize>"))
    assert client.get("/_sandbox/health").json()["records"]["VENDOR"] == len(seeded)
    assert not any(identifier.startswith("VEND-") for identifier in seeded)


def test_a_row_has_a_hundred_fields_and_is_the_same_every_time(post: Post) -> None:
    read = "<readByName><object>VENDOR</object><keys>VEND-000007</keys></readByName>"
    answer = post(read)
    row = answer.split("<data")[1]
    assert len(re.findall("<[A-Z0-9_]+[/>]", row)) > 100
    assert "<NAME>Subcontractor &amp; Partners 7</NAME>" in row
    assert "<MAILADDRESS><ADDRESS1>100 Main Street</ADDRESS1>" in row
    assert post(read).split("<data")[1] == row


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("<equalto><field>VENDORID</field><value>VEND-000042</value></equalto>", 1),
        ("<equalto><field>VENDORID</field><value>VEND-42</value></equalto>", 0),
        ("<equalto><field>RECORDNO</field><value>1000042</value></equalto>", 1),
        ("<equalto><field>VENDTYPE</field><value>Utility</value></equalto>", ROWS // 5),
        ("<like><field>NAME</field><value>Freight%</value></like>", ROWS // 5),
        ("<greaterthan><field>RECORDNO</field><value>1002990</value></greaterthan>", 10),
        ("<greaterthan><field>WHENMODIFIED</field><value>LATE</value></greaterthan>", 10),
    ],
)
def test_they_are_found_like_others(post: Post, condition: str, count: int) -> None:
    late = condition.replace("LATE", "01/07/2026 09:50:00")
    assert _total(post(_query(f"<filter>{late}</filter>"))) == count


def test_they_are_sorted_like_others(post: Post) -> None:
    order = "<orderby><order><field>WHENMODIFIED</field><descending/></order></orderby>"
    newest = [f"VEND-{number:06}" for number in range(ROWS, ROWS - 3, -1)]
    assert _ids(post(_query(f"{order}<pagesize>3</pagesize>"))) == newest


def test_read_by_query_pages_through_them(post: Post, seeded: list[str]) -> None:
    page = post(
        "<readByQuery><object>VENDOR</object><fields>VENDORID</fields><query/>"
        "<pagesize>1000</pagesize></readByQuery>"
    )
    found = re.search('resultId="([^"]+)"', page)
    assert found is not None
    ids = _ids(page)
    while 'numremaining="0"' not in page:
        page = post(f"<readMore><resultId>{found[1]}</resultId></readMore>")
        ids += _ids(page)
    assert len(set(ids)) == len(ids) == ROWS + len(seeded)


def test_a_changed_one_is_kept_and_stays_in_its_place(
    client: httpx.Client, post: Post, seeded: list[str]
) -> None:
    post("<update><VENDOR><VENDORID>VEND-000002</VENDORID><NAME>Kept</NAME></VENDOR></update>")
    rest = f"<pagesize>2</pagesize><offset>{len(seeded)}</offset>"
    answer = post(_query(rest, "VENDORID,NAME"))
    assert _ids(answer) == ["VEND-000001", "VEND-000002"]
    assert "<NAME>Kept</NAME>" in answer
    assert _total(answer) == ROWS + len(seeded)
    assert client.get("/_sandbox/health").json()["records"]["VENDOR"] == len(seeded) + 1


def test_a_deleted_one_is_gone_until_the_reset(
    client: httpx.Client, post: Post, seeded: list[str]
) -> None:
    deleted = post("<delete><object>VENDOR</object><keys>1000001</keys></delete>")
    assert "<status>success</status><function>delete" in deleted
    answer = post(_query(f"<pagesize>1</pagesize><offset>{len(seeded)}</offset>"))
    assert _ids(answer) == ["VEND-000002"]
    assert _total(answer) == ROWS + len(seeded) - 1
    gone = "<read><object>VENDOR</object><keys>1000001</keys></read>"
    assert 'count="0"' in post(gone)
    client.post("/_sandbox/reset")
    assert 'count="1"' in post(gone)


def test_another_one_of_the_same_id_is_refused(post: Post) -> None:
    contact = "<DISPLAYCONTACT><PRINTAS>X</PRINTAS></DISPLAYCONTACT>"
    create = f"<create><VENDOR><VENDORID>{{}}</VENDORID><NAME>X</NAME>{contact}</VENDOR></create>"
    assert "BL34000061" in post(create.format("VEND-000005"))
    assert "<status>success</status><function>create" in post(create.format("VEND-5"))


def test_aggregates_count_them(post: Post) -> None:
    answer = post(
        "<query><object>VENDOR</object><select><field>VENDTYPE</field><count>RECORDNO</count>"
        "</select></query>"
    )
    assert f"<VENDTYPE>Utility</VENDTYPE><COUNT.RECORDNO>{ROWS // 5}<" in answer
