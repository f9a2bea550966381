"""The pages below Administration: audit log, alerts and events, settings, health, figures."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import pytest
import sqlalchemy as sa

from connector.accounts import ApiKeys, Role
from connector.intacct.ports import EffectState
from connector.operations import audit_export, audit_log, subscribers
from connector.operations.audit_log import Wanted
from connector.settings import Settings
from connector.store import audit, tables
from connector.web.app import create_app
from tests.unit.connector.web.conftest import BOOKS, Browser, Console

LOG = "/administration/audit"
NOTIFICATIONS = "/administration/notifications"


def note(console: Console, *entries: audit.Entry) -> None:
    console.services.database.write(lambda c: audit.append_many(c, entries))


def rows_of(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'data-label="Row">(\d+)<', page)]


def _run(statement: sa.Insert, connection: sa.Connection) -> None:
    connection.execute(statement)


def many(count: int, actor: str = "robot") -> Sequence[audit.Entry]:
    return [audit.Entry(actor, "test.row", f"thing/{number}") for number in range(count)]


# The audit log


@pytest.mark.parametrize("found", [{"actor": "eve"}, {"action": "odd."}, {"about": "INV-77%"}])
def test_rows_are_found_by_who_what_and_which(
    console: Console, admin: Browser, found: dict[str, str]
) -> None:
    note(console, *many(3), audit.Entry("eve", "odd.act", "x/1", external_ref="INV-77%"), *many(3))
    page = admin.get(LOG, query_string=found).text
    assert "odd.act" in page
    assert len(rows_of(page)) == 1


@pytest.mark.parametrize("sought", ["%", "_", "'", ".*", "\\", "x" * 1_000_000])
def test_what_is_sought_is_text_and_no_pattern(
    console: Console, admin: Browser, sought: str
) -> None:
    """Bad-input 38."""
    note(console, *many(3))
    answer = admin.get(LOG, query_string={"about": sought})
    assert answer.status_code in (200, 414)
    assert rows_of(answer.text) == []


def test_pages_go_back_without_gap_or_repeat(console: Console, admin: Browser) -> None:
    note(console, *many(120))
    last = console.services.database.read(audit_log.next_number) - 1
    seen: list[int] = []
    path = LOG
    while path:
        page = admin.get(path).text
        seen += rows_of(page)
        older = re.search(r'href="([^"]+)">Older rows', page)
        path = older[1].replace("&amp;", "&") if older else ""
    assert seen == list(range(last, 0, -1))


def test_what_is_rare_is_found_in_several_bounded_steps(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_log, "WINDOW", 10)
    monkeypatch.setattr(audit_export, "WINDOW", 10)
    note(console, audit.Entry("eve", "odd.act", "x/1"), *many(35))
    read = console.services.database.read
    wanted, steps = Wanted(actor="eve"), 0
    before: int | None = None
    found: list[audit_log.Row] = []
    while steps == 0 or before is not None:
        page = read(partial(audit_log.page, wanted=wanted, before=before))
        found += page.rows
        before, steps = page.older, steps + 1
    assert [row.actor for row in found] == ["eve"]
    assert steps == 4
    exported = list(audit_export.export(console.services.database, wanted, "jsonl"))
    assert len(exported) == 1


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        ("2026-03-02", "", 2),
        ("", "2026-03-01", 1),
        ("2026-03-02", "2026-03-02", 1),
        ("2027-01-01", "", 0),
        ("1970-01-01", "2999-12-31", 3),
    ],
)
def test_days_are_whole_ones_with_both_ends(
    console: Console, since: str, until: str, count: int
) -> None:
    days = iter(["2026-03-01T23:59:59.999", "2026-03-02T00:00:00", "2026-03-03T00:00:00"])
    for number, moment in enumerate(days, 1):
        at = round(datetime.fromisoformat(f"{moment}+00:00").timestamp() * 1000)
        values = {"seq": number, "at": at, "actor": "a", "action": "b", "object": "c"}
        row = {**values, "prev_hash": "", "hash": ""}
        insert = tables.audit.insert().values(**row)
        console.services.database.write(partial(_run, insert))
    wanted = Wanted.of("", "", "", since, until)
    page = console.services.database.read(lambda c: audit_log.page(c, wanted))
    assert len(page.rows) == count
    assert len(list(audit_export.export(console.services.database, wanted, "jsonl"))) == count


@pytest.mark.parametrize(
    "given",
    [
        {"since": "2026-03-02", "until": "2026-03-01"},
        {"since": "02/03/2026"},
        {"until": "2026-02-30"},
        {"since": "0000-01-01"},
        {"until": "9999-12-31"},
        {"since": "x" * 10_000},
    ],
)
def test_days_that_are_none_are_named(admin: Browser, given: dict[str, str]) -> None:
    """Bad-input 39."""
    answer = admin.get(LOG, query_string=given)
    assert answer.status_code == 400
    assert "day" in answer.text


@pytest.mark.parametrize("before", ["-1", "0", "x", "1e9", "9" * 30, "\u0661", "1&before=2"])
def test_a_place_that_is_none_counts_as_none(admin: Browser, before: str) -> None:
    """Bad-input 37."""
    answer = admin.get(LOG, query_string={"before": before})
    assert answer.status_code == 200
    assert rows_of(answer.text)


def test_no_cell_of_an_export_acts_as_a_formula(console: Console, admin: Browser) -> None:
    """C35 of the security points."""
    wild = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "'quoted"]
    note(console, *(audit.Entry(text, "test.row", "-12.50") for text in wild))
    answer = admin.post(f"{LOG}/export", {"form": "csv", "action": "test.row"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="audit.csv"'
    header, *rows = csv.reader(io.StringIO(answer.text, newline=""))
    assert header == list(audit_log.COLUMNS)
    assert [row[2] for row in rows] == [f"'{text}" for text in wild]
    assert {row[4] for row in rows} == {"-12.50"}  # a negative number stays one


def test_json_lines_hold_every_row_and_the_export_is_noted(
    console: Console, admin: Browser
) -> None:
    note(console, audit.Entry("eve", "test.row", "x/1", before={"a": "1"}, after={"a": "2"}))
    answer = admin.post(f"{LOG}/export", {"form": "jsonl"})
    documents = [json.loads(line) for line in answer.text.splitlines()]
    assert [one["number"] for one in documents] == list(range(1, len(documents) + 1))
    (odd,) = [one for one in documents if one["actor"] == "eve"]
    assert (odd["before"], odd["after"]) == ({"a": "1"}, {"a": "2"})
    assert documents[-1]["action"] == "audit.export"


@pytest.mark.parametrize("form", ["", "xlsx", "../../etc/passwd"])
def test_an_export_in_another_form_is_refused(admin: Browser, form: str) -> None:
    assert admin.post(f"{LOG}/export", {"form": form}).status_code == 400


def test_a_changed_row_is_named_by_the_page(console: Console, admin: Browser) -> None:
    note(console, *many(5))
    assert "The trail is whole" in admin.post(f"{LOG}/verify").text
    assert "whole up to row" in admin.get(LOG).text

    def tamper(connection: sa.Connection) -> None:
        for name in (
            connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            .scalars()
            .all()
        ):
            connection.execute(sa.text(f'DROP TRIGGER "{name}"'))
        changed = tables.audit.update().where(tables.audit.c.seq == 3).values(actor="eve")
        connection.execute(changed)

    console.services.database.write(tamper)
    answer = admin.post(f"{LOG}/verify")
    assert "The trail is broken at row 3" in answer.text
    assert "broken at row 3" in admin.get(LOG).text


# Alerts and events


def told(console: Console) -> list[subscribers.Subscriber]:
    return console.services.database.read(subscribers.listed)


def test_somebody_is_told_of_troubles_by_mail(console: Console, admin: Browser) -> None:
    given = {"name": "Ada", "target": "ada@example.com", "what": "troubles"}
    assert admin.post(NOTIFICATIONS, given).status_code == 303
    (one,) = told(console)
    assert (one.kind, one.types, one.state) == (
        "mail",
        ["issue.opened", "issue.resolved"],
        "active",
    )
    page = admin.get(NOTIFICATIONS).text
    assert "ada@example.com" in page
    assert "No mail server is set" in page
    assert admin.post(f"{NOTIFICATIONS}/stop", {"name": "Ada"}).status_code == 303
    assert told(console)[0].state == "stopped"
    assert admin.post(f"{NOTIFICATIONS}/resume", {"name": "Ada"}).status_code == 303
    assert told(console)[0].state == "active"
    assert admin.post(f"{NOTIFICATIONS}/remove", {"name": "Ada"}).status_code == 303
    assert told(console) == []


def test_the_secret_of_an_address_is_shown_once(console: Console, admin: Browser) -> None:
    given = {"name": "erp", "target": "https://erp.example/hook?key=n0body-sees", "what": "all"}
    answer = admin.post(NOTIFICATIONS, given)
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", answer.text)
    assert secret
    page = admin.get(NOTIFICATIONS).text
    assert secret[0] not in page
    assert "n0body-sees" not in page
    renewed = admin.post(f"{NOTIFICATIONS}/secret", {"name": "erp"})
    other = re.search(r"whsec_[A-Za-z0-9+/=]+", renewed.text)
    assert other
    assert other[0] != secret[0]
    assert admin.post(f"{NOTIFICATIONS}/secret/forget", {"name": "erp"}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"target": "http://erp.example/"}, "https addresses only"),
        ({"target": "https://127.0.0.1/"}, "127.0.0.1"),
        ({"target": "https://169.254.169.254/latest"}, "169.254.169.254"),
        ({"target": "nobody"}, "problem"),
        ({"name": " "}, "one line"),
        ({"name": "x" * 10_000}, "one line"),
        ({"name": "a\u202eb"}, "one line"),
        ({"what": "some", "types": ""}, "at least one type"),
        ({"what": "some", "types": "run.exploded"}, "run.exploded"),
        ({"workflow": "no such"}, "no such"),
    ],
)
def test_an_address_that_cannot_be_told_is_refused(
    console: Console, admin: Browser, wrong: dict[str, str], said: str
) -> None:
    given = {"name": "erp", "target": "https://erp.example/", "what": "all", **wrong}
    answer = admin.post(NOTIFICATIONS, given)
    assert answer.status_code == 400
    assert said in answer.text
    assert told(console) == []


@pytest.mark.parametrize("what", ["test", "stop", "resume", "remove", "secret", "secret/forget"])
def test_whom_nobody_knows_is_told_nothing(admin: Browser, what: str) -> None:
    answer = admin.post(f"{NOTIFICATIONS}/{what}", {"name": "nobody"})
    assert answer.status_code in (400, 404)
    assert "no subscriber named nobody" in answer.text


# Settings


def test_settings_are_shown_with_their_source_and_secrets_are_not(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = console.services
    settings = Settings.read(
        {
            "INTACCT_DATA_DIR": str(services.settings.data_dir),
            "INTACCT_REDIS_URL": "redis://user:hunter2@localhost:6379/0",
            "INTACCT_MASTER_KEY": "k3y-that-nobody-sees",
            "INTACCT_ALLOWED_ORIGINS": "10.1.2.3:8443",
        }
    )
    monkeypatch.setenv("INTACCT_SMTP_HOST", "mail.example.com")
    monkeypatch.setenv("INTACCT_SMTP_FROM", "a@example.com")
    monkeypatch.setenv("INTACCT_SMTP_PASSWORD", "sm7p-hidden")
    there = dataclasses.replace(services, settings=settings)
    browser = dataclasses.replace(console, app=create_app(there)).browser(
        console.account(Role.ADMIN)
    )
    page = browser.get("/administration/settings").text
    assert "INTACCT_SWEEP_SECONDS" in page
    assert "10.1.2.3:8443" in page
    assert "mail.example.com:587" in page
    for hidden in ("hunter2", "k3y-that-nobody-sees", "sm7p-hidden"):
        assert hidden not in page


# Health and figures


def test_health_names_what_is_wrong_and_what_to_do(console: Console, admin: Browser) -> None:
    page = admin.get("/administration/health").text
    assert "need a hand" in page
    assert "intacct beat" in page  # it was never heard
    assert "SQLite" in page


def test_a_connection_that_does_not_work_is_named(console: Console, admin: Browser) -> None:
    row = console.services.connections.add("sage-intacct", "the books", BOOKS)
    assert "the books does not work" not in admin.get("/administration/health").text
    stopped = tables.connection.update().where(tables.connection.c.id == row.id)
    console.services.database.write(lambda c: c.execute(stopped.values(state="needs-attention")))
    assert "the books does not work" in admin.get("/administration/health").text
    assert "thing" in admin.get("/administration").text


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_a_silent_beat_takes_no_server_out_of_a_load_balancer(console: Console, path: str) -> None:
    # Nothing but this application lives, and the monitor's question is told so.
    stale = tables.heartbeat.insert().values(name="beat", at=0)
    console.services.database.write(lambda c: c.execute(stale))
    client = console.app.test_client()
    assert client.get(path).status_code == 200


def test_a_server_without_its_database_lives_and_is_not_ready(console: Console) -> None:
    client = console.app.test_client()
    console.services.database.close()
    path = console.services.settings.data_dir / "intacct.db"
    path.unlink()
    path.mkdir()
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 503
    assert client.get("/metrics").status_code == 503


def figures(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return dict(line.rsplit(" ", 1) for line in lines)


@pytest.mark.accepts("E25")
def test_figures_are_text_that_prometheus_reads(console: Console) -> None:
    console.services.connections.add("sage-intacct", 'the "books"', BOOKS)
    answer = console.app.test_client().get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = figures(answer.text)
    assert found["intacct_connector_up"] == "1"
    assert found['intacct_connector_silent_seconds{part="beat"}'] == "-1"
    assert found[f'intacct_connector_writes_open{{state="{EffectState.UNCERTAIN}"}}'] == "0"
    assert found['intacct_connector_connections{state="ready"}'] == "1"
    assert answer.text.endswith("\n")
    assert not re.search(r"\n\n", answer.text)


@pytest.mark.parametrize(
    ("headers", "peer"),
    [
        ({}, "203.0.113.9"),
        ({"X-Forwarded-For": "203.0.113.9"}, "127.0.0.1"),
        ({"Forwarded": "for=203.0.113.9"}, "127.0.0.1"),
        ({"Via": "1.1 proxy"}, "127.0.0.1"),
        ({"X-Forwarded-For": "127.0.0.1"}, "203.0.113.9"),
        ({"Authorization": "Bearer aic_wrong"}, "203.0.113.9"),
        ({"Authorization": "Basic aic_wrong"}, "203.0.113.9"),
    ],
)
def test_figures_are_for_this_machine_and_for_keys(
    console: Console, headers: dict[str, str], peer: str
) -> None:
    client = console.app.test_client()
    answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": peer})
    assert answer.status_code == 401
    assert "intacct_connector" not in answer.text


def test_a_program_with_a_key_reads_the_figures(console: Console) -> None:
    _, secret = ApiKeys(console.services.database).add("monitor", Role.VIEWER, actor="test")
    answer = console.app.test_client().get(
        "/metrics",
        headers={"Authorization": f"Bearer {secret}"},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert answer.status_code == 200


def test_administration_leads_to_each_of_its_pages(admin: Browser) -> None:
    page = admin.get("/administration").text
    for path in re.findall(r'class="card" href="([^"]+)"', page):
        answer = admin.get(path)
        assert answer.status_code == 200, path
        assert 'aria-current="page">Administration' in answer.text
