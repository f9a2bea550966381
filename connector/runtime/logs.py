"""The log of a process: one form everywhere, and no secret in it."""

from __future__ import annotations

import logging

from celery.signals import setup_logging

from connector import redaction


def start(level: str) -> None:
    """Write this process's log to standard error, every known secret masked."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(redaction.SecretFilter())
    # httpx names every address it calls at this level, tokens in paths among them.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # Celery would add handlers of its own, which mask nothing; who listens here sets up instead.
    setup_logging.connect(_leave_as_it_is, weak=False)


def _leave_as_it_is(**_settings: object) -> None:
    """Take Celery's turn at setting up logs, and do nothing with it."""
