"""Grants: what a user allowed an application to do, kept as records that no API shows."""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from connector.sandbox.company import Company, Scope
from connector.sandbox.config import COMPANY_ID
from connector.sandbox.rest.errors import RestError, gateway_error, token_invalid
from connector.sandbox.rest.tokens import Undecodable, claims_of, signed
from connector.sandbox.sessions import is_entity
from connector.sandbox.store import Record

GRANT = "OAUTH_GRANT"
CODE = "OAUTH_CODE"
CODE_SECONDS = 300
REFRESH_SECONDS = 180 * 24 * 3600
ISSUER = "https://api.intacct.com"


class GrantRefused(Exception):
    """The token endpoint refuses, in the words of OAuth."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.status = status


@dataclass(frozen=True)
class Holder:
    """Whom a grant is for: an application, a user, and an entity or the top level."""

    client: str
    user: str
    entity: str = ""


def user_and_entity(username: str) -> tuple[str, str, str]:
    """Split `user@company|entity` into user, company and entity, empty where left out."""
    account, _, entity = username.partition("|")
    user, _, company = account.partition("@")
    return user.strip(), company.strip(), entity.strip()


def check_user(company: Company, user: str, company_id: str, entity: str) -> None:
    """Raise GrantRefused unless that is an active user of the company at an active entity."""
    found = company.store.by_id("USERINFO", user) if user else []
    is_known = any(record.body.get("STATUS") == "active" for record in found)
    if company_id != COMPANY_ID or not is_known or not is_entity(company, entity):
        raise GrantRefused("invalid_grant", "The provided credentials are invalid")


def open_code(company: Company, holder: Holder, address: str, challenge: str, scope: str) -> str:
    """Return a new authorization code that works once, for five minutes."""
    code = secrets.token_urlsafe(24)
    body = {
        "client": holder.client,
        "user": holder.user,
        "entity": holder.entity,
        "address": address,
        "challenge": challenge,
        "scope": scope,
        "expires": str(_now(company) + CODE_SECONDS),
    }
    _keep(company, CODE, code, body)
    return code


def spend_code(
    company: Company, client: str, code: str, address: str, verifier: str
) -> dict[str, object]:
    """Return the tokens for a code, spent by any try of its client; raises GrantRefused."""
    with company.store.transaction():
        found = company.store.by_id(CODE, _digest(code))
        if found and found[0].body["client"] == client:
            company.store.remove(found[0])
    body = found[0].body if found else {}
    is_proved = not body.get("challenge") or body["challenge"] == challenge_of(verifier)
    is_alive = bool(body) and int(body["expires"]) > _now(company)
    if not is_alive or body["client"] != client or body["address"] != address or not is_proved:
        raise GrantRefused("invalid_grant", "The authorization code is invalid or has expired")
    is_offline = "offline_access" in body.get("scope", "").split()
    holder = Holder(client, body["user"], body.get("entity", ""))
    return open_grant(company, holder, is_offline=is_offline, is_authorization=True)


def open_grant(
    company: Company, holder: Holder, *, is_offline: bool, is_authorization: bool
) -> dict[str, object]:
    """Return the tokens of a new grant.

    Which earlier grants of the same application and user it silently ends is a policy.
    """
    replaces = company.policies["rest_grant_replaces"]
    with company.store.transaction():
        if replaces == "any" or (replaces == "authorization" and is_authorization):
            _end(company, holder.client, holder.user)
        refresh = secrets.token_urlsafe(32) if is_offline else ""
        body = {
            "client": holder.client,
            "user": holder.user,
            "entity": holder.entity,
            "expires": str(_now(company) + REFRESH_SECONDS),
        }
        record = _keep(company, GRANT, refresh or secrets.token_urlsafe(32), body)
    return _answer(company, record, refresh)


def refresh_grant(
    company: Company, client: str, token: str, entity: str | None
) -> dict[str, object]:
    """Return new tokens for a refresh token, at another entity if one is named."""
    found = company.store.by_id(GRANT, _digest(token))
    if not found or found[0].body["client"] != client:
        raise GrantRefused("invalid_grant", "The refresh token is invalid or has expired")
    record = found[0]
    if int(record.body["expires"]) <= _now(company) or not is_entity(company, entity or ""):
        raise GrantRefused("invalid_grant", "The refresh token is invalid or has expired")
    body = dict(record.body)
    if entity is not None:
        body["entity"] = entity
    is_rotated = company.policies.is_on("rest_refresh_rotates")
    if is_rotated:
        token = secrets.token_urlsafe(32)
        body["expires"] = str(_now(company) + REFRESH_SECONDS)
    changed = Record(GRANT, record.recordno, _digest(token), "", None, body)
    company.store.put(changed)
    return _answer(company, changed, token)


def revoke(company: Company, client: str, token: str) -> None:
    """End the grants that a token belongs to: all of that user's with the application, as reported.

    A token that nobody knows is no error.
    """
    found = company.store.by_id(GRANT, _digest(token)) or _by_access_token(company, token)
    for record in found:
        if record.body["client"] == client:
            _end(company, client, record.body["user"])


def end_access(company: Company) -> int:
    """Make every access token of now invalid, not the refresh tokens; return how many grants."""
    grants = company.store.select(GRANT)
    for record in grants:
        company.store.put(
            Record(
                GRANT,
                record.recordno,
                record.id,
                "",
                None,
                {**record.body, "generation": str(_generation(record) + 1)},
            )
        )
    return len(grants)


def caller(company: Company, authorization: str) -> Scope:
    """Return who calls, by the Authorization header; raises RestError in the shape of the case."""
    if not authorization.startswith("Bearer "):
        raise gateway_error(401, "GW-0034", "Invalid Authorization Header")
    try:
        claims = claims_of(authorization.removeprefix("Bearer ").strip())
        grant, generation = str(claims["sessionId"]), int(claims["generation"])
        expires, entity = int(claims["exp"]), str(claims["entityId"])
    except (Undecodable, KeyError, ValueError, TypeError):
        raise gateway_error(401, "GW-0031", "Invalid Token") from None
    record = company.store.get(GRANT, grant)
    if record is None or generation != _generation(record) or expires <= _now(company):
        raise _invalid(company)
    return Scope(
        user=record.body["user"], entity=entity, sender=record.body["client"], session=grant
    )


def challenge_of(verifier: str) -> str:
    """Return the PKCE challenge of a verifier by S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _invalid(company: Company) -> RestError:
    return token_invalid(int(company.policies["rest_invalid_token_status"]))


def _by_access_token(company: Company, token: str) -> list[Record]:
    try:
        found = company.store.get(GRANT, str(claims_of(token).get("sessionId", "")))
    except Undecodable:
        return []
    return [found] if found else []


def _end(company: Company, client: str, user: str) -> None:
    for record in company.store.select(GRANT):
        if record.body["client"] == client and record.body["user"] == user:
            company.store.remove(record)


def _keep(company: Company, kind: str, secret: str, body: dict[str, str]) -> Record:
    """Store a grant or code under the digest of its secret, and forget those that ended."""
    with company.store.transaction():
        for old in company.store.select(kind):
            if int(old.body["expires"]) <= _now(company):
                company.store.remove(old)
        record = Record(kind, company.store.next_number(kind), _digest(secret), "", None, body)
        company.store.put(record)
    return record


def _answer(company: Company, record: Record, refresh: str) -> dict[str, object]:
    seconds = int(company.policies["rest_access_token_seconds"])
    body = record.body
    claims = {
        "iss": ISSUER,
        "aud": body["client"],
        "sub": body["user"],
        "iat": _now(company),
        "exp": _now(company) + seconds,
        "clientId": body["client"],
        "cnyId": COMPANY_ID,
        "cnyKey": "1",
        "userId": body["user"],
        "entityId": body.get("entity", ""),
        "sessionId": str(record.recordno),
        "generation": _generation(record),
    }
    tokens: dict[str, object] = {"token_type": "Bearer", "access_token": signed(claims)}
    if refresh:
        tokens["refresh_token"] = refresh
    tokens["expires_in"] = seconds
    return tokens


def _generation(record: Record) -> int:
    return int(record.body.get("generation", "0"))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _now(company: Company) -> int:
    return int(company.now().timestamp())
