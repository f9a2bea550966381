"""One run's page: what it tells, and what it keeps quiet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.operations import inner_runs
from connector.operations.timeline import StepLine
from connector.operations.writes import Write
from connector.redaction import _secrets
from connector.store import tables, to_json
from connector.web.access import access_of
from connector.web.operations.run_words import lasting, record_address
from tests.support import desk
from tests.support.run_console import RunConsole, run_console

LOOP = f"""
name: Batches
{desk.TRIGGER}
steps:
  - id: orders
    type: forEach
    config: {{items: "{{{{ input.orders }}}}", key: "{{{{ item.number }}}}"}}
    steps:
      - id: invoice
        {desk.INVOICE.replace("input.", "item.").replace(chr(10) + "    ", chr(10) + "        ")}
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[RunConsole]:
    with run_console(tmp_path) as found:
        yield found


def work(here: RunConsole, number: str, amount: str = "100.00") -> str:
    run_id = here.office.order(number, amount)
    here.office.work(run_id)
    return run_id


def test_a_page_tells_what_each_step_read_wrote_and_cost(here: RunConsole) -> None:
    run_id = work(here, "N-1")
    (write,) = here.office.effects()
    page = here.viewer.text(f"/runs/{run_id}")
    assert "invoice Create Invoice Done" in page
    assert f"Invoice N-1 record number {write.key} in SANDBOX, top level" in page
    assert "The answer confirms it." in page
    assert "<invoiceno>N-1</invoiceno>" in page
    assert f"<key>{write.key}</key>" in page
    assert '"customerId": "C-00001"' in page
    assert '"outcome": "created"' in page
    assert "1 API transaction" in page
    assert '"number": "N-1"' in page


def test_a_failure_names_step_field_and_what_to_do(here: RunConsole) -> None:
    page = here.viewer.text(f"/runs/{work(here, 'N-1', 'not money')}")
    assert "Write digits with a point before the cents" in page
    assert "Step invoice. Field lineItems[0].amount." in page
    assert "An operator can try it again." in page


def test_an_unknown_outcome_says_why_and_what_comes_next(here: RunConsole) -> None:
    here.lose_answers()
    run_id = work(here, "N-1")
    page = here.viewer.text(f"/runs/{run_id}")
    assert "Sent, outcome unknown: it is being looked up." in page
    assert "it may be in Intacct or not. It is looked up there (look 1 of 1)" in page
    assert "the same request goes out once more under the same id. Next:" in page
    here.office.settle_all()
    here.office.work(run_id)
    page = here.viewer.text(f"/runs/{run_id}")
    assert "it was looked up and found by" in page
    assert "It was not sent again." in page


def test_secrets_are_masked_wherever_they_turn_up(here: RunConsole) -> None:
    """I5: the web server has not used the connection before, so it does not know them yet."""
    run_id = work(here, "N-1")
    (books,) = [row for row in here.office.services.connections.list() if row.name == "books"]
    secret = here.office.services.connections.open(books)["senderPassword"]
    leak = f'{{"echo": "{secret}"}}'
    mine = tables.step.c.run_id == run_id
    here.office.execute(tables.step.update().where(mine).values(inputs=leak, output=leak))
    here.office.execute(tables.run.update().where(tables.run.c.id == run_id).values(input=leak))
    texts = {
        "payload": secret,
        "evidence": f'{{"reply": "{secret}", "error": {{"title": "{secret}"}}}}',
    }
    here.office.execute(tables.effect.update().values(**texts))
    known = vars(_secrets)  # as in a web server that has only just started
    known["_known"].clear()
    known["_needles"] = ()
    page = here.viewer.get(f"/runs/{run_id}").text
    assert secret not in page
    assert page.count("•••") >= 5


def test_the_keys_of_web_services_are_masked_by_their_names(here: RunConsole) -> None:
    """I5: a workflow may take one from an event, so that nothing knows it for a secret."""
    run_id = work(here, "N-1")
    request = {
        "method": "POST",
        "url": "https://shop.example/orders?api_key=k3y-one&page=7",
        "headers": {"Authorization": "Bearer k3y-two", "X-Api-Key": "k3y-three", "Accept": "a/b"},
        "body": "{}",
    }
    values = {"api": "http", "connection_id": "http", "payload": to_json(request)}
    here.office.execute(tables.effect.update().values(**values))
    page = here.viewer.get(f"/runs/{run_id}").text
    assert "k3y" not in page
    assert "api_key=•••&amp;page=7" in page
    assert "a/b" in page


def test_what_companies_write_stays_text(here: RunConsole) -> None:
    """C15."""
    bad = "<img src=x onerror=alert(1)>"
    run_id = work(here, "N-1", bad)
    here.office.execute(
        tables.run.update().where(tables.run.c.id == run_id).values(once=bad, item_key=bad)
    )
    for path in ("/runs", f"/runs/{run_id}"):
        page = here.viewer.get(path).text
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page


def test_a_page_renews_itself_only_while_something_may_happen(here: RunConsole) -> None:
    waiting = here.office.order("N-1")
    page = here.viewer.get(f"/runs/{waiting}").text
    found = re.search(r'hx-get="(/runs/[^"]+/now\?mark=\w+)" hx-trigger="every 2s"', page)
    assert found
    assert here.viewer.get(found[1]).status_code == 204
    here.office.work(waiting)
    after = here.viewer.get(found[1])
    assert after.status_code == 200
    assert "hx-get" not in after.text
    assert after.text.lstrip().startswith('<div id="run"')


def test_a_page_that_renews_itself_keeps_nobody_signed_in(here: RunConsole) -> None:
    views = here.viewer.client.application.view_functions
    for endpoint in ("run.now", "bulk_replay.now", "reversals.now"):
        access = access_of(views[endpoint])
        assert access is not None
        assert not access.is_use


def test_the_items_of_a_loop_are_counted_and_paged(here: RunConsole) -> None:
    here.office.publish(LOOP)
    orders = [{"number": f"L-{n}", "customer": "C-00001"} for n in range(3)]
    orders.append({"number": "L-bad", "customer": "C-99999"})
    run_id = desk.start(here.office, {"orders": orders}, workflow="Batches")
    desk.work_off(here.office)
    page = here.viewer.text(f"/runs/{run_id}")
    assert "1 failed , 3 done · all of them" in page
    assert "Failed L-bad:" in page
    assert "4 API transactions, 4 in the runs inside" in page
    assert "L-2" not in page.partition("What started it")[0].partition("Input")[0]
    items = here.viewer.text(f"/runs/{run_id}/items?step=orders&state=failed")
    assert "L-bad" in items
    assert "L-1" not in items
    (bad,) = [row.id for row in desk.inside(here.office, run_id) if row.item_key == "L-bad"]
    inner = here.viewer.text(f"/runs/{bad}")
    assert f'<a href="/runs/{run_id}">Batches for' in here.viewer.get(f"/runs/{bad}").text
    assert "item L-bad" in inner
    assert here.viewer.get(f"/runs/{run_id}/items?step=nothing").status_code == 404


def test_item_pages_show_each_item_once(here: RunConsole) -> None:
    here.office.publish(LOOP)
    orders = [{"number": f"L-{n}", "customer": "C-99999"} for n in range(5)]
    run_id = desk.start(here.office, {"orders": orders}, workflow="Batches")
    desk.work_off(here.office)
    seen: list[str] = []
    place: int | None = -1
    while place is not None:
        read = partial(inner_runs.items, run_id=run_id, block="orders", after=place, limit=2)
        page = here.office.database.read(read)
        seen += [line.once for line in page.lines]
        place = page.next
    assert seen == [f"L-{n}" for n in range(5)]
    rest = here.viewer.text(f"/runs/{run_id}/items?step=orders&after=3")
    assert "L-4" in rest
    assert "L-3" not in rest


def test_unknown_runs_and_odd_places_are_not_there(here: RunConsole) -> None:
    run_id = work(here, "N-1")
    for path in ("/runs/x", "/runs/x/now", "/runs/x/items", "/runs/plans/x", "/runs/reversals/x"):
        assert here.viewer.get(path).status_code == 404, path
    assert here.viewer.get(f"/runs/{run_id}/items?step=invoice&after=-9").status_code == 404
    said = here.viewer.get(f"/runs/{run_id}?said=<b>rich</b>")
    assert "rich" not in said.text


def test_a_viewer_is_offered_nothing_that_changes_something(here: RunConsole) -> None:
    run_id = work(here, "N-1", "not money")
    for path in ("/runs", f"/runs/{run_id}"):
        main = here.viewer.get(path).text.partition("<main")[2]
        assert 'method="post"' not in main
        assert 'method="post"' in here.operator.get(path).text.partition("<main")[2]


def _write(**more: Any) -> Write:
    plain = dict.fromkeys(Write.__dataclass_fields__, "")
    return Write(**{**plain, **more})


def _line(output: str = "") -> StepLine:
    plain: dict[str, Any] = dict.fromkeys(StepLine.__dataclass_fields__, "")
    return StepLine(**{**plain, "output": output})


@pytest.mark.parametrize(
    ("reply", "output", "address"),
    [
        (
            "<RECORD_URL>https://www.intacct.com/ia/a?r=1&amp;x=2</RECORD_URL>",
            "",
            "https://www.intacct.com/ia/a?r=1&x=2",
        ),
        ("", '{"webURL": "https://eu.intacct.com/r/7"}', "https://eu.intacct.com/r/7"),
        ("<RECORD_URL>https://intacct.com.evil.example/</RECORD_URL>", "", ""),
        ("<RECORD_URL>javascript:alert(1)</RECORD_URL>", "", ""),
        ("<RECORD_URL>http://www.intacct.com/</RECORD_URL>", "", ""),
        ("", '{"href": "/objects/x/7"}', ""),
    ],
)
def test_a_record_is_linked_only_where_sage_itself_says_where_it_is(
    reply: str, output: str, address: str
) -> None:
    assert record_address(_write(reply=reply), _line(output)) == address


@pytest.mark.parametrize(
    ("took", "words"),
    [(340, "340 ms"), (2_400, "2.4 s"), (185_000, "3 min 5 s"), (7_260_000, "2 h 1 min")],
)
def test_lasting_times_read_well(took: int, words: str) -> None:
    assert lasting(1000, 1000 + took) == words
    assert lasting(1000, None) == ""
    assert lasting(None, 1000) == ""


def test_a_run_of_a_version_that_cannot_be_read_is_still_shown(here: RunConsole) -> None:
    run_id = work(here, "N-1")

    def insert(connection: sa.Connection) -> int:
        row = connection.execute(sa.select(tables.workflow_version)).one()
        newer = {"version": 2, "document": '{"name": "From tomorrow"}', "fingerprint": "f"}
        made = tables.workflow_version.insert().values(**{**row._mapping, **newer})
        return connection.execute(made).rowcount

    here.office.database.write(insert)
    mine = tables.run.c.id == run_id
    here.office.execute(tables.run.update().where(mine).values(version=2))
    assert "Invoice N-1" in here.viewer.text(f"/runs/{run_id}")
