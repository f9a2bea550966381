"""Accounts: made, changed, and known again by their password."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from connector.accounts import passwords
from connector.accounts.passwords import COST, Cost
from connector.accounts.roles import Role
from connector.accounts.throttle import Throttle
from connector.errors import ConnectorError, InputError, NotFound
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.tables import account, web_session

# The first account always has this id, so that two set-ups at once cannot both succeed.
FIRST = "first"
_LONGEST = 100


class NotSignedIn(ConnectorError):
    """The name and the password do not belong together."""

    default_advice = "Check both; an administrator can give you a new password."


class TooManyAttempts(ConnectorError):
    """Too many wrong passwords; the next one is not looked at yet.

    Args:
        seconds: How long to wait.
    """

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "Too many attempts to sign in.",
            advice=f"Wait {seconds} second{'s' if seconds > 1 else ''}, then try again.",
        )
        self.seconds = seconds


@dataclass(frozen=True)
class Account:
    """Somebody who may use the console."""

    id: str
    login: str
    name: str
    role: Role
    is_active: bool
    created_at: int


class Accounts:
    """All accounts; every change leaves an audit row.

    Args:
        database: Where they are kept.
        cost: What a guess at a new password costs.
    """

    def __init__(self, database: Database, *, cost: Cost = COST) -> None:
        self._database = database
        self._throttle = Throttle(database)
        self._cost = cost

    def is_set_up(self) -> bool:
        """Say whether there is an account at all."""
        query = sa.select(sa.func.count()).select_from(account)
        return bool(self._database.read(lambda c: c.execute(query).scalar_one()))

    def set_up(self, login: str, name: str, password: str) -> Account:
        """Make the first account, an administrator's; this works once.

        Raises:
            InputError: A value is not as it should be, or there is an account already.
        """
        return self._add(FIRST, login, name, password, Role.ADMIN, "system/first-start")

    def add(self, login: str, name: str, password: str, role: Role, *, actor: str) -> Account:
        """Make an account.

        Raises:
            InputError: A value is not as it should be, or the log-in name is taken.
        """
        return self._add(str(uuid.uuid4()), login, name, password, role, actor)

    def list(self) -> tuple[Account, ...]:
        """Return all accounts by log-in name."""
        query = sa.select(account).order_by(account.c.login)
        return self._database.read(lambda c: tuple(_account(row) for row in c.execute(query)))

    def by_id(self, account_id: str) -> Account:
        """Return one account.

        Raises:
            NotFound: It does not exist.
        """
        return self._database.read(lambda c: _found(c, account_id))

    def change(self, account_id: str, *, role: Role, is_active: bool, actor: str) -> Account:
        """Give an account another role, or let it in no more; it is signed out everywhere.

        Raises:
            NotFound: It does not exist.
            InputError: It is the last administrator's.
        """

        def write(connection: sa.Connection) -> Account:
            if connection.dialect.name == "postgresql":
                # Two changes at once must not each take the other for the last administrator.
                connection.execute(sa.select(account.c.id).with_for_update()).all()
            old = _found(connection, account_id)
            is_admin = role is Role.ADMIN and is_active
            if old.role is Role.ADMIN and old.is_active and not is_admin:
                _keep_an_admin(connection, account_id)
            changes = {"role": role.value, "is_active": int(is_active)}
            connection.execute(sa.update(account).where(_is(account_id)).values(changes))
            _sign_out(connection, account_id)
            new = _found(connection, account_id)
            _note(connection, actor, "account.change", new, before=_public(old))
            return new

        return self._database.write(write)

    def set_password(self, account_id: str, password: str, *, actor: str) -> None:
        """Give an account a new password; it is signed out everywhere.

        Raises:
            NotFound: It does not exist.
            InputError: The password is too easy to guess.
        """
        stored = passwords.make(password, self._cost)

        def write(connection: sa.Connection) -> None:
            found = _found(connection, account_id)
            connection.execute(sa.update(account).where(_is(account_id)).values(password=stored))
            _sign_out(connection, account_id)
            _note(connection, actor, "account.password", found)

        self._database.write(write)

    def sign_in(self, login: str, password: str, address: str) -> Account:
        """Return whose name and password these are.

        An unknown name costs as much time as a wrong password.

        Raises:
            NotSignedIn: Nobody's.
            TooManyAttempts: Nothing was looked at.
        """
        login = _login(login)
        waits = self._throttle.attempt(login, address)
        if waits:
            raise TooManyAttempts(-(-waits // 1000))
        query = sa.select(account).where(account.c.login == login)
        found = self._database.read(lambda c: c.execute(query).one_or_none())
        stored = found.password if found else _nobodys(self._cost)
        is_right = passwords.is_right(password, stored)
        if found is None or not is_right or not found.is_active:
            raise NotSignedIn("The name or the password is not right.")
        self._throttle.succeeded(login, address)
        return _account(found)

    def _add(
        self, account_id: str, login: str, name: str, password: str, role: Role, actor: str
    ) -> Account:
        values: dict[str, Any] = {
            "id": account_id,
            "login": _checked(_login(login), "login", "A log-in name"),
            "name": _checked(name.strip(), "name", "A name"),
            "role": role.value,
            "password": passwords.make(password, self._cost),
        }

        def write(connection: sa.Connection) -> Account:
            created_at = clock.now_ms(connection)
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(account).values(**values, created_at=created_at))
            except IntegrityError:
                raise InputError(
                    "There is already an account with this log-in name, or the first one is made.",
                    advice="Choose another name, or sign in.",
                    field="login",
                ) from None
            made = _found(connection, account_id)
            _note(connection, actor, "account.add", made)
            return made

        return self._database.write(write)


_NOBODYS: dict[Cost, str] = {}


def _nobodys(cost: Cost) -> str:
    """Return a hash that no password fits, made once: unknown names must take as long."""
    if cost not in _NOBODYS:
        _NOBODYS[cost] = passwords.make(uuid.uuid4().hex, cost)
    return _NOBODYS[cost]


def _login(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()[: _LONGEST + 1]


def _checked(text: str, field: str, what: str) -> str:
    if not 1 <= len(text) <= _LONGEST or not text.isprintable():
        raise InputError(f"{what} is one line of 1 to {_LONGEST} characters.", field=field)
    return text


def _is(account_id: str) -> sa.ColumnElement[bool]:
    return account.c.id == account_id


def _found(connection: sa.Connection, account_id: str) -> Account:
    row = connection.execute(sa.select(account).where(_is(account_id))).one_or_none()
    if row is None:
        raise NotFound("This account does not exist.")
    return _account(row)


def _account(row: sa.Row[Any]) -> Account:
    return Account(row.id, row.login, row.name, Role(row.role), bool(row.is_active), row.created_at)


def _keep_an_admin(connection: sa.Connection, but: str) -> None:
    others = sa.select(sa.func.count()).where(
        account.c.role == Role.ADMIN.value, account.c.is_active == 1, account.c.id != but
    )
    if not connection.execute(others).scalar_one():
        raise InputError(
            "This is the last administrator, so the account stays as it is.",
            advice="Make somebody else an administrator first.",
            field="role",
        )


def _sign_out(connection: sa.Connection, account_id: str) -> None:
    connection.execute(sa.delete(web_session).where(web_session.c.account_id == account_id))


def _public(found: Account) -> dict[str, Any]:
    return {"login": found.login, "role": found.role.value, "isActive": found.is_active}


def _note(
    connection: sa.Connection, actor: str, action: str, found: Account, *, before: Any = None
) -> None:
    entry = audit.Entry(actor, action, f"account/{found.id}", before=before, after=_public(found))
    audit.append(connection, entry)
