"""Who may sign in: the published user, or those of a company of one's own."""

import hmac

from connector.sandbox.company import Company
from connector.sandbox.config import USER_ID, USER_PASSWORD


def is_password(company: Company, user: str, password: str) -> bool:
    """Return whether that is the password of an active user of the company."""
    described = company.config.company.get("users")
    passwords = {USER_ID: USER_PASSWORD}
    if described:
        passwords = {one["id"]: one.get("password", USER_PASSWORD) for one in described}
    known = passwords.get(user)
    if known is None or not hmac.compare_digest(known.encode(), password.encode()):
        return False
    found = company.store.by_id("USERINFO", user)
    return any(record.body.get("STATUS") != "inactive" for record in found)


def first_user(company: Company) -> str:
    """Return the user that pages suggest and that the first records were made by."""
    described = company.config.company.get("users")
    return str(described[0]["id"]) if described else USER_ID
