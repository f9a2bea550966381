"""The table of ``error_codes``: number, level, text and what they mean; the first rule wins.

Where a number comes from: xml-api 2.3, 5.2 and 5.3; acceptance 5.6 for the two whose usual
explanation is wrong. What Intacct says of records stands in ``record_error_rules``.
"""

from __future__ import annotations

from connector.errors import (
    ConnectionProblem,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SessionExpired,
    Unavailable,
)
from connector.intacct.error_pattern import Rule
from connector.intacct.record_error_rules import RECORD_RULES

__all__ = ["RULES", "TOO_MANY", "Rule"]

TOO_MANY = (
    "Intacct takes no more calls from this company right now.",
    "Nothing was carried out; the call is repeated by itself after a pause.",
)

_SIGN_IN = (
    "Intacct does not accept the user, the password or the company.",
    "Check company ID, user ID and password of the connection; three wrong tries may lock a user.",
)
_SENDER = (
    "Intacct does not accept the sender ID or the sender password.",
    "Check both on the connection; they come with the Web Services licence, not with a user.",
)
_LATER = "Intacct asks to try later; nothing was carried out."
_NO_PERMISSION = r"do(es)? not have permission|don't have permission|not have sufficient permission"
_RIGHT = (
    "The user of this connection may not do this in Intacct: {said}",
    "An administrator gives the connection's user this right in Intacct, under roles.",
)
_NO_SESSION = (
    r"invalid session|session (has |is |was )?(expired|timed out|no longer valid|not valid)"
)
_UNAUTHORISED = r"invalid web services authorization|not authorized.*sender|sender.*not authorized"


RULES: tuple[Rule, ...] = (
    # Too many calls; the text has been seen under several numbers.
    Rule("GW-0010", "", "", RateLimited, *TOO_MANY),
    Rule("", "", r"rate limit exceeded|too many requests", RateLimited, *TOO_MANY),
    # Sessions. XL03000009 alone never means this: only words to that effect do.
    Rule(
        "",
        "",
        _NO_SESSION,
        SessionExpired,
        "The session with Intacct has ended.",
        "A new one is made by itself; if this stays, test the connection.",
    ),
    # Signing in: one number, several conditions, told apart by place and words.
    Rule(
        "XL03000006", "control", r"partner id or password", ConnectionProblem, *_SENDER, "senderId"
    ),
    Rule(
        "XL03000006",
        "",
        _UNAUTHORISED,
        ConnectionProblem,
        "This company has not authorised the sender ID.",
        "An administrator adds it in Intacct under Company, Setup, Company, Security, "
        "Web Services authorizations.",
        "senderId",
    ),
    Rule(
        "",
        "",
        r"user is locked|locked out",
        ConnectionProblem,
        "The user of this connection is locked in Intacct.",
        "An administrator unlocks it there; correct the password of the connection first.",
        "userId",
    ),
    Rule("", "", r"sign-in information is incorrect", ConnectionProblem, *_SIGN_IN),
    Rule(
        "XL03000006",
        "",
        r"transport policy",
        Refused,
        "Intacct does not know the transport policy that the request names.",
        "Remove the policy; answers are awaited in the same call.",
    ),
    Rule("XL03000006", "control", "", ConnectionProblem, "", _SENDER[1]),
    Rule("XL03000006", "", "", ConnectionProblem, "", _SIGN_IN[1]),
    Rule("XMLGW_JPP0002|UJPP0002", "", "", ConnectionProblem, *_SIGN_IN),
    # Named by one guide only, and never seen.
    Rule(
        "WS0001",
        "",
        "",
        ConnectionProblem,
        "Intacct does not accept the credentials: {said}",
        _SIGN_IN[1],
    ),
    Rule(
        "Get API Session Failed",
        "",
        "",
        ConnectionProblem,
        "Intacct gives this connection no session: {said}",
        "Check the entity ID of the connection, and that its user may work in that entity.",
        "entityId",
    ),
    Rule(
        "PL04000055",
        "",
        "",
        ConnectionProblem,
        "The demonstration company has expired.",
        "Ask Sage for a new one, or connect another company.",
        "companyId",
    ),
    Rule(
        "GW-0011",
        "",
        "",
        ConnectionProblem,
        "Intacct does not know the company or the sender, or one of them is not active.",
        "Check company ID and sender ID of the connection, letter by letter.",
        "companyId",
    ),
    Rule(
        "GW-0014",
        "",
        "",
        ConnectionProblem,
        "The address belongs to Intacct's REST API, which takes no XML.",
        "Use the XML address on the connection; it ends in xmlgw.phtml.",
        "endpoint",
    ),
    Rule("GW-000[1-9]", "", "", OutcomeUnknown, "Intacct's gateway failed while it worked."),
    Rule(
        "GW-00[0-9]{2}",
        "",
        "",
        ConnectionProblem,
        "Intacct's gateway does not let this connection in: {said}",
        _SIGN_IN[1],
    ),
    # Nobody knows what a repeated control id gets. Whatever speaks of one says that something was
    # sent under it before, so a record may stand there (xml-api 1.4).
    Rule(
        "",
        "function",
        r"control ?id",
        OutcomeUnknown,
        "Intacct has had a request under this control id before: {said}",
        "Its outcome is looked up by itself.",
    ),
    # A function that was looked at needs another control id when it is tried again.
    Rule("", "function", _NO_PERMISSION, Refused, *_RIGHT),
    Rule("", "", _NO_PERMISSION, ConnectionProblem, *_RIGHT),
    # The request as a whole.
    Rule(
        "XL03000003",
        "",
        "",
        Refused,
        "Intacct could not read the request: {said}",
        "Nothing was carried out. Check names and order of additional fields, lines written as "
        "XML, and raw requests.",
    ),
    # Passing troubles.
    Rule("", "", r"temporarily off-?line", Unavailable, "", _LATER),
    Rule("", "", r"please try again later", Unavailable, "", _LATER),
    Rule("DL02000001", "", "", OutcomeUnknown, "Intacct failed while it worked on the request."),
    *RECORD_RULES,
)
