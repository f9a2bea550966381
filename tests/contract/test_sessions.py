"""One sign-in for all workers, and none after a refused one, on both databases."""

from __future__ import annotations

import base64
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from connector.connections.encrypt import SecretBox
from connector.connections.store import Connections
from connector.errors import ConnectionProblem, Unreachable
from connector.intacct.dialects.xml import SessionToken
from connector.runtime.sessions import SqlSessions
from connector.store import Database

HOUR_MS = 3_600_000
VALUES = {
    "companyId": "ACME",
    "senderId": "sender",
    "senderPassword": "sender-password",
    "userId": "user",
    "userPassword": "user-password",
}


def token(name: str) -> SessionToken:
    now_ms = int(time.time() * 1000)
    return SessionToken(
        session_id=name, endpoint="http://gateway", entity_id="", expires_at_ms=now_ms + HOUR_MS
    )


class World:
    """A connection, and a count of the sign-ins at Intacct."""

    def __init__(self, database: Database) -> None:
        key = base64.urlsafe_b64encode(os.urandom(32)).decode()
        self.database = database
        self.box = SecretBox((key,))
        self.connections = Connections(database, self.box)
        self.row = self.connections.add("sage-intacct", "books", VALUES)
        self.lock = threading.Lock()
        self.sign_ins = 0

    def sessions(self) -> SqlSessions:
        return SqlSessions(self.database, self.box, self.row.id, "")

    def sign_in(self) -> SessionToken:
        with self.lock:
            self.sign_ins += 1
            return token(f"session-{self.sign_ins}")

    def refuse(self) -> SessionToken:
        with self.lock:
            self.sign_ins += 1
        raise ConnectionProblem("The password of the user is wrong.")


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


def test_a_session_is_kept_for_all(world: World) -> None:
    made = world.sessions().renew(None, world.sign_in)
    assert world.sessions().current() == made
    assert world.sign_ins == 1


def test_of_many_that_ask_at_once_one_signs_in(world: World) -> None:
    stale = world.sessions().renew(None, world.sign_in)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(world.sessions().renew, stale, world.sign_in) for _ in range(16)]
        names = {task.result().session_id for task in asked}
    assert names == {"session-2"}


def test_a_session_about_to_end_is_not_used(world: World) -> None:
    soon = replace(token("soon"), expires_at_ms=int(time.time() * 1000) + 1000)
    world.sessions().renew(None, lambda: soon)
    assert world.sessions().current() is None


@pytest.mark.accepts("F22")
def test_after_a_refused_sign_in_nobody_tries_again(world: World) -> None:
    """F22: fifty runs with a wrong password would lock the user out."""

    def ask() -> str:
        try:
            world.sessions().renew(None, world.refuse)
        except ConnectionProblem as error:
            return error.title
        return ""

    with ThreadPoolExecutor(8) as pool:
        titles = {task.result() for task in [pool.submit(ask) for _ in range(50)]}
    assert titles == {"The password of the user is wrong."}
    assert world.sign_ins == 1
    row = world.connections.by_id(world.row.id)
    assert row.state == "needs-attention"


def test_changed_credentials_close_the_breaker(world: World) -> None:
    with pytest.raises(ConnectionProblem):
        world.sessions().renew(None, world.refuse)
    world.connections.update(world.row.id, {**VALUES, "userPassword": "better"})
    assert world.sessions().renew(None, world.sign_in).session_id == "session-2"


def test_an_outage_while_signing_in_opens_no_breaker(world: World) -> None:
    def nobody_home() -> SessionToken:
        raise Unreachable("no route")

    with pytest.raises(Unreachable):
        world.sessions().renew(None, nobody_home)
    assert world.sessions().renew(None, world.sign_in).session_id == "session-1"


def test_the_stored_session_is_sealed(world: World) -> None:
    world.sessions().renew(None, lambda: token("secret-session-id"))
    raw = world.database.read(
        lambda c: c.exec_driver_sql("SELECT secret FROM session").scalar_one()
    )
    assert "secret-session-id" not in raw
    assert "http://gateway" in raw
