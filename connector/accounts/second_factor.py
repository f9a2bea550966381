"""The second factor: codes by time from an app (TOTP, RFC 6238), and codes for when it is lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import urllib.parse
from collections.abc import Collection, Mapping
from typing import Any, Protocol

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from connector.accounts.roles import Role
from connector.accounts.store import TooManyAttempts
from connector.accounts.throttle import Throttle
from connector.errors import InputError
from connector.store import audit, clock
from connector.store.database import Database
from connector.store.tables import account, factor_rule, recovery_code, second_factor, web_session

STEP_SECONDS = 30
DIGITS = 6
RECOVERY_CODES = 10
ISSUER = "Intacct connector"
_SECRET_BYTES = 20  # RFC 4226 recommends 160 bits
_RECOVERY_BYTES = 10
_AROUND = (0, -1, 1)  # a telephone's clock may be half a minute off


class Box(Protocol):
    """Seals secrets under the master key; ``SecretBox`` is one."""

    def seal(self, owner: str, values: Mapping[str, Any]) -> str:
        """Return the values encrypted for this owner."""

    def open(self, owner: str, text: str) -> dict[str, Any]:
        """Return what was sealed for this owner."""


class SecondFactors:
    """The second factors of all accounts; every change leaves an audit row.

    Args:
        database: Where they are kept.
        box: What seals them.
    """

    def __init__(self, database: Database, box: Box) -> None:
        self._database = database
        self._box = box
        self._throttle = Throttle(database)

    def begin(self, account_id: str) -> None:
        """Make a secret that counts once a code of it was given; one before that is forgotten.

        Raises:
            InputError: The account has a second factor already.
        """
        sealed = self._box.seal(_owner(account_id), {"secret": _new_secret()})

        def write(connection: sa.Connection) -> None:
            if _is_on(connection, account_id):
                raise InputError(
                    "Your account has a second factor already.",
                    advice="Remove it first if your app is to be another one.",
                )
            connection.execute(sa.delete(second_factor).where(_is(account_id)))
            now = clock.now_ms(connection)
            values = {"account_id": account_id, "sealed": sealed, "created_at": now}
            connection.execute(sa.insert(second_factor).values(**values))

        self._database.write(write)

    def pending(self, account_id: str) -> str:
        """Return the secret that waits for its first code; empty where none does."""
        row = self._database.read(lambda c: _row(c, account_id))
        return "" if row is None or row.confirmed_at is not None else self._secret(row)

    def confirm(self, account_id: str, code: str, *, actor: str) -> list[str]:
        """Let the second factor count from now on and return its recovery codes, only this once.

        Raises:
            InputError: Nothing waits for a code, or it is not the right one.
            TooManyAttempts: Nothing was looked at.
        """
        self._slow_down(account_id)

        def write(connection: sa.Connection) -> list[str]:
            row = _row(connection, account_id)
            if row is None or row.confirmed_at is not None:
                raise InputError("No second factor waits for its first code.", field="code")
            if not self._takes(connection, row, code):
                raise InputError(
                    "This is not the code that the app shows now.",
                    advice="Wait for the next one; if it fails too, set the telephone's clock.",
                    field="code",
                )
            confirmed = sa.update(second_factor).where(_is(account_id))
            connection.execute(confirmed.values(confirmed_at=clock.now_ms(connection)))
            _note(connection, actor, "second-factor.add", account_id)
            return _renew_codes(connection, account_id)

        codes = self._database.write(write)
        self._throttle.code_succeeded(account_id)
        return codes

    def is_on(self, account_id: str) -> bool:
        """Say whether an account has a second factor."""
        return self._database.read(lambda c: _is_on(c, account_id))

    def holders(self) -> frozenset[str]:
        """Return the ids of the accounts that have one."""
        query = sa.select(second_factor.c.account_id).where(second_factor.c.confirmed_at > 0)
        return self._database.read(lambda c: frozenset(c.execute(query).scalars()))

    def codes_left(self, account_id: str) -> int:
        """Return how many recovery codes have not been used."""
        unused = (recovery_code.c.account_id == account_id) & recovery_code.c.used_at.is_(None)
        query = sa.select(sa.func.count()).select_from(recovery_code).where(unused)
        return self._database.read(lambda c: int(c.execute(query).scalar_one()))

    def check(self, account_id: str, code: str, *, actor: str, address: str = "") -> None:
        """Return when this is a code of the app or a recovery code, neither used before.

        Raises:
            InputError: It is not.
            TooManyAttempts: Nothing was looked at.
        """
        self._slow_down(account_id)

        def write(connection: sa.Connection) -> bool:
            row = _row(connection, account_id)
            if row is None or row.confirmed_at is None:
                return False
            if self._takes(connection, row, code):
                return True
            is_right = _take_recovery(connection, account_id, code)
            action = "second-factor.recovery-code" if is_right else "second-factor.refused"
            _note(connection, actor, action, account_id, address)
            return is_right

        if not self._database.write(write):
            raise InputError(
                "This code is not right, or it was used before.",
                advice="Wait for the next one, or use a recovery code.",
                field="code",
            )
        self._throttle.code_succeeded(account_id)

    def renew_codes(self, account_id: str, *, actor: str) -> list[str]:
        """Return new recovery codes, only this once; those before open nothing any more.

        Raises:
            InputError: The account has no second factor.
        """

        def write(connection: sa.Connection) -> list[str]:
            if not _is_on(connection, account_id):
                raise InputError("Your account has no second factor yet.")
            _note(connection, actor, "second-factor.new-codes", account_id)
            return _renew_codes(connection, account_id)

        return self._database.write(write)

    def remove(self, account_id: str, *, actor: str) -> bool:
        """Take an account's second factor away and sign it out; say whether there was one."""

        def write(connection: sa.Connection) -> bool:
            gone = connection.execute(sa.delete(second_factor).where(_is(account_id))).rowcount
            connection.execute(_codes_of(account_id))
            if gone:
                out = sa.delete(web_session).where(web_session.c.account_id == account_id)
                connection.execute(out)
                _note(connection, actor, "second-factor.remove", account_id)
            return bool(gone)

        return self._database.write(write)

    def required(self) -> frozenset[Role]:
        """Return the roles that must have a second factor."""
        query = sa.select(factor_rule.c.role)
        return self._database.read(
            lambda c: frozenset(Role(role) for role in c.execute(query).scalars())
        )

    def require(self, roles: Collection[Role], *, actor: str) -> None:
        """Ask these roles, and no others, for a second factor; who has none sets it up next."""
        wanted = sorted(role.value for role in roles)

        def write(connection: sa.Connection) -> None:
            before = sorted(connection.execute(sa.select(factor_rule.c.role)).scalars())
            if before == wanted:
                return
            connection.execute(sa.delete(factor_rule))
            if wanted:
                connection.execute(sa.insert(factor_rule), [{"role": role} for role in wanted])
            old, new = {"roles": before}, {"roles": wanted}
            entry = audit.Entry(
                actor, "second-factor.require", "second-factor", before=old, after=new
            )
            audit.append(connection, entry)

        self._database.write(write)

    def _slow_down(self, account_id: str) -> None:
        waits = self._throttle.attempt_code(account_id)
        if waits:
            raise TooManyAttempts(-(-waits // 1000))

    def _secret(self, row: sa.Row[Any]) -> str:
        return str(self._box.open(_owner(row.account_id), row.sealed)["secret"])

    def _takes(self, connection: sa.Connection, row: sa.Row[Any], code: str) -> bool:
        """Say whether the app shows this code now, and see that it opens nothing once more."""
        step = step_of(self._secret(row), code, clock.now_ms(connection))
        if step is None:
            return False
        newer = _is(row.account_id) & (second_factor.c.last_step < step)
        used = sa.update(second_factor).where(newer).values(last_step=step)
        return connection.execute(used).rowcount == 1


def step_of(secret: str, code: str, now_ms: int) -> int | None:
    """Return the half minute that a code belongs to; None where it is none of those around now."""
    given = re.sub(r"\s", "", code)
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", given, re.ASCII):
        return None
    now = now_ms // 1000 // STEP_SECONDS
    steps = [now + off for off in _AROUND]
    # Every one is compared, so that time tells nothing about which it was.
    right = [step for step in steps if hmac.compare_digest(code_at(secret, step), given)]
    return right[0] if right else None


def code_at(secret: str, step: int) -> str:
    """Return the code of a half minute, counted since 1970."""
    # SHA-1 is what every app knows; its known weaknesses do not touch this use (RFC 6238).
    key = base64.b32decode(secret)
    totp = TOTP(key, DIGITS, SHA1(), STEP_SECONDS, enforce_key_length=False)  # noqa: S303 - above
    return totp.generate(step * STEP_SECONDS).decode()


def app_address(secret: str, login: str) -> str:
    """Return the address that sets up an app which is opened with it."""
    label = urllib.parse.quote(f"{ISSUER}:{login}")
    given = urllib.parse.urlencode({"secret": secret, "issuer": ISSUER})
    return f"otpauth://totp/{label}?{given}"


def _new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _new_code() -> str:
    text = base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _hash(account_id: str, code: str) -> str:
    bare = re.sub(r"[\s-]", "", code).lower()
    return hashlib.sha256(f"{account_id}\0{bare}".encode(errors="replace")).hexdigest()


def _renew_codes(connection: sa.Connection, account_id: str) -> list[str]:
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    connection.execute(_codes_of(account_id))
    rows = [{"id": _hash(account_id, code), "account_id": account_id} for code in codes]
    connection.execute(sa.insert(recovery_code), rows)
    return codes


def _take_recovery(connection: sa.Connection, account_id: str, code: str) -> bool:
    unused = (recovery_code.c.id == _hash(account_id, code)) & recovery_code.c.used_at.is_(None)
    used = sa.update(recovery_code).where(unused, recovery_code.c.account_id == account_id)
    return connection.execute(used.values(used_at=clock.now_ms(connection))).rowcount == 1


def _codes_of(account_id: str) -> sa.Delete:
    return sa.delete(recovery_code).where(recovery_code.c.account_id == account_id)


def _is(account_id: str) -> sa.ColumnElement[bool]:
    return second_factor.c.account_id == account_id


def _row(connection: sa.Connection, account_id: str) -> sa.Row[Any] | None:
    return connection.execute(sa.select(second_factor).where(_is(account_id))).one_or_none()


def _is_on(connection: sa.Connection, account_id: str) -> bool:
    row = _row(connection, account_id)
    return row is not None and row.confirmed_at is not None


def _owner(account_id: str) -> str:
    return f"second-factor/{account_id}"


def _note(
    connection: sa.Connection, actor: str, action: str, account_id: str, address: str = ""
) -> None:
    wanted = sa.select(account.c.login).where(account.c.id == account_id)
    after = {"login": connection.execute(wanted).scalar_one_or_none()}
    entry = audit.Entry(actor, action, f"account/{account_id}", after=after, ip=address or None)
    audit.append(connection, entry)
