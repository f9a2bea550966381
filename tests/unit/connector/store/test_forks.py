from __future__ import annotations

import pytest

from connector.store import StoreUnavailable
from connector.store.forks import ForkGate


def test_everything_is_closed_at_the_moment_of_a_fork() -> None:
    happened: list[str] = []
    gate = ForkGate(lambda: happened.append("closed"), patience=1)
    gate.before_fork()
    happened.append("fork")
    gate.after_fork_in_parent()
    with gate.use():
        happened.append("used")
    assert happened == ["closed", "fork", "used"]


def test_a_child_forked_within_a_read_says_that_it_cannot_go_on() -> None:
    """Going on would lose what it commits."""
    happened: list[str] = []
    gate = ForkGate(lambda: happened.append("closed"), patience=0.01)
    with gate.use():
        gate.before_fork()
        gate.after_fork_in_child()
    assert happened == []
    with pytest.raises(StoreUnavailable, match="copied"), gate.use():
        pass
