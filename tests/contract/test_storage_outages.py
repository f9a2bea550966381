"""A disk that is full and a database that is locked: nothing leaves without a row, nothing dies."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from connector.runtime import runs
from connector.runtime.bells import Bells, make_broker
from connector.store import StoreUnavailable, tables
from connector.web.app import create_app
from tests.support.office import Books, Office, office

PATIENCE_SECONDS = 60.0
HOLDER = """
import sqlite3, sys
driver = sqlite3.connect(sys.argv[1], isolation_level=None)
driver.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


class Disk:
    """The limit that the machine puts on this process's files."""

    def __init__(self) -> None:
        self._usual = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        """Let no file take another byte, as on a disk that is full."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, self._usual[1]))

    def empty(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._usual)


@pytest.fixture
def disk() -> Iterator[Disk]:
    found = Disk()
    yield found
    found.empty()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let a second process hold SQLite's write lock."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline()
        try:
            yield
        finally:
            holder.stdin.close()


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(tmp_path: Path, books: Books) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, books) as found:
        yield found


def deliver(found: Office, event_id: int) -> TestResponse:
    hook = found.services.connections.by_name("hubspot")
    assert hook is not None
    url = f"{found.services.settings.public_url}/hooks/{hook.hook_token}"
    event: dict[str, Any] = {
        "eventId": event_id,
        "subscriptionId": 25,
        "portalId": 4774001,
        "occurredAt": 1,
    }
    event |= {"subscriptionType": "deal.propertyChange", "objectId": 7, "attemptNumber": 0}
    event |= {"propertyName": "dealstage", "propertyValue": "closedwon"}
    body, stamp = json.dumps([event]).encode(), str(int(time.time() * 1000))
    signed = hmac.new(b"s3cret", b"POST" + url.encode() + body + stamp.encode(), hashlib.sha256)
    headers = {
        "x-hubspot-signature-v3": base64.b64encode(signed.digest()).decode(),
        "x-hubspot-request-timestamp": stamp,
        "content-type": "application/json",
    }
    client = create_app(found.services).test_client()
    return client.post(f"/hooks/{hook.hook_token}", data=body, headers=headers)


def kept(found: Office) -> int:
    rows = sa.select(sa.func.count()).select_from(tables.inbox)
    return int(found.database.read(lambda c: c.execute(rows).scalar_one()))


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


@contextmanager
def full_at_sending(found: Office, disk: Disk) -> Iterator[None]:
    """Fill the disk just when a write is about to be marked as sent."""
    assert found.database._writer is not None
    engine = found.database._writer._engine

    def watch(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE effect SET"):
            disk.fill()

    sa.event.listen(engine, "before_cursor_execute", watch)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", watch)
        disk.empty()


@pytest.mark.accepts("F29")
def test_a_delivery_that_finds_the_disk_full_is_asked_to_come_again(
    here: Office, disk: Disk
) -> None:
    create_app(here.services)  # its key is made before
    disk.fill()
    answer = deliver(here, 1)
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    disk.empty()
    assert kept(here) == 0
    assert deliver(here, 1).status_code == 200
    assert kept(here) == 1


@pytest.mark.accepts("F28")
def test_a_delivery_that_finds_the_database_locked_is_asked_to_come_again(
    here: Office, tmp_path: Path
) -> None:
    with locked(tmp_path / "intacct.db"):
        answer = deliver(here, 1)
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        # Looking goes on meanwhile.
        assert create_app(here.services).test_client().get("/health").status_code == 200
    assert kept(here) == 0
    assert deliver(here, 1).status_code == 200
    assert kept(here) == 1


@pytest.mark.accepts("F28")
def test_a_short_lock_is_waited_out(tmp_path: Path, books: Books) -> None:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, books) as found:
        run_id = found.order("INV-1")
        with locked(tmp_path / "intacct.db"), pytest.raises(StoreUnavailable):
            found.work(run_id)
        assert found.work(run_id).state == runs.SUCCEEDED
    assert len(books.posts) == 1


@pytest.mark.accepts("F29")
def test_nothing_is_sent_that_cannot_be_marked_as_sent(
    here: Office, books: Books, disk: Disk
) -> None:
    run_id = here.order("INV-1")
    with full_at_sending(here, disk), pytest.raises(StoreUnavailable):
        here.work(run_id)
    assert books.posts == []
    assert [row.state for row in here.effects()] == ["planned"]
    until(lambda: here.run(run_id).state == runs.WAITING)
    assert here.work(run_id).state == runs.SUCCEEDED
    assert len(books.posts) == 1


@pytest.mark.accepts("F29")
@pytest.mark.parametrize("outage", ["full", "locked"])
def test_a_verdict_that_cannot_be_kept_is_found_by_looking(
    here: Office, books: Books, disk: Disk, tmp_path: Path, outage: str
) -> None:
    """The invoice is in the books, and our own disk does not take the news."""
    run_id = here.order("INV-1")
    lock = locked(tmp_path / "intacct.db")
    begin, end = {
        "full": (disk.fill, disk.empty),
        "locked": (lock.__enter__, lambda: lock.__exit__(None, None, None)),
    }[outage]
    books.before_answer.append(begin)
    with pytest.raises(StoreUnavailable):
        here.work(run_id)
    end()
    books.before_answer.clear()
    assert [row.state for row in here.effects()] == ["sending"]
    until(lambda: here.run(run_id).state == runs.WAITING)
    assert here.work(run_id).state == runs.UNCERTAIN
    here.settle_all()
    assert here.work(run_id).state == runs.SUCCEEDED
    assert len(books.invoices("INV-1")) == len(books.posts) == 1


def test_an_outage_of_the_database_is_not_the_death_of_a_worker(here: Office, disk: Disk) -> None:
    """Three deaths park a run, since it may be what kills its workers; a full disk is not."""
    run_id = here.order("INV-1")
    for _outage in range(runs.MOST_DEATHS + 1):
        with full_at_sending(here, disk), pytest.raises(StoreUnavailable):
            here.work(run_id)
        until(lambda: here.run(run_id).state == runs.WAITING)
        row = here.run(run_id)
        assert (row.attempts, row.owner, "could not keep" in row.error) == (0, None, True)
    assert here.work(run_id).state == runs.SUCCEEDED


def test_a_run_that_another_worker_took_over_is_not_given_back(here: Office, disk: Disk) -> None:
    run_id = here.order("INV-1")
    claim = runs.claim(here.database, run_id, "slow", 1)
    assert claim is not None
    until(lambda: runs.claim(here.database, run_id, "heir", 60_000))
    here.database.write(lambda c: runs.give_back(c, {run_id: claim.epoch}, 0))
    row = here.run(run_id)
    assert (row.state, row.owner, row.attempts) == (runs.RUNNING, "heir", 2)


def test_a_broker_is_not_asked_about_what_was_not_kept(here: Office, disk: Disk) -> None:
    rung: list[Any] = []

    class Heard(Bells):
        def ring(self, task: str, row_id: str | int, queue: str, **_: Any) -> None:
            rung.append(row_id)

    here.services.__dict__["bells"] = Heard(make_broker("memory://", 15.0))
    create_app(here.services)  # its key is made before
    disk.fill()
    deliver(here, 1)
    disk.empty()
    assert rung == []
