"""The people of this installation: accounts, roles, sessions in browsers, API keys."""

from connector.accounts.api_keys import ApiKey, ApiKeys
from connector.accounts.roles import Right, Role
from connector.accounts.second_factor import SecondFactors
from connector.accounts.sessions import Visit, WebSessions
from connector.accounts.store import Account, Accounts

__all__ = [
    "Account",
    "Accounts",
    "ApiKey",
    "ApiKeys",
    "Right",
    "Role",
    "SecondFactors",
    "Visit",
    "WebSessions",
]
