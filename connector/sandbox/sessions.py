"""Signing in: senders, users, entities, and sessions that live as long as they are used."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from connector.sandbox.company import Company, Scope
from connector.sandbox.config import (
    AUTHORISED_SENDERS,
    COMPANY_ID,
    CONSOLE_ID,
    CONSOLE_PASSWORD,
    CONSOLE_USER_ID,
    SENDERS,
)
from connector.sandbox.refusal import SIGN_IN, Fault
from connector.sandbox.users import is_password
from connector.sandbox.wire.reply import Signed
from connector.sandbox.wire.tree import Element, text_of

INCORRECT = "Sign-in information is incorrect. Please check your request."
# The wording is ours: what a locked user is really told is not published.
LOCKED = "This user is locked out after too many failed sign-ins. Ask an administrator to help."
_CONSOLE_LOGIN = (CONSOLE_USER_ID, CONSOLE_PASSWORD)
_FAILED = "failed sign-in *"


class NotSignedIn(Exception):
    """Who calls is not known: what the authentication block says, and why."""

    def __init__(self, signed: Signed, fault: Fault, *, is_about_company: bool = False) -> None:
        super().__init__(fault.text)
        self.signed = signed
        self.fault = fault
        self.is_about_company = is_about_company


def is_sender(control: Element) -> bool:
    """Return whether the control block names a sender with its password, both case-sensitive."""
    known = SENDERS.get(text_of(control, "senderid"))
    return known is not None and known == text_of(control, "password")


def sign_in(company: Company, sender: str, block: Element, endpoint: str) -> Scope:
    """Return who calls and where; raises NotSignedIn. A session used is a session prolonged."""
    login = block.find("login")
    if login is None:
        scope = _by_session(company, sender, text_of(block, "sessionid"), endpoint)
    else:
        scope = _by_login(company, sender, login)
    if sender not in AUTHORISED_SENDERS:
        text = f"Sender {sender} is not authorized to make requests to company {COMPANY_ID}."
        correction = "Ask an administrator to add the sender to the Web Services authorizations."
        signed = Signed(scope.user, COMPANY_ID, is_accepted=False)
        description = "Invalid Web Services Authorization"
        raise NotSignedIn(signed, Fault(SIGN_IN, text, correction, description))
    return scope


def _by_session(company: Company, sender: str, session: str, endpoint: str) -> Scope:
    now = company.now()
    rows = company.store.execute(
        "UPDATE session SET expires = ? WHERE id = ? AND expires > ?"
        " RETURNING user, entity, endpoint",
        (_timeout(company, now).timestamp(), session, now.timestamp()),
    )
    is_strict = company.policies.is_on("strict_endpoint")
    if not rows or (is_strict and rows[0][2] != endpoint):
        masked = f"{session[:4]}{'*' * 8}" if session else ""
        fault = Fault(SIGN_IN, f"Invalid session {masked}".strip())
        raise NotSignedIn(Signed("", "", is_accepted=False), fault)
    return Scope(user=rows[0][0], entity=rows[0][1], sender=sender, session=session)


@dataclass(frozen=True)
class _Named:
    """What a login names; a console is a practice whose user slides into a client's company."""

    console: str
    company: str
    entity: str


def _named(login: Element) -> _Named:
    """Return the parts of a login, which may stand in one text as `console|client|entity`."""
    company, client = text_of(login, "companyid"), text_of(login, "clientid")
    entity = text_of(login, "locationid")
    if "|" in company and not client:
        console, client, inside = [*company.split("|", 2), "", ""][:3]
        return _Named(console, client, inside or entity)
    return _Named(company, client, entity) if client else _Named("", company, entity)


def _by_login(company: Company, sender: str, login: Element) -> Scope:
    user, named = text_of(login, "userid"), _named(login)
    signed = Signed(user, text_of(login, "companyid"), is_accepted=False)
    is_known = named.company == COMPANY_ID and named.console in ("", CONSOLE_ID)
    if not is_known:
        raise NotSignedIn(signed, Fault(SIGN_IN, INCORRECT), is_about_company=True)
    if is_locked(company, user):
        raise NotSignedIn(signed, Fault(SIGN_IN, LOCKED))
    password = text_of(login, "password")
    if named.console:
        is_right = (user, password) == _CONSOLE_LOGIN
    else:
        is_right = is_password(company, user, password)
    if not is_right:
        company.store.next_number(_failures(user))
    if not (is_right and is_entity(company, named.entity)):
        raise NotSignedIn(signed, Fault(SIGN_IN, INCORRECT))
    unlock(company, user)
    return Scope(user=user, entity=named.entity, sender=sender)


def is_locked(company: Company, user: str) -> bool:
    """Return whether too many wrong passwords came for a user; a policy says how many."""
    most = int(company.policies["auth_lockout"])
    return bool(most) and failed_sign_ins(company).get(user, 0) >= most


def failed_sign_ins(company: Company) -> dict[str, int]:
    """Return the wrong passwords in a row by user."""
    rows = company.store.execute("SELECT name, value FROM counter WHERE name GLOB ?", (_FAILED,))
    return {str(name).removeprefix(_FAILED[:-1]): int(value) for name, value in rows}


def unlock(company: Company, user: str | None = None) -> None:
    """Forget the wrong passwords of a user, or of all."""
    sign, name = ("GLOB", _FAILED) if user is None else ("=", _failures(user))
    company.store.execute(f"DELETE FROM counter WHERE name {sign} ?", (name,))  # noqa: S608 # own


def _failures(user: str) -> str:
    return f"{_FAILED[:-1]}{user}"


def is_entity(company: Company, identifier: str) -> bool:
    """Return whether that is an active entity, or empty for the top level."""
    found = company.store.by_id("LOCATIONENTITY", identifier) if identifier else []
    return not identifier or any(record.body.get("STATUS") == "active" for record in found)


def signed_block(company: Company, scope: Scope) -> Signed:
    """Return what a reply says about the caller, with the time the session ends if left alone."""
    now = company.now()
    timestamp, timeout = iso(now), iso(_timeout(company, now))
    return Signed(scope.user, COMPANY_ID, scope.entity, timestamp, timeout)


def open_session(company: Company, scope: Scope, entity: str) -> str:
    """Return the id of a new session of the caller at an entity."""
    session = secrets.token_urlsafe(36) + ".."
    expires = _timeout(company, company.now()).timestamp()
    company.store.execute(
        "INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)",
        (session, COMPANY_ID, scope.user, entity, company.config.endpoint, expires),
    )
    return session


def expire_all(company: Company, session: str | None = None) -> int:
    """End one session, or all of them; return how many there were."""
    condition, values = ("WHERE id = ?", [session]) if session else ("", [])
    sql = f"DELETE FROM session {condition} RETURNING id"  # noqa: S608 # text of this function
    return len(company.store.execute(sql, values))


def _timeout(company: Company, now: datetime) -> datetime:
    return now + timedelta(seconds=company.config.session_seconds)


def iso(moment: datetime) -> str:
    """Return a moment as replies write it: seconds and an offset."""
    return moment.replace(microsecond=0).isoformat()
