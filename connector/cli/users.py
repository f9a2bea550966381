"""``intacct users``: who may use the console, for whoever can reach its machine."""

from __future__ import annotations

import click

from connector.accounts import Accounts
from connector.cli import first_start
from connector.errors import NotFound
from connector.settings import Settings
from connector.store.database import Database

ACTOR = "cli"


@click.group()
def users() -> None:
    """See who may use the console, and give somebody a new password."""


@users.command("list")
def list_users() -> None:
    """Show every account with its role."""
    database = _database()
    for found in Accounts(database).list():
        state = "" if found.is_active else "  (closed)"
        click.echo(f"{found.login:<24} {found.role.value:<10} {found.name}{state}")
    database.close()


@users.command()
@click.argument("login")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def reset(login: str, password: str) -> None:
    """Give an account a new password; it is signed out everywhere."""
    database = _database()
    accounts = Accounts(database)
    wanted = login.strip().lower()
    found = next((each for each in accounts.list() if each.login == wanted), None)
    if found is None:
        raise NotFound(
            f"There is no account named {wanted}.", advice="See them with: intacct users list"
        )
    accounts.set_password(found.id, password, actor=ACTOR)
    database.close()
    click.echo(f"{found.login} has a new password and is signed out everywhere.")


def _database() -> Database:
    return first_start.prepare(Settings.read())
