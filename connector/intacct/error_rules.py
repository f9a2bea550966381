"""The table of ``error_codes``: number, level, text and what they mean; the first rule wins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    DuplicateRecord,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SessionExpired,
    Unavailable,
)


@dataclass(frozen=True)
class Rule:
    """One line of the table.

    Args:
        code: A pattern for the whole error number; empty fits every number.
        level: ``control``, ``authentication`` or ``function``; empty fits each.
        text: A pattern to be found in any text of the error; empty fits all.
        kind: The error to raise.
        title: What happened; empty means that Intacct's own sentence tells it best.
        advice: What to do; empty means Intacct's own correction, else the type's default.
    """

    code: str
    level: str
    text: str
    kind: type[ConnectorError]
    title: str = ""
    advice: str = ""

    def fits(self, number: str, level: str, evidence: str) -> bool:
        """Say whether the rule speaks of an error with this number, place and text."""
        return (
            (not self.code or re.fullmatch(self.code, number) is not None)
            and self.level in {"", level}
            and (not self.text or re.search(self.text, evidence, re.IGNORECASE) is not None)
        )


_SIGN_IN = (
    "Intacct does not accept the user, the password or the company.",
    "Check company ID, user ID and password of the connection; three wrong tries may lock a user.",
)
_SENDER = (
    "Intacct does not accept the sender ID or the sender password.",
    "Check both on the connection; they come with the Web Services licence, not with a user.",
)
_NOT_FOUND = "Check the name or number; it may have been deleted, or belong to another entity."
_REFERENCE = "Check that it exists in Intacct, is active, and is spelled the same."
_DUPLICATE = "Use the record that is there, or choose another id or number."
_LATER = "Intacct asks to try later; nothing was carried out."
_NO_PERMISSION = r"do(es)? not have permission|don't have permission|not have sufficient permission"


RULES: tuple[Rule, ...] = (
    # Too many calls; the text has been seen under several numbers.
    Rule("GW-0010", "", "", RateLimited),
    Rule("", "", r"rate limit exceeded|too many requests", RateLimited),
    # Sessions. XL03000009 alone never means this: only words to that effect do.
    Rule(
        "",
        "",
        r"invalid session|session (has |is |was )?(expired|timed out|no longer valid|not valid)",
        SessionExpired,
        "The session with Intacct has ended.",
        "A new one is made by itself; if this stays, test the connection.",
    ),
    # Signing in: one number, several conditions, told apart by place and words.
    Rule("XL03000006", "control", r"partner id or password", ConnectionProblem, *_SENDER),
    Rule(
        "XL03000006",
        "",
        r"invalid web services authorization|not authorized.*sender|sender.*not authorized",
        ConnectionProblem,
        "This company has not authorised the sender ID.",
        "An administrator adds it in Intacct under Company, Setup, Company, Security, "
        "Web Services authorizations.",
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
    Rule("WS0001", "", "", ConnectionProblem, "", _SIGN_IN[1]),  # named by one guide only
    Rule(
        "PL04000055",
        "",
        "",
        ConnectionProblem,
        "The demonstration company has expired.",
        "Ask Sage for a new one, or connect another company.",
    ),
    Rule(
        "GW-0011",
        "",
        "",
        ConnectionProblem,
        "Intacct does not know the company or the sender, or one of them is not active.",
        "Check company ID and sender ID of the connection, letter by letter.",
    ),
    Rule(
        "GW-0014",
        "",
        "",
        ConnectionProblem,
        "The address belongs to Intacct's REST API, which takes no XML.",
        "Use the XML address on the connection; it ends in xmlgw.phtml.",
    ),
    Rule("GW-000[1-9]", "", "", OutcomeUnknown, "Intacct's gateway failed while it worked."),
    Rule("GW-00[0-9]{2}", "", "", ConnectionProblem, "", _SIGN_IN[1]),
    Rule(
        "",
        "function",
        _NO_PERMISSION,
        Refused,  # the function was looked at: a later attempt needs a control id of its own
        "",
        "An administrator gives the connection's user this right in Intacct, under roles.",
    ),
    Rule(
        "",
        "",
        _NO_PERMISSION,
        ConnectionProblem,
        "",
        "An administrator gives the connection's user this right in Intacct, under roles.",
    ),
    # The request as a whole.
    Rule(
        "XL03000003",
        "",
        "",
        Refused,
        "",
        "Nothing was carried out. Check names and order of additional fields, lines written as "
        "XML, and raw requests.",
    ),
    # Passing troubles.
    Rule("", "", r"temporarily off-?line", Unavailable, "", _LATER),
    Rule("", "", r"please try again later", Unavailable, "", _LATER),
    Rule("DL02000001", "", "", OutcomeUnknown, "Intacct failed while it worked on the request."),
    # It is already there. BL01001973 says so only where its words do.
    Rule("BL34000061|PL05000104|BL03002185", "", "", DuplicateRecord, "", _DUPLICATE),
    Rule(
        "",
        "",
        r"\balready exists\b|\bduplicate account number\b|IA\.DUPLICATE_",
        DuplicateRecord,
        "",
        _DUPLICATE,
    ),
    # It is not there.
    Rule("", "", r"cannot find \S+ with key", NotFound, "", _NOT_FOUND),
    Rule(
        "",
        "",
        r"object definition \S+ not found",
        NotFound,
        "",
        "Check the object's name; Intacct's names are upper case and without blanks.",
    ),
    Rule("invalid fields list .*|Invalid fields list .*", "", "", NotFound, "", "Check the names."),
    Rule("Query Failed", "", "", Refused, "", "Check names, quotes and values of the query."),
    # What a line or a header names.
    Rule("", "", r"invalid [\w ]+ '[^']*' specified", Refused, "", _REFERENCE),
    Rule("", "", r"'[^']*' (specified )?is not valid", Refused, "", _REFERENCE),
    Rule("BL01001074", "", "", Refused, "", _REFERENCE),  # named by one guide only
    Rule(
        "",
        "",
        r"the account number '[^']*' requires an? |is missing the [\w ]+ dimension",
        Refused,
        "",
        "Give every line the dimension that its account demands.",
    ),
    Rule(
        "BL03002128",
        "",
        "",
        Refused,
        "This company demands a number on every bill.",
        "Fill in the bill number.",
    ),
    Rule(
        "BL03002101",
        "",
        "",
        Refused,
        "Intacct could not use a line; most often its amount is missing.",
        "Give every line an amount and an account, then run the step again.",
    ),
    Rule("BL03000018", "", "", Refused, "", "Correct the form of the value, such as an address."),
    Rule(
        "PL01000127",
        "",
        "",
        Refused,
        "The document number is missing.",
        "Fill in the number of the document.",
    ),
    Rule("CRE-3211", "", "", Refused, "", "Resolve the compliance rule in Intacct first."),
)
