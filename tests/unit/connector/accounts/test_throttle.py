from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.accounts.throttle import FORGOTTEN_MS, Throttle, network_of
from connector.store import Database
from connector.store.tables import sign_in_attempt

HERE, ELSEWHERE = "192.0.2.7", "198.51.100.9"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'intacct.db'}")
    database.upgrade()
    yield database
    database.close()


def pass_time(database: Database, milliseconds: int) -> None:
    last = sign_in_attempt.c.last_at
    aged = sign_in_attempt.update().values(last_at=last - milliseconds)
    database.write(lambda c: c.execute(aged))


def attempts(throttle: Throttle, count: int, login: str, address: str = HERE) -> list[int]:
    return [throttle.attempt(login, address) for _ in range(count)]


def test_five_attempts_are_free_and_then_each_wait_doubles(database: Database) -> None:
    throttle = Throttle(database)
    assert attempts(throttle, 5, "ada") == [0] * 5
    waits = []
    for _ in range(5):
        waits.append(throttle.attempt("ada", HERE))
        pass_time(database, waits[-1])
        assert throttle.attempt("ada", HERE) == 0
    seconds = [round(wait / 1000) for wait in waits]
    assert seconds == [1, 2, 4, 8, 16]


def test_an_attempt_that_has_to_wait_does_not_lengthen_the_wait(database: Database) -> None:
    """Or whoever keeps knocking would keep the account's own user out."""
    throttle = Throttle(database)
    attempts(throttle, 5, "ada")
    first = throttle.attempt("ada", HERE)
    attempts(throttle, 50, "ada")
    assert throttle.attempt("ada", HERE) <= first


def test_guesses_from_elsewhere_hold_up_the_user_for_a_minute_at_most(database: Database) -> None:
    throttle = Throttle(database)
    for number in range(40):
        throttle.attempt("ada", f"198.51.{number}.1")
        pass_time(database, 60_000)
    pass_time(database, -60_000)
    assert throttle.attempt("ada", HERE) <= 60_000


def test_one_guess_each_on_many_accounts_slows_the_network_alone(database: Database) -> None:
    throttle = Throttle(database)
    found = [throttle.attempt(f"user{number}", ELSEWHERE) for number in range(60)]
    assert found[:30] == [0] * 30
    assert all(wait > 0 for wait in found[30:])
    assert throttle.attempt("user1", HERE) == 0


def test_whoever_signs_in_is_forgiven_and_an_office_shares_a_network(database: Database) -> None:
    throttle = Throttle(database)
    for number in range(100):
        assert throttle.attempt(f"user{number}", HERE) == 0
        throttle.succeeded(f"user{number}", HERE)
    attempts(throttle, 4, "ada")
    throttle.succeeded("ada", HERE)
    assert attempts(throttle, 5, "ada") == [0] * 5


def test_after_an_hour_everything_is_forgotten(database: Database) -> None:
    throttle = Throttle(database)
    attempts(throttle, 6, "ada")
    pass_time(database, FORGOTTEN_MS + 1000)
    assert attempts(throttle, 5, "ada") == [0] * 5


def test_what_was_typed_as_a_name_is_not_kept(database: Database) -> None:
    """People type their password into the wrong box."""
    Throttle(database).attempt("correct horse battery", HERE)
    kept = database.read(lambda c: [tuple(row) for row in c.execute(sign_in_attempt.select())])
    assert "horse" not in str(kept)
    assert HERE not in str(kept)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_a_network_is_what_one_customer_is_given(address: str, network: str) -> None:
    assert network_of(address) == network
