"""Ends a process when the one that started it is gone, however it went."""

from __future__ import annotations

import os
import signal
import sys
import threading

# Set by the supervisor for its children; their standard input is a pipe it holds open.
SUPERVISED = "INTACCT_SUPERVISED"


def end_with_parent() -> None:
    """Watch the supervisor's pipe, if there is one, and end this process when it closes."""
    if os.environ.pop(SUPERVISED, ""):
        threading.Thread(target=_watch, name="parent", daemon=True).start()


def _watch() -> None:
    # Not sys.stdin: its lock, held while waiting, would stop a forked child that closes it.
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
