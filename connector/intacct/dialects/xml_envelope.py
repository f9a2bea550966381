"""The envelope around a function: control block, authentication, operation (xml-api 1.2)."""

from __future__ import annotations

from dataclasses import dataclass, field

from connector.intacct.dialects.xml_text import element, leaf
from connector.intacct.operation import Frozen

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MAX_CONTROL_ID = 256


@dataclass(frozen=True)
class Login:
    """A user of a company; ``entity_id`` and ``client_id`` narrow it down (xml-api 2.1)."""

    company_id: str
    user_id: str
    password: str = field(repr=False)
    entity_id: str = ""
    client_id: str = ""


@dataclass(frozen=True)
class SessionToken:
    """A session, good at one address only.

    Args:
        session_id: The secret.
        endpoint: Where every further call goes.
        entity_id: The entity it is at; empty at the top level.
        expires_at_ms: Milliseconds since 1970 UTC, or 0 where Intacct did not say.
    """

    session_id: str = field(repr=False)
    endpoint: str
    entity_id: str
    expires_at_ms: int


@dataclass(frozen=True)
class Control:
    """Who sends, and how.

    Args:
        sender_id: The Web Services sender.
        sender_password: Its password.
        request_id: Correlates logs; Intacct does not check it.
        is_unique: Whether a function whose control id has completed already is refused.
    """

    sender_id: str
    sender_password: str = field(repr=False)
    request_id: str
    is_unique: bool


def write_request(
    frozen: Frozen, control_id: str, authentication: Login | SessionToken, control: Control
) -> bytes:
    """Return a whole request with one function.

    Writes are their own transaction, so that what fails leaves nothing behind.

    Raises:
        InputError: A credential holds a character that cannot travel.
        ValueError: The control id is empty or longer than Intacct keeps.
    """
    if not 1 <= len(control_id) <= _MAX_CONTROL_ID:
        raise ValueError("A control id has 1 to 256 characters.")
    function = element("function", frozen.payload, [("controlid", control_id)])
    operation = element(
        "operation",
        element("authentication", _authentication(authentication)) + element("content", function),
        [("transaction", _word(is_true=frozen.is_write))],
    )
    return (_DECLARATION + element("request", _control(control) + operation)).encode()


def _control(control: Control) -> str:
    return element(
        "control",
        leaf("senderid", control.sender_id, "senderId")
        + leaf("password", control.sender_password, "senderPassword")
        + leaf("controlid", control.request_id)
        + leaf("uniqueid", _word(is_true=control.is_unique))
        + leaf("dtdversion", "3.0")
        + leaf("includewhitespace", "false")
        + leaf("showadditionalerrorinfo", "true"),
    )


def _authentication(authentication: Login | SessionToken) -> str:
    if isinstance(authentication, SessionToken):
        return leaf("sessionid", authentication.session_id)
    return element(
        "login",
        leaf("userid", authentication.user_id, "userId")
        + leaf("companyid", authentication.company_id, "companyId")
        + leaf("password", authentication.password, "userPassword")
        + _optional("clientid", authentication.client_id, "clientId")
        + _optional("locationid", authentication.entity_id, "entityId"),
    )


def _optional(name: str, text: str, field_name: str) -> str:
    return leaf(name, text, field_name) if text else ""


def _word(*, is_true: bool) -> str:
    return "true" if is_true else "false"
