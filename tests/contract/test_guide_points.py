"""What the guides say of calls, limits, addresses and logs, held against the calls themselves."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask
import pytest
import sqlalchemy as sa

from connector import registry
from connector.accounts.roles import Right, Role
from connector.connections.store import Connections
from connector.errors import InputError
from connector.intacct.dialects.rest_message import Message
from connector.intacct.dialects.rest_reply import read_reply
from connector.runtime import budgets
from connector.runtime.limits import Limits
from connector.runtime.single import run_once
from connector.settings import Settings
from connector.store import tables
from connector.store.problems import StoreUnavailable
from connector.transfer.rows import Outcome
from connector.transfer.shaping import Shaper
from connector.web import health
from tests.support.transfers import BOOKS, XML, Office, open_office

NINE = {
    "customer": "customerId",
    "vendor": "vendorId",
    "invoice": "invoiceNumber",
    "bill": "billNumber",
    "employee": "employeeId",
    "contact": "contactName",
    "project": "projectId",
    "account": "accountNumber",
    "journalEntry": "recordNo",
}


@pytest.fixture
def rest(tmp_path: Path) -> Iterator[Office]:
    found = open_office(tmp_path / "data", "rest")
    yield found
    found.close()


@pytest.fixture
def xml(tmp_path: Path) -> Iterator[Office]:
    found = open_office(tmp_path / "data", "xml")
    yield found
    found.close()


def act(office: Office, key: str, inputs: dict[str, Any]) -> dict[str, Any]:
    done = run_once(office.services, key, BOOKS, inputs, once=f"{key} {inputs}")
    assert done.output is not None
    return dict(done.output)


@pytest.mark.accepts("D27")
@pytest.mark.parametrize(("name", "own"), NINE.items())
def test_id_is_the_field_that_every_object_is_matched_by(name: str, own: str) -> None:
    assert Shaper.of(registry.load(), name).place("id") == (own,)


@pytest.mark.accepts("D27")
def test_a_row_without_the_required_id_fails_alone_and_names_it(rest: Office) -> None:
    rows = [{"id": "S-1", "name": "One"}, {"id": "", "name": "Nobody"}]
    done = rest.sync("customer", "upsert", rows)
    assert done.counts == {Outcome.CREATED: 1, Outcome.INVALID: 1}
    error = rest.row(2).error
    assert isinstance(error, InputError)
    assert error.field == "customerId"


@pytest.mark.accepts("D34")
def test_every_call_has_120_seconds_unless_it_is_said_otherwise(
    rest: Office, tmp_path: Path
) -> None:
    settings = Settings.read({"INTACCT_DATA_DIR": str(tmp_path / "other")})
    assert settings.call_seconds == 120.0
    act(rest, "getCustomer", {"customerId": "C-00001"})
    rest.sync("customer", "insert", [{"customerId": "S-1", "name": "One"}])
    given = {each.seconds for each in rest.requests if "/oauth2/" not in each.url}
    assert given == {rest.services.settings.call_seconds}


@pytest.mark.accepts("D38")
def test_two_calls_at_once_unless_the_connection_says_otherwise(rest: Office) -> None:
    connections: Connections = rest.services.connections
    row = connections.by_name(BOOKS)
    assert row is not None
    plain = {k: v for k, v in connections.open(row).items() if k != "concurrency"}
    fresh = connections.add("sage-intacct", "plain", plain)
    assert Limits.of(connections.open(fresh), fresh.settings).in_flight == 2
    more = connections.add("sage-intacct", "more", {**plain, "concurrency": 6})
    assert Limits.of(connections.open(more), more.settings).in_flight == 6


@pytest.mark.accepts("E3", "E4")
def test_rest_reads_with_get_makes_with_post_changes_with_patch_and_removes_with_delete(
    rest: Office,
) -> None:
    made = act(rest, "createCustomer", {"customerId": "S-1", "customerName": "One"})
    act(rest, "updateCustomer", {"recordNo": made["key"], "customerName": "Two"})
    assert act(rest, "getCustomer", {"recordNo": made["key"]})["customerName"] == "Two"
    act(rest, "deleteObject", {"object": "CUSTOMER", "keys": made["key"]})
    base = "/objects/accounts-receivable/customer"
    assert rest.calls() == [
        f"POST {base}",
        f"PATCH {base}/{made['key']}",
        f"GET {base}/{made['key']}",
        f"DELETE {base}/{made['key']}",
    ]


@pytest.mark.accepts("E32")
def test_the_version_of_each_api_is_pinned(rest: Office, tmp_path: Path) -> None:
    act(rest, "getCustomer", {"customerId": "C-00001"})
    assert all("/ia/api/v1/" in each.url for each in rest.requests)
    other = open_office(tmp_path / "xml", "xml")
    act(other, "getCustomer", {"customerId": "C-00001"})
    assert all(b"<dtdversion>3.0</dtdversion>" in each.body for each in other.requests)
    other.close()


@pytest.mark.accepts("E6")
def test_a_collection_tells_keys_ids_addresses_and_how_many_there_are(rest: Office) -> None:
    found = rest.services.connection_named(BOOKS)
    assert found.name == BOOKS
    act(rest, "getCustomer", {"recordNo": "120"})
    bearer = next(each for each in rest.requests if "/objects/" in each.url).headers
    path = "/ia/api/v1/objects/accounts-receivable/customer"
    reply = rest.app.test_client().get(path, headers=dict(bearer))
    frozen = Message("GET", "/objects/accounts-receivable/customer").frozen(is_write=False)
    result = read_reply(reply.status_code, {}, reply.get_data(), frozen, "")
    meta = reply.get_json()["ia::meta"]
    assert meta["pageSize"] == 100
    assert meta["start"] == 1
    assert meta["totalCount"] >= len(result.rows) > 0
    assert all(row["RECORDNO"] and row["CUSTOMERID"] for row in result.rows)
    assert {"key", "id", "href"} == set(reply.get_json()["ia::result"][0])


@pytest.mark.accepts("E9")
def test_xml_reads_an_object_by_keys_and_fields(xml: Office) -> None:
    inputs = {"recordNo": "120", "fields": "customerName,status"}
    found = act(xml, "getCustomer", inputs)
    body = xml.requests[-1].body.decode()
    assert "<read><object>CUSTOMER</object><keys>120</keys>" in body
    fields = re.search(r"<fields>([^<]*)</fields>", body)
    assert fields is not None
    assert {"NAME", "STATUS"} <= set(fields[1].upper().split(","))
    assert found["customerName"]


@pytest.mark.accepts("E26")
def test_every_call_and_its_answer_is_logged_without_secrets(
    xml: Office, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="connector.intacct.layers.wire_log"):
        act(xml, "getCustomer", {"recordNo": "120"})
    lines = [record.getMessage() for record in caplog.records]
    assert sum(": HTTP 200 after" in line for line in lines) == len(xml.requests)
    assert any(line.startswith("getAPISession: HTTP 200") for line in lines)
    assert any("asked:" in line and "<keys>120</keys>" in line for line in lines)
    assert any("was answered:" in line and "<CUSTOMERID>" in line for line in lines)
    text = "\n".join(lines)
    session = re.search(rb"<sessionid>([^<]+)", xml.requests[-1].body)
    assert session is not None
    assert session[1].decode() not in text
    assert (
        xml.services.connections.open(xml.services.connection_named(BOOKS))["senderPassword"]
        not in text
    )


@pytest.mark.accepts("E26")
def test_a_call_without_an_answer_is_logged_as_such(
    rest: Office, caplog: pytest.LogCaptureFixture
) -> None:
    rest.answers = [OSError("the line went dead")]
    with (
        caplog.at_level(logging.INFO, logger="connector.intacct.layers.wire_log"),
        pytest.raises(OSError, match="went dead"),
    ):
        act(rest, "getCustomer", {"recordNo": "120"})
    assert any("no answer after" in record.getMessage() for record in caplog.records)


@pytest.mark.accepts("E31")
def test_our_count_of_writes_agrees_with_the_companys_own_ledger(rest: Office) -> None:
    rest.sync("customer", "insert", [{"customerId": f"S-{n}", "name": "X"} for n in range(7)])
    act(rest, "createCustomer", {"customerId": "S-9", "customerName": "Nine"})
    source = rest.services.connection_named(BOOKS)
    used = rest.services.database.read(lambda c: budgets.used(c, source.id, budgets.this_month(c)))
    query = sa.select(tables.effect.c.key, tables.effect.c.state)
    effects = rest.services.database.read(lambda c: list(c.execute(query)))
    assert {row.state for row in effects} == {"succeeded"}
    there = {row["RECORDNO"] for row in rest.records("CUSTOMER")}
    assert {row.key for row in effects} <= there
    assert len(effects) == used == len(rest.created("CUSTOMER")) == 8


@pytest.mark.accepts("E17")
def test_secrets_are_encrypted_at_rest_and_only_administrators_change_connections(
    xml: Office,
) -> None:
    password = str(XML["senderPassword"]).encode()
    files = [p for p in Path(xml.services.settings.data_dir).rglob("*") if p.is_file()]
    assert any(b"sage-intacct" in p.read_bytes() for p in files)  # the rows are in there
    assert not any(password in p.read_bytes() for p in files)
    may = {role for role in Role if Right.ADMINISTER in role.rights}
    assert may == {Role.ADMIN}


@pytest.mark.accepts("E28")
def test_health_is_told_without_a_key_and_turns_red_when_the_database_is_gone(
    rest: Office,
) -> None:
    app = flask.Flask("health")
    app.register_blueprint(health.blueprint(rest.services))
    told = app.test_client().get("/health")
    assert told.status_code == 200
    assert told.get_json()["status"] == "ok"

    def gone(_work: Any) -> Any:
        raise StoreUnavailable("The database does not answer.")

    object.__setattr__(rest.services.database, "read", gone)
    told = app.test_client().get("/health")
    assert told.status_code == 503
    assert told.get_json()["status"] == "unavailable"
