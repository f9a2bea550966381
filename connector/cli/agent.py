"""``intacct mcp``: the actions of a connection as tools of an agent."""

from __future__ import annotations

import click

from connector.cli.opened import open_installation
from connector.errors import SetupError
from connector.surfaces.agent_tools import Toolbox


@click.command()
@click.option("--connection", required=True, help="The connection's name.")
@click.option("--allow-writes", is_flag=True, help="Offer actions that write, too.")
@click.option("--only", multiple=True, metavar="KEY", help="Offer this action; repeat for more.")
def mcp(connection: str, *, allow_writes: bool, only: tuple[str, ...]) -> None:
    """Serve actions to an agent over the Model Context Protocol (standard input and output).

    A write is shown first, and sent only when the agent names the company; the same intent never
    writes twice.
    """
    try:
        from connector.surfaces import agent_server  # noqa: PLC0415 - an extra, not always there
    except ImportError:
        raise SetupError(
            "Agents need the extra 'mcp', which is not installed.",
            advice="Install it: pip install 'sage-intacct-connector[mcp]'.",
        ) from None
    toolbox = Toolbox(open_installation(), connection, writes=allow_writes, only=only)
    agent_server.serve(toolbox)
