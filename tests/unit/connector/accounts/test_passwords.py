from __future__ import annotations

import pytest

from connector.accounts import passwords
from connector.accounts.passwords import COST, Cost
from connector.errors import InputError

CHEAP = Cost(2, 8, 1)


def test_only_the_same_password_is_right() -> None:
    stored = passwords.make("correct horse battery", CHEAP)
    assert passwords.is_right("correct horse battery", stored)
    for wrong in (
        "",
        "correct horse batterx",
        "correct horse battery ",
        "\ud800" * 12,
        "x" * 10**6,
    ):
        assert not passwords.is_right(wrong, stored)


def test_equal_passwords_are_stored_differently_and_never_in_the_clear() -> None:
    first = passwords.make("correct horse battery", CHEAP)
    assert first != passwords.make("correct horse battery", CHEAP)
    assert "horse" not in first


def test_a_stored_password_keeps_the_costs_of_its_time() -> None:
    """So that raising them later locks nobody out."""
    stored = passwords.make("correct horse battery", Cost(4, 8, 2))
    assert stored.startswith("scrypt$4$8$2$")
    assert passwords.is_right("correct horse battery", stored)


def test_a_guess_costs_what_owasp_asks_for() -> None:
    """C21: 32 MiB, three times."""
    assert (128 * COST.n * COST.r, COST.p) == (32 * 1024 * 1024, 3)
    stored = passwords.make("correct horse battery")
    assert passwords.is_right("correct horse battery", stored)


@pytest.mark.parametrize("password", ["", "eleven char", "z" * 30, "x" * 199 + "yz", " " * 12])
def test_what_is_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(InputError, match="12 to 200"):
        passwords.make(password, CHEAP)
