"""No process writes a secret to its log, whoever set the log up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "kept-to-ourselves"
PATIENCE_SECONDS = 60

WEB = """
from connector.web.app import application
application()
"""
WORKER = """
from connector.runtime import logs
from connector.runtime.bells import make_broker
logs.start("INFO")
make_broker("memory://", 15.0).log.setup(loglevel="INFO", redirect_stdouts=True)
"""
FAIL = f"""
import logging
from connector import redaction
redaction.register("{SECRET}")
for name in ("", "connector.x", "celery.app.trace", "celery.task.x"):
    try:
        raise ValueError("{SECRET}")
    except ValueError:
        logging.getLogger(name).exception("with %s", "{SECRET}")
"""


@pytest.mark.accepts("C8")
@pytest.mark.parametrize("process", [WEB, WORKER], ids=["web", "worker"])
def test_a_process_masks_secrets_in_every_log(tmp_path: Path, process: str) -> None:
    """Server processes are started by the web server, not by our command."""
    environment = {**os.environ, "INTACCT_DATA_DIR": str(tmp_path)}
    environment["INTACCT_REDIS_URL"] = "redis://127.0.0.1:1"
    command = [sys.executable, "-m", "connector.cli", "db", "upgrade"]
    subprocess.run(command, env=environment, check=True, timeout=PATIENCE_SECONDS)  # noqa: S603 - our own command
    said = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", process + FAIL],
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=True,
    )
    assert said.stderr.count("Traceback") == 4
    assert SECRET not in said.stderr + said.stdout
