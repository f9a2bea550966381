"""The commands about events, alerts and triggers, as an administrator types them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector import registry
from connector.cli import commands
from connector.runtime import schedules
from connector.runtime.poll_rows import adopt
from connector.store.tables import outbound_delivery
from tests.support.office import KEY, Books, Office, office

SCHEDULED = """
name: Mondays
trigger:
  type: schedule
  config: {cron: "0 7 * * MON", timeZone: America/New_York}
once: "{{ input.scheduledAt }}"
steps:
  - id: customer
    type: sage-intacct.findOrCreateCustomer
    connection: books
    config: {customerName: "{{ input.date }}"}
"""
POLLED = (
    SCHEDULED.replace(
        """  type: schedule
  config: {cron: "0 7 * * MON", timeZone: America/New_York}
once: "{{ input.scheduledAt }}"
""",
        """  type: intacct.changes
  connection: books
  config: {object: invoice}
""",
    )
    .replace("Mondays", "Changed")
    .replace("input.date", "input.key")
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    url = f"sqlite:///{tmp_path / 'intacct.db'}"
    monkeypatch.setenv("INTACCT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("INTACCT_DATABASE_URL", url)
    monkeypatch.setenv("INTACCT_MASTER_KEY", KEY)
    with office(url, tmp_path, Books()) as found:
        yield found


def intacct(*words: str) -> Result:
    return CliRunner().invoke(commands, list(words))


def said(*words: str) -> str:
    done = intacct(*words)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_who_subscribes_sees_a_secret_once(here: Office) -> None:
    first = said("events", "subscribe", "erp", "https://erp.example/x?t=1", "--type", "run.*")
    assert first.count("whsec_") == 1
    listed = said("events", "list")
    assert "erp" in listed
    assert "run.*" in listed
    assert "whsec_" not in listed
    assert "t=1" not in listed
    (one,) = json.loads(said("events", "list", "--json"))
    assert (one["state"], one["types"], one["waiting"]) == ("active", ["run.*"], 0)


def test_a_secret_is_changed_in_two_steps(here: Office) -> None:
    said("events", "subscribe", "erp", "https://erp.example/x")
    assert "whsec_" in said("events", "new-secret", "erp")
    assert "newest secret alone" in said("events", "new-secret", "erp", "--forget-old")


def test_what_is_owed_is_shown_and_a_dead_letter_is_sent_again(here: Office) -> None:
    said("events", "subscribe", "erp", "https://erp.example/x")
    here.work(here.order("N-1"))
    shown = json.loads(said("events", "deliveries", "--json"))
    assert [one["type"] for one in shown] == ["run.succeeded", "invoice.created"]
    here.execute(outbound_delivery.update().values(state="dead"))
    assert "run.succeeded" in said("events", "deliveries", "--state", "dead", "--name", "erp")
    assert "1 subscriber " in said("events", "send-again", shown[0]["event_id"])
    assert intacct("events", "send-again", "evt_none").exit_code == 2


def test_mistakes_are_sentences(here: Office) -> None:
    for words in (
        ("subscribe", "erp", "http://10.0.0.1/"),
        ("subscribe", "erp", "https://erp.example/", "--type", "run.exploded"),
        ("subscribe", "erp", "https://erp.example/", "--workflow", "nothing"),
        ("remove", "nobody"),
        ("test", "nobody"),
    ):
        done = intacct("events", *words)
        assert done.exit_code == 2
        assert done.stderr.strip()
        assert "Traceback" not in done.stderr


def test_alerts_go_to_a_mail_address(here: Office) -> None:
    shown = said("alerts", "add", "ada", "ada@example.com", "--workflow", "Order to invoice")
    assert "No mail server is set" in shown
    assert "ada@example.com" in said("alerts", "list")
    assert "INTACCT_SMTP_HOST" in said("alerts", "mail")
    said("alerts", "remove", "ada")
    assert "ada" not in said("alerts", "list")


def test_stopping_and_resuming_are_shown(here: Office) -> None:
    said("events", "subscribe", "erp", "https://erp.example/x")
    said("events", "stop", "erp")
    assert "stopped" in said("events", "list")
    said("events", "resume", "erp")
    assert "active" in said("events", "list")


def test_types_are_listed(here: Office) -> None:
    assert "effect.uncertain" in said("events", "types")


def test_a_company_that_is_asked_has_no_address_for_deliveries(here: Office) -> None:
    done = intacct("triggers", "address", "books")
    assert done.exit_code == 2
    assert "takes no deliveries" in done.stderr
    assert "intacct-events" in done.stderr
    assert "/hooks/" in said("triggers", "address", "hubspot")


def test_the_next_five_firings_are_printed(here: Office) -> None:
    here.publish(SCHEDULED)
    lines = said("triggers", "next", "Mondays").split()
    assert len(lines) == 5
    assert all("T07:00:00-0" in line for line in lines)
    assert lines == sorted(set(lines))


def test_a_poll_says_when_it_asks_next(here: Office) -> None:
    here.services.__dict__["registry"] = registry.load()
    here.publish(POLLED)
    adopt(here.database, here.services.registry, here.services.connections)
    assert len(schedules.coming(here.services, "Changed")) == 1


def test_what_is_told_by_others_has_no_next_time(here: Office) -> None:
    assert "started by others" in said("triggers", "next", "Order to invoice")
    assert intacct("triggers", "next", "nothing").exit_code == 2


@pytest.mark.parametrize("key", sorted(registry.load().triggers))
def test_every_trigger_ships_a_sample(key: str) -> None:
    """Composing starts from it, so it must be there and be whole."""
    trigger = registry.load().trigger(key)
    if not trigger.connection and key != "schedule":
        return
    assert json.loads(said("triggers", "sample", key)) == json.loads(
        json.dumps(dict(trigger.example))
    )
    assert trigger.example
