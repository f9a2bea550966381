"""The connection to PostgreSQL breaks around a COMMIT: what the database holds decides."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.runtime import runs
from connector.store import StoreUnavailable, audit
from connector.store.database import _TRUSTED_SECONDS
from tests.support.office import Books, Office, office
from tests.support.tcp_proxy import TcpProxy, proxied

PATIENCE_SECONDS = 60.0


@pytest.fixture
def wire(url: str) -> Iterator[TcpProxy]:
    folder = sa.make_url(url).query["host"]
    assert isinstance(folder, str)
    with proxied(Path(folder) / ".s.PGSQL.5432") as proxy:
        yield proxy


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def here(url: str, wire: TcpProxy, tmp_path: Path, books: Books) -> Iterator[Office]:
    host, port = wire.address
    through = sa.make_url(url).set(host=host, port=port, query={})
    address = through.render_as_string(hide_password=False)
    with office(address, tmp_path, books) as found:
        yield found


@contextmanager
def before_sending(found: Office, work: Callable[[], None]) -> Iterator[None]:
    """Do something just when a write is about to be marked as sent."""

    def watch(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE effect SET"):
            work()

    engine = found.database._engine
    sa.event.listen(engine, "before_cursor_execute", watch)
    try:
        yield
    finally:
        sa.event.remove(engine, "before_cursor_execute", watch)


def carry_to_its_end(found: Office, run_id: str) -> None:
    """Do what workers, settler and sweeper would, until the run is through."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while found.run(run_id).state != runs.SUCCEEDED:
        assert time.monotonic() < deadline, f"still {found.run(run_id).state}"
        found.settle_all()
        found.work(run_id)


@pytest.mark.accepts("F30")
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("delivered", [True, False], ids=["answer-lost", "commit-lost"])
def test_a_lost_commit_of_the_mark_sends_once(
    here: Office, wire: TcpProxy, books: Books, *, delivered: bool
) -> None:
    run_id = here.order("INV-1")

    def break_() -> None:
        wire.break_at(b"COMMIT\0", delivered=delivered)

    with before_sending(here, break_), pytest.raises(StoreUnavailable):
        here.work(run_id)
    assert wire.has_broken
    assert books.posts == []
    # Nobody assumed anything: what was kept is what the database says.
    assert [row.state for row in here.effects()] == ["sending" if delivered else "planned"]
    carry_to_its_end(here, run_id)
    assert len(books.invoices("INV-1")) == len(books.posts) == 1
    assert here.database.read(audit.verify) is None


@pytest.mark.accepts("F30")
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("delivered", [True, False], ids=["answer-lost", "commit-lost"])
def test_a_lost_commit_of_the_verdict_is_read_again(
    here: Office, wire: TcpProxy, books: Books, *, delivered: bool
) -> None:
    run_id = here.order("INV-1")
    books.before_answer.append(lambda: wire.break_at(b"COMMIT\0", delivered=delivered))
    with pytest.raises(StoreUnavailable):
        here.work(run_id)
    assert wire.has_broken
    books.before_answer.clear()
    assert [row.state for row in here.effects()] == ["succeeded" if delivered else "sending"]
    carry_to_its_end(here, run_id)
    assert len(books.invoices("INV-1")) == len(books.posts) == 1
    assert here.database.read(audit.verify) is None


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_database_that_was_cut_off_is_reported_and_found_again(
    here: Office, wire: TcpProxy, books: Books
) -> None:
    run_id = here.order("INV-1")
    wire.cut()
    with pytest.raises(StoreUnavailable, match="did not answer"):
        here.work(run_id)
    wire.restore()
    carry_to_its_end(here, run_id)
    assert len(books.posts) == 1


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_connection_that_was_lost_while_idle_is_replaced_unseen(
    here: Office, wire: TcpProxy
) -> None:
    """A firewall or a restart drops what nobody uses; nobody has asked anything of it yet."""
    here.order("INV-1")
    wire.reset()
    threading.Event().wait(_TRUSTED_SECONDS + 0.1)
    assert here.effects() == []
