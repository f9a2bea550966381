"""What can be wrong with a connection, layer by layer, in the order in which it shows."""

from __future__ import annotations

from dataclasses import dataclass

from connector.errors import (
    Busy,
    ConnectorError,
    NeedsReconnect,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
)

ADDRESS, RIGHTS, ENTITY, PERMISSION = "address", "rights", "entity", "permission"
SENDER, AUTHORISATION = "sender", "sender authorisation"
SENDER_OR_COMPANY, LIMITS = "sender or company", "limits"
USER_OF_COMPANY = "company, user and password"
APPLICATION, COMPANY, USER = "application", "company", "user"

# Each API's layers; what comes before the one that refuses has been passed.
ALL = {
    "xml": (ADDRESS, SENDER, USER_OF_COMPANY, AUTHORISATION, ENTITY, RIGHTS),
    "rest": (ADDRESS, APPLICATION, PERMISSION, COMPANY, USER, ENTITY, RIGHTS),
}
# Layers that stand in the place of another one where Intacct says no more.
_PLACES = {SENDER_OR_COMPANY: 1, LIMITS: 1}
TITLES = {"xml": "XML API", "rest": "REST API"}

# The value of the connection that an error is about, and the layer that it belongs to.
_OF_FIELD = {
    "xml": {
        "endpoint": ADDRESS,
        "senderId": SENDER,
        "senderPassword": SENDER,
        "companyId": SENDER_OR_COMPANY,
        "entityId": ENTITY,
    },
    "rest": {
        "restUrl": ADDRESS,
        "clientId": APPLICATION,
        "clientSecret": APPLICATION,
        "companyId": COMPANY,
        "oauthUserId": USER,
        "entityId": ENTITY,
    },
}
# Of two refusals that name the sender, the one that the company utters.
_UNAUTHORISED = "This company has not authorised"
_REMEDIES = {
    ADDRESS: "Check the address of the connection, and that this machine may reach it.",
    SENDER: "Check sender ID and sender password; they come with the Web Services license.",
    SENDER_OR_COMPANY: "Check sender ID, sender password and company ID, letter by letter.",
    LIMITS: "Wait a minute, then test again.",
    AUTHORISATION: "In Intacct, under Company > Setup > Company > Security, an administrator adds "
    "the sender ID to the Web Services authorizations.",
    USER_OF_COMPANY: "Check company ID, user ID and user password, in this order. Intacct gives "
    "one answer for all three. Do not try too often: wrong passwords lock the user.",
    APPLICATION: "Check client ID, client secret and company ID, and that the application's scope "
    "fits: production for real books, non-production for copies.",
    PERMISSION: "Connect it again: open the connection's page, or run 'intacct connections "
    "authorize'.",
    COMPANY: "Check the company ID, or allow the access signed in to the right company.",
    USER: "In Intacct, under Company > Setup > Company > Security, Authorized client applications, "
    "an administrator adds the client ID with this user. The company needs Web Services, too.",
    ENTITY: "Check the entity ID under Company > Setup > Entities, and that the user is assigned "
    "to that entity.",
    RIGHTS: "An administrator gives the user List and View on this object in Intacct, under roles.",
}


@dataclass(frozen=True)
class Examination:
    """What a test of one API found.

    Args:
        api: ``xml`` or ``rest``.
        passed: The layers that let the call through, in order.
        refused: The layer that did not; empty where all did.
        problem: What it said; None where all is well.
        remedy: What to do.
        milliseconds: How long it took.
    """

    api: str
    passed: tuple[str, ...]
    refused: str
    problem: ConnectorError | None
    remedy: str
    milliseconds: int

    @property
    def is_well(self) -> bool:
        """Whether every layer let the call through."""
        return self.problem is None

    @property
    def title(self) -> str:
        """The API as people call it."""
        return TITLES[self.api]


def all_well(api: str, milliseconds: int) -> Examination:
    """Return the finding of a test that went through."""
    return Examination(api, ALL[api], "", None, "", milliseconds)


def failed_at(api: str, layer: str, problem: ConnectorError, milliseconds: int) -> Examination:
    """Return the finding of a test that one layer ended."""
    place = _PLACES.get(layer)
    passed = ALL[api][: ALL[api].index(layer) if place is None else place]
    return Examination(api, passed, layer, problem, _REMEDIES[layer], milliseconds)


def layer_of(api: str, error: ConnectorError) -> str:
    """Return the layer that refused a sign-in, by what the error is about."""
    if isinstance(error, RateLimited | Busy):
        return LIMITS
    if isinstance(error, Unavailable | OutcomeUnknown):
        return ADDRESS
    if isinstance(error, NeedsReconnect):
        return PERMISSION
    if api == "xml" and error.title.startswith(_UNAUTHORISED):
        return AUTHORISATION
    usual = USER_OF_COMPANY if api == "xml" else PERMISSION
    return _OF_FIELD[api].get(error.field, usual)
