"""Runs the sandbox as a server of its own."""

import os

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig

THREADS = 32  # a fault that holds its reply keeps one of them


def application() -> Flask:
    """Build the app inside the server's process from its environment."""
    return create_app(SandboxConfig.from_environment(dict(os.environ)))


def serve(config: SandboxConfig, host: str, port: int) -> None:
    """Serve until the process is told to end.

    One process only: sessions, faults and cursors live in its memory.
    """
    os.environ.update(config.to_environment())
    Granian(
        "connector.sandbox.serve:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        workers=1,
        blocking_threads=THREADS,
        backpressure=THREADS * 4,
        log_level=LogLevels.error,
    ).serve()
