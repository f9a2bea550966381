"""Keys that are missing or wrong, and processes of another version than the rest."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from connector.runtime import bells
from connector.store import tables
from tests.support.installation import Installation
from tests.support.workers import Worker

pytestmark = pytest.mark.slow


@pytest.mark.accepts("F43")
@pytest.mark.parametrize("process", ["web", "worker"])
def test_a_process_without_its_key_does_not_start_and_makes_none(
    installation: Installation, tmp_path: Path, process: str
) -> None:
    """A new key would seal new secrets and leave the old ones closed for good."""
    missing = tmp_path / "elsewhere" / "master.key"
    kept = installation.machine.settings.master_key_file.read_bytes()
    address = {"INTACCT_WEB_ADDRESS": "127.0.0.1:1"}  # nobody may listen there, if it came so far
    refused = installation.command(process, INTACCT_MASTER_KEY_FILE=str(missing), **address)
    assert refused.returncode == 2
    assert str(missing) in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not missing.exists()
    assert installation.machine.settings.master_key_file.read_bytes() == kept


@pytest.fixture
def stranger(installation: Installation) -> Iterator[Worker]:
    """Give the installation no worker but one with a key of its own."""
    supervisor = installation.machine.supervisor
    for name in ("worker", "quarantine"):
        installation.kill(name)
    key = Fernet.generate_key().decode()
    settings = {"INTACCT_MASTER_KEY": key, "INTACCT_MASTER_KEY_FILE": ""}
    worker = Worker(installation, "stranger", **settings)
    assert not supervisor.is_alive("worker")
    yield worker
    worker.stop()


@pytest.mark.accepts("F43")
def test_a_worker_with_another_key_sends_nothing_and_loses_nothing(
    installation: Installation, stranger: Worker
) -> None:
    """It cannot read the passwords; what it was given goes on under the right key."""
    deal_id = installation.new_deal()
    installation.move(deal_id)
    deadline = time.monotonic() + 60
    while not installation.runs_for(deal_id) or unreadable(installation, deal_id) is None:
        assert stranger.is_alive
        assert time.monotonic() < deadline, "the stranger never took the run"
        time.sleep(0.05)
    problem = unreadable(installation, deal_id)
    assert problem is not None
    assert "key" in problem["title"] + problem["advice"]
    assert installation.invoices(deal_id) == []
    stranger.signal(signal.SIGKILL)
    (run,) = installation.runs_for(deal_id)
    if run.line.state == "failed":
        done = installation.command("runs", "retry", run.line.id)
        assert done.returncode == 0, done.stderr
    installation.run_in(deal_id, "succeeded")
    assert len(installation.invoices(deal_id)) == 1


def unreadable(installation: Installation, deal_id: str) -> dict[str, Any] | None:
    """Return what the deal's run says of its trouble, None before it says anything."""
    (run,) = installation.runs_for(deal_id)
    return run.error or None


@pytest.mark.accepts("F40")
def test_a_message_of_a_newer_version_leaves_the_worker_at_work(
    installation: Installation,
) -> None:
    """What it announces stands in the database, where a worker that understands it finds it."""
    broker = bells.make_broker(installation.machine.environment["INTACCT_REDIS_URL"], 15)
    supervisor = installation.machine.supervisor
    installation.until(lambda: supervisor.is_alive("worker"), "the worker is there")
    pid = supervisor.pid("worker")
    broker.send_task("connector.from_the_future", args=["x", 1], queue=bells.EFFECTS)
    broker.send_task(bells.ADVANCE_RUN, args=["x", "one too many"], queue=bells.EFFECTS)
    installation.until(
        lambda: "connector.from_the_future" in installation.log("worker"), "it was looked at"
    )
    deal_id = installation.new_deal()
    installation.move(deal_id)
    installation.run_in(deal_id, "succeeded")
    assert supervisor.pid("worker") == pid


@pytest.mark.accepts("F40")
def test_a_workflow_with_an_unknown_action_ends_in_words(installation: Installation) -> None:
    """A worker that is behind ends the run where people see it; nothing disappears."""
    database = installation.machine.database
    (known,) = installation.rows(sa.select(tables.workflow_version))
    document = known.document.replace("createInvoice", "fileWithTheFuture")
    assert document != known.document
    now = int(time.time() * 1000)
    first = {"id": "newer", "name": "Newer", "published_version": 1, "created_at": now}
    version = {"workflow_id": "newer", "version": 1, "document": document, "created_at": now}

    def publish(connection: sa.Connection) -> None:
        connection.execute(tables.workflow.insert().values(**first))
        given = {**version, "fingerprint": "newer"}
        connection.execute(tables.workflow_version.insert().values(**given))

    def withdraw(connection: sa.Connection) -> None:
        is_it = tables.workflow.c.id == "newer"
        connection.execute(tables.workflow.update().where(is_it).values(published_version=None))

    database.write(publish)
    deal_id = installation.new_deal()
    try:
        installation.move(deal_id)
        installation.until(
            lambda: installation.states_of([deal_id]) == {"succeeded": 1, "failed": 1},
            "the known workflow is done, and the newer one said why not",
        )
    finally:
        database.write(withdraw)
    (run,) = [run for run in installation.runs_for(deal_id) if run.line.state == "failed"]
    assert "fileWithTheFuture" in json.dumps(run.error)


@pytest.mark.accepts("F40")
def test_a_worker_older_than_its_database_does_not_start(installation: Installation) -> None:
    """It would write what the newer version does not expect; its messages stay where they are."""
    database = installation.machine.database

    def pretend(number: str) -> str:
        def write(connection: sa.Connection) -> str:
            before = connection.execute(sa.text("SELECT version_num FROM alembic_version"))
            found = str(before.scalar_one())
            given = {"number": number}
            connection.execute(sa.text("UPDATE alembic_version SET version_num = :number"), given)
            return found

        return database.write(write)

    present = pretend("from_the_future")
    try:
        refused = installation.command("worker")
    finally:
        pretend(present)
    assert refused.returncode == 2
    assert "newer version" in refused.stderr
    assert "Traceback" not in refused.stderr
