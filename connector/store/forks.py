"""Lets go of every database connection before a process forks.

A fork copies SQLite's own book-keeping of file locks. A child that opens the file while its parent
has it open holds no lock in truth; when the parent closes, the write-ahead log is removed under
the child and what the child commits from then on is lost (tried: a committed row was gone).
Nothing may be open at the moment of the fork; afterwards both open anew.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from connector.store.problems import StoreUnavailable


class ForkGate:
    """Counts who uses a database and closes it for the length of a fork.

    Args:
        let_go: Closes whatever is open; called when nobody uses the database.
        patience: Seconds a fork waits for users to finish. A child forked in spite of one, such
            as from within a read, cannot use the database and says so.
    """

    def __init__(self, let_go: Callable[[], None], patience: float) -> None:
        self._let_go = let_go
        self._patience = patience
        self._free = threading.Condition()
        self._users = 0
        self._is_spoilt = False
        _gates.add(self)

    @contextmanager
    def use(self) -> Iterator[None]:
        """Keep a fork waiting while the body runs."""
        with self._free:
            if self._is_spoilt:
                raise StoreUnavailable(
                    "This process was copied from one that was using the database.",
                    advice="Start it as a program of its own.",
                )
            self._users += 1
        try:
            yield
        finally:
            with self._free:
                self._users -= 1
                self._free.notify_all()

    def before_fork(self) -> None:
        """Wait for users, close, and keep new ones out."""
        self._free.acquire()
        if self._free.wait_for(lambda: self._users == 0, self._patience):
            self._let_go()

    def after_fork_in_parent(self) -> None:
        """Let users in again."""
        self._free.release()

    def after_fork_in_child(self) -> None:
        """Start afresh, unless the parent could not let go."""
        self._is_spoilt = self._is_spoilt or self._users > 0
        self._users = 0
        self._free = threading.Condition()


_gates: weakref.WeakSet[ForkGate] = weakref.WeakSet()


def _before() -> None:
    for gate in list(_gates):
        gate.before_fork()


def _after_in_parent() -> None:
    for gate in list(_gates):
        gate.after_fork_in_parent()


def _after_in_child() -> None:
    for gate in list(_gates):
        gate.after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child
    )
