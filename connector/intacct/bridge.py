"""From the REST API to the XML API: a session opened with an OAuth token, for want of a user.

The address and what it gives: rest-api 2.9. The XML API still wants to know the sender.
"""

from __future__ import annotations

from connector.errors import OutcomeUnknown, SessionExpired
from connector.intacct.dialects.json_text import read_json
from connector.intacct.dialects.rest_message import Message
from connector.intacct.dialects.rest_tokens import AccessToken
from connector.intacct.dialects.xml import SessionToken
from connector.intacct.operation import Operation, Verb
from connector.intacct.ports import TokenStore
from connector.intacct.rest_wire import RestWire
from connector.intacct.wire import XmlWire

_ASK = Message("GET", "/services/core/session/id").frozen(is_write=False)
_SECONDS = 60.0


class Bridge:
    """Signs in to the XML API as the user of an OAuth token.

    Args:
        rest: The connection's REST API.
        tokens: Its tokens.
        xml: The XML API of the same company.
    """

    def __init__(self, rest: RestWire, tokens: TokenStore, xml: XmlWire) -> None:
        self._rest = rest
        self._tokens = tokens
        self._xml = xml

    def sign_in(self) -> SessionToken:
        """Return a new session.

        Raises:
            ConnectionProblem: The application, the permission or the sender is refused.
            OutcomeUnknown: No clear answer.
        """
        token = self._tokens.current() or self._tokens.renew(None, self._rest.sign_in)
        try:
            session_id = self._session_id(token)
        except SessionExpired:
            session_id = self._session_id(self._tokens.renew(token, self._rest.sign_in))
        return self._xml.adopt(session_id)

    def _session_id(self, token: AccessToken) -> str:
        asked = Operation(Verb.READ, seconds=_SECONDS).with_frozen(_ASK)
        document = read_json(self._rest.send(asked, token).reply)
        given = document.get("ia::result") if isinstance(document, dict) else None
        session_id = given.get("sessionId") if isinstance(given, dict) else None
        if not isinstance(session_id, str) or not session_id:
            raise OutcomeUnknown("Intacct reports a sign-in but names no session.")
        return session_id
