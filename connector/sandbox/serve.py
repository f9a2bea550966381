"""Runs the sandbox as a server of its own."""

import multiprocessing
import os
import signal
import threading
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from connector.sandbox import company_file
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig

THREADS = 32  # a fault that holds its reply keeps one of them


def application() -> Flask:
    """Build the app inside the server's process from its environment."""
    main = multiprocessing.parent_process()
    if main is not None:
        threading.Thread(target=_die_after, args=(main,), name="main process", daemon=True).start()
    config = SandboxConfig.from_environment(dict(os.environ))
    if config.company_path:
        text = Path(config.company_path).read_text(encoding="utf-8")
        config = replace(config, company=company_file.read(text))
    return create_app(config)


def serve(config: SandboxConfig, host: str, port: int) -> None:
    """Serve until the process is told to end.

    One process only: sessions, faults and cursors live in its memory.
    """
    # A whole company may be too long for an environment variable.
    carried = replace(config, company={}) if config.company_path else config
    os.environ.update(carried.to_environment())
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


def _die_after(main: BaseProcess) -> None:
    """End this process once its main process is gone, even by a kill that nobody can catch.

    It would go on to hold the port and the data file. It is killed, not asked: a reply that a
    fault holds back would delay an orderly end.
    """
    main.join()
    os.kill(os.getpid(), signal.SIGKILL)
