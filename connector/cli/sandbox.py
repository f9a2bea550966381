"""The sandbox: an offline Intacct company and HubSpot portal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from connector.cli.parent import end_with_parent
from connector.errors import SetupError
from connector.sandbox import company_file
from connector.sandbox import serve as server
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.sandbox.hubspot.settings import HubspotSettings
from connector.sandbox.policies import Policies

EXAMPLE = "'intacct sandbox --example-company' prints an example."


def _print_example(ctx: click.Context, _parameter: click.Parameter, is_asked: bool) -> None:  # noqa: FBT001 # as click calls it
    if is_asked:
        click.echo(company_file.example(), nl=False)
        ctx.exit()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8766, show_default=True, type=click.IntRange(1, 65535))
@click.option("--data", help="The SQLite file of the company; in memory without it.")
@click.option("--fast", is_flag=True, help="Keep everything in memory, which is fastest.")
@click.option("--hubspot-data", help="The SQLite file of the HubSpot portal.")
@click.option("--company", metavar="FILE", help="A company of your own, in YAML or JSON.")
@click.option(
    "--example-company",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_example,
    help="Print an example of such a file.",
)
@click.option("--rows", default=0, show_default=True, help="Vendors to make up for listings.")
@click.option("--seed", default=1, show_default=True, help="Chooses the made-up records.")
@click.option("--latency", default=0, show_default=True, help="Milliseconds before each reply.")
@click.option("--policy", "policies", multiple=True, metavar="NAME=VALUE")
def sandbox(  # noqa: PLR0913 - one argument for each option of the command
    *,
    host: str,
    port: int,
    data: str | None,
    fast: bool,
    hubspot_data: str | None,
    company: str | None,
    rows: int,
    seed: int,
    latency: int,
    policies: tuple[str, ...],
) -> None:
    """Run the offline Intacct company and HubSpot portal."""
    end_with_parent()
    if fast and (data or hubspot_data):
        raise SetupError(
            "--fast keeps everything in memory, --data and --hubspot-data name a file for it.",
            advice="Leave out one of them.",
        )
    pairs = dict(text.partition("=")[::2] for text in policies)
    try:
        Policies(pairs)
    except ValueError as wrong:
        advice = "docs/sandbox.md lists every policy with its values."
        raise SetupError(str(wrong), advice=advice) from None
    config = SandboxConfig(
        data=data,
        public_url=f"http://{host}:{port}",
        rows=rows,
        seed=seed,
        latency_ms=latency,
        policies=pairs,
        company=_described(company) if company else {},
        company_path=str(Path(company).resolve()) if company else "",
        hubspot=HubspotSettings(data=hubspot_data, seed=seed),
    )
    server.serve(config, host, port)


def _described(path: str) -> dict[str, Any]:
    """Return the description in a file after trying it out, so that mistakes are told here."""
    try:
        description = company_file.read(Path(path).read_text(encoding="utf-8"))
        create_app(SandboxConfig(company=description))
    except (OSError, UnicodeDecodeError):
        raise SetupError(f"The company file {path} cannot be read.", advice=EXAMPLE) from None
    except company_file.WrongCompanyFile as wrong:
        raise SetupError(str(wrong), advice=f"Correct the file {path}. {EXAMPLE}") from None
    return description
