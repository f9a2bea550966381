"""``intacct users``: who may use the console, for whoever can reach its machine."""

from __future__ import annotations

import click

from connector.accounts import Account, Accounts, SecondFactors
from connector.cli import first_start
from connector.connections.encrypt import SecretBox
from connector.errors import InputError, NotFound
from connector.settings import Settings
from connector.store.database import Database

ACTOR = "cli"


@click.group()
def users() -> None:
    """See who may use the console, give new passwords, take lost second factors away."""


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
    found = _named(database, login)
    Accounts(database).set_password(found.id, password, actor=ACTOR)
    database.close()
    click.echo(f"{found.login} has a new password and is signed out everywhere.")


@users.command("remove-factor")
@click.argument("login")
def remove_factor(login: str) -> None:
    """Take an account's second factor away, as when the telephone is lost; it is signed out."""
    settings = Settings.read()
    database = first_start.prepare(settings)
    found = _named(database, login)
    factors = SecondFactors(database, SecretBox(settings.master_keys()))
    had_one = factors.remove(found.id, actor=ACTOR)
    database.close()
    if not had_one:
        raise InputError(f"{found.login} has no second factor.")
    click.echo(f"{found.login} signs in with the password alone, and is signed out everywhere.")


def _named(database: Database, login: str) -> Account:
    wanted = login.strip().lower()
    found = next((each for each in Accounts(database).list() if each.login == wanted), None)
    if found is None:
        raise NotFound(
            f"There is no account named {wanted}.", advice="See them with: intacct users list"
        )
    return found


def _database() -> Database:
    return first_start.prepare(Settings.read())
