"""The processes of an installation, each a command of its own."""

from __future__ import annotations

import click

from connector.cli.parent import end_with_parent
from connector.errors import SetupError
from connector.runtime import logs
from connector.sandbox import serve as sandbox_server
from connector.sandbox.config import SandboxConfig
from connector.sandbox.hubspot.settings import HubspotSettings
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


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8766, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", help="The SQLite file of the company; in memory without it.")
@click.option("--hubspot-data", help="The SQLite file of the HubSpot portal.")
@click.option("--rows", default=0, show_default=True, help="Vendors to make up for listings.")
@click.option("--seed", default=1, show_default=True, help="Chooses the made-up records.")
@click.option("--latency", default=0, show_default=True, help="Milliseconds before each reply.")
@click.option("--policy", "policies", multiple=True, metavar="NAME=VALUE")
def sandbox(  # noqa: PLR0913 - one argument for each option of the command
    *,
    host: str,
    port: int,
    data: str | None,
    hubspot_data: str | None,
    rows: int,
    seed: int,
    latency: int,
    policies: tuple[str, ...],
) -> None:
    """Run the offline Intacct company and HubSpot portal."""
    end_with_parent()
    pairs = dict(text.partition("=")[::2] for text in policies)
    config = SandboxConfig(
        data=data,
        public_url=f"http://{host}:{port}",
        rows=rows,
        seed=seed,
        latency_ms=latency,
        policies=pairs,
        hubspot=HubspotSettings(data=hubspot_data, seed=seed),
    )
    sandbox_server.serve(config, host, port)
