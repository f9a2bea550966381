"""``intacct run`` and ``intacct demo``: everything on this machine, until Ctrl-C or until done."""

from __future__ import annotations

import signal
import threading
from types import FrameType

import click

from connector.cli import demonstration, machine
from connector.settings import Settings

WATCH_SECONDS = 1.0


@click.command()
def run() -> None:
    """Start everything on this machine and stay until Ctrl-C."""
    ended = _until_told_to_end()
    here = machine.start(Settings.read())
    try:
        click.echo(f"Console  {here.console_address}")
        click.echo(f"Sandbox  {here.sandbox_address}")
        click.echo("Ctrl-C ends it.")
        while not ended.wait(WATCH_SECONDS):
            for name in here.supervisor.revive():
                click.echo(f"The {name} process ended and is started again.", err=True)
    finally:
        here.stop()


@click.command()
def demo() -> None:
    """Turn one HubSpot deal into one Intacct invoice, offline, and end."""
    here = machine.start(Settings.read())
    try:
        demonstration.show(here)
    finally:
        here.stop()


def _until_told_to_end() -> threading.Event:
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    return ended
