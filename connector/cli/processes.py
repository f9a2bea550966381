"""The processes of an installation, each a command of its own."""

from __future__ import annotations

import click
import redis

from connector.cli.parent import end_with_parent
from connector.errors import SetupError
from connector.runtime import logs
from connector.runtime.redis_client import open_redis
from connector.settings import Settings
from connector.store.database import Database
from connector.web import app as web_app
from connector.worker import run_beat, run_worker

KEEPS_EVERYTHING = "noeviction"


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
    if _eviction(settings.redis_url) not in {"", KEEPS_EVERYTHING}:
        raise SetupError(
            "The broker throws away what it holds when it is full, slots and locks among it.",
            advice=f"Set its maxmemory-policy to {KEEPS_EVERYTHING}, then start again.",
        )


def _eviction(url: str) -> str:
    """Return what the broker does when it is full; empty where it cannot be asked right now."""
    try:
        found = open_redis(url).config_get("maxmemory-policy")
    except redis.RedisError:
        return ""  # it may come later, and hosted ones keep their settings to themselves
    return str(found.get("maxmemory-policy") or "")


@click.command()
def web() -> None:
    """Take webhooks and show the console."""
    settings = _begin()
    _needs_broker(settings)
    settings.master_keys()  # said here in a sentence: a server process could only die of it
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
