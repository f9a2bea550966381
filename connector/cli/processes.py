"""The processes of an installation, each a command of its own."""

from __future__ import annotations

import click

from connector.cli.parent import end_with_parent
from connector.errors import SetupError
from connector.runtime import logs
from connector.settings import Settings
from connector.store.database import Database
from connector.web import app as web_app
from connector.worker import run_beat, run_worker


def _begin() -> Settings:
    end_with_parent()
    settings = Settings.read()
    logs.start(settings.log_level)
    return settings


def _needs_broker(settings: Settings) -> None:
    if not settings.redis_url:
        raise SetupError(
            "INTACCT_REDIS_URL is not set, so there is no broker to work with.",
            advice="Set it, or use 'intacct run', which starts one.",
        )


@click.command()
def web() -> None:
    """Take webhooks and show the console."""
    settings = _begin()
    _needs_broker(settings)
    web_app.serve(settings)


@click.command()
@click.option("--queue", type=click.Choice(["quarantine"]), help="Work on this queue only.")
def worker(queue: str | None) -> None:
    """Run workflows."""
    settings = _begin()
    _needs_broker(settings)
    Database(settings.database_url).upgrade()
    run_worker(settings, is_quarantine=queue == "quarantine")


@click.command()
def beat() -> None:
    """Ring for what is due."""
    settings = _begin()
    _needs_broker(settings)
    run_beat(settings)
