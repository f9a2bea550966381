"""A company behind a wire that tests can spoil, and an installation that works on it.

The sandbox of an installation names its own address when somebody signs in; this one names the
wire's, so that every call passes there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from connector.cli.parent import end_with_parent
from connector.cli.supervisor import Program, Supervisor
from connector.connections.encrypt import SecretBox
from connector.connections.store import Connections
from connector.sandbox.config import SandboxConfig
from connector.sandbox.serve import serve
from tests.support.installation import Installation, free_port, start_installation
from tests.support.tcp_proxy import TcpProxy, proxied

HOST = "127.0.0.1"


@contextmanager
def served_company(folder: Path, port: int, config: SandboxConfig) -> Iterator[httpx.Client]:
    """Run a company on a port, and give a client of it; its log goes into the folder."""
    client = httpx.Client(base_url=f"http://{HOST}:{port}", timeout=60.0, trust_env=False)

    def answers() -> bool:
        try:
            return client.get("/_sandbox/health").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    command = (sys.executable, "-m", __name__, str(port))
    program = Program("company", command, answers)
    supervisor = Supervisor([program], config.to_environment(), folder)
    try:
        supervisor.start()
        yield client
    finally:
        supervisor.stop()
        client.close()


@contextmanager
def far_company(
    folder: Path, *, rows: int = 0, latency_ms: int = 0
) -> Iterator[tuple[SandboxConfig, httpx.Client, TcpProxy]]:
    """Run a company behind a wire: its settings, a client past the wire, and the wire.

    Args:
        folder: Where its log goes.
        rows: Vendors to make up, for long lists.
        latency_ms: How long each call takes at least.
    """
    port = free_port()
    with proxied((HOST, port)) as wire:
        address = f"http://{HOST}:{wire.address[1]}"
        config = SandboxConfig(public_url=address, rows=rows, latency_ms=latency_ms)
        with served_company(folder, port, config) as client:
            yield config, client, wire


@contextmanager
def far_installation(
    data_dir: Path, *, latency_ms: int = 0, **settings: str
) -> Iterator[tuple[Installation, TcpProxy]]:
    """Run an installation whose books are kept behind a wire, and give both."""
    with far_company(data_dir / "logs", latency_ms=latency_ms) as (config, client, wire):
        origin = f"{HOST}:{wire.address[1]}"
        installation = start_installation(data_dir, INTACCT_ALLOWED_ORIGINS=origin, **settings)
        installation.company = client
        change_books(installation, endpoint=config.endpoint)
        try:
            yield installation, wire
        finally:
            wire.restore()
            installation.close()


def change_books(installation: Installation, **values: str | int) -> None:
    """Change settings of the connection that workflows write to, as an administrator does."""
    database = installation.machine.database
    found = Connections(database, SecretBox(installation.machine.settings.master_keys()))
    books = found.by_name("books")
    assert books is not None
    found.update(books.id, {**books.settings, **values})


def _serve(port: str) -> None:
    end_with_parent()
    serve(SandboxConfig.from_environment(dict(os.environ)), HOST, int(port))


if __name__ == "__main__":
    _serve(sys.argv[1])
