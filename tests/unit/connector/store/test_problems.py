from __future__ import annotations

import pytest
from sqlalchemy import exc

from connector.errors import ConnectorError, SetupError, Unavailable
from connector.store.problems import StoreUnavailable, plain_errors


class Reported(Exception):
    """What a driver raises."""

    def __init__(self, sqlite_errorname: str | None = None, sqlstate: str | None = None) -> None:
        super().__init__("no such table: run")
        self.sqlite_errorname = sqlite_errorname
        self.sqlstate = sqlstate


def raise_through(error: Exception) -> None:
    with plain_errors():
        raise error


@pytest.mark.parametrize(
    ("reported", "words"),
    [
        (Reported("SQLITE_BUSY"), "busy"),
        (Reported("SQLITE_BUSY_SNAPSHOT"), "busy"),
        (Reported("SQLITE_FULL"), "disk"),
        (Reported("SQLITE_IOERR_WRITE"), "disk"),
        (Reported("SQLITE_CANTOPEN"), "cannot be opened"),
        (Reported("SQLITE_CORRUPT"), "damaged"),
        (Reported(sqlstate="55P03"), "busy"),
        (Reported(sqlstate="40P01"), "busy"),
        (Reported(sqlstate="53100"), "disk"),
        (Reported(sqlstate="57P01"), "did not answer"),
        (Reported(sqlstate="08006"), "did not answer"),
        (Reported(), "did not answer"),
    ],
)
def test_a_database_that_cannot_answer_is_told_in_words(reported: Reported, words: str) -> None:
    with pytest.raises(StoreUnavailable, match=words) as caught:
        raise_through(exc.OperationalError("SELECT 1", None, reported))
    assert caught.value.advice
    assert "SELECT" not in str(caught.value)


@pytest.mark.parametrize("reported", [Reported("SQLITE_ERROR"), Reported(sqlstate="42P01")])
def test_missing_tables_are_a_matter_of_setup(reported: Reported) -> None:
    with pytest.raises(SetupError, match="no tables"):
        raise_through(exc.OperationalError("SELECT 1", None, reported))


@pytest.mark.parametrize(
    "error",
    [
        exc.IntegrityError("INSERT", None, Reported("SQLITE_CONSTRAINT_UNIQUE")),
        exc.ProgrammingError("SELECT", None, Reported(sqlstate="42601")),
        LookupError("mine"),
    ],
)
def test_what_the_caller_did_rises_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        raise_through(error)
    assert not isinstance(caught.value, ConnectorError)


def test_it_never_promises_that_intacct_executed_nothing() -> None:
    """A verdict that cannot be written comes after a call; a retry would make a second invoice."""
    assert not issubclass(StoreUnavailable, Unavailable)
