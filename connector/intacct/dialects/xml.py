"""The XML dialect: operations in, bytes out; replies in, results out; nothing else happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import schemas
from connector.errors import OutcomeUnknown
from connector.intacct.dialects import xml_reads
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.xml_envelope import Control, Login, SessionToken, write_request
from connector.intacct.dialects.xml_functions import legacy_payload
from connector.intacct.dialects.xml_generic import generic_payload
from connector.intacct.dialects.xml_parse import UnreadableXml, read_document
from connector.intacct.dialects.xml_raw import raw_function
from connector.intacct.dialects.xml_reply import PartlyCreated, as_list, read_reply
from connector.intacct.dialects.xml_text import element, leaf
from connector.intacct.operation import Frozen, Operation, Result, Verb

__all__ = ["Control", "Login", "PartlyCreated", "SessionToken", "XmlDialect"]

_SIGN_IN = Frozen("xml", "getAPISession", "<getAPISession/>", is_write=False)
_READS: dict[Verb, tuple[str, Callable[[Operation, ObjectSchema], str]]] = {
    Verb.READ: ("read", xml_reads.read),
    Verb.READ_BY_ID: ("readByName", xml_reads.read_by_name),
    Verb.QUERY: ("query", xml_reads.query),
    Verb.READ_BY_QUERY: ("readByQuery", xml_reads.read_by_query),
    Verb.READ_MORE: ("readMore", xml_reads.read_more),
    Verb.DELETE: ("delete", xml_reads.delete),
}


@cache
def _function_map(name: str) -> dict[str, Any]:
    return schemas.resolve(f"functions/{name}.json")


class XmlDialect:
    """Encodes and decodes; holds no state and no clock.

    Args:
        find_object: Gives an object's schema by our name or Intacct's.
        find_function: Gives a legacy function's map by its name.
    """

    def __init__(
        self,
        find_object: Callable[[str], ObjectSchema] = ObjectSchema.find,
        find_function: Callable[[str], Mapping[str, Any]] = _function_map,
    ) -> None:
        self._find_object = find_object
        self._find_function = find_function

    def freeze(self, operation: Operation) -> Frozen:
        """Return the operation as the function element that will travel; same in, same out.

        Raises:
            InputError: Something in it cannot be said; the input is named.
        """
        if operation.verb is Verb.RAW:
            return raw_function(operation.body)
        schema = self._find_object(operation.object_name)
        if schema.legacy_get and operation.verb in {Verb.READ_BY_ID, Verb.QUERY}:
            payload = xml_reads.legacy_get(operation, schema)
            return Frozen("xml", xml_reads.LEGACY_GET, payload, is_write=False)
        if operation.verb in _READS:
            function, write = _READS[operation.verb]
            payload = write(operation, schema)
            return Frozen("xml", function, payload, is_write=operation.verb.is_write)
        return self._freeze_write(operation, schema)

    def _freeze_write(self, operation: Operation, schema: ObjectSchema) -> Frozen:
        if operation.verb is Verb.INVOKE:
            return self._freeze_invocation(operation, schema)
        verb = operation.verb.value
        function = schema.legacy(verb)
        if not function:
            payload = generic_payload(verb, schema, operation.values, operation.keys)
            return Frozen("xml", verb, payload, is_write=True)
        document = self._find_function(function)
        payload = legacy_payload(document, schema, operation.values, operation.keys)
        return Frozen("xml", function, payload, is_write=True)

    def _freeze_invocation(self, operation: Operation, schema: ObjectSchema) -> Frozen:
        invocation = schema.invocations[operation.function]
        function = invocation["xml"]
        values = {**invocation.get("values", {}), **operation.values}
        payload = legacy_payload(self._find_function(function), schema, values, operation.keys)
        return Frozen("xml", function, payload, is_write=True)

    def request(
        self,
        frozen: Frozen,
        control_id: str,
        authentication: Login | SessionToken,
        control: Control,
    ) -> bytes:
        """Return the whole request around a frozen function (``xml_envelope.write_request``)."""
        return write_request(frozen, control_id, authentication, control)

    def sign_in_request(
        self, control_id: str, authentication: Login | SessionToken, control: Control
    ) -> bytes:
        """Return a request for a session; it holds nothing else, as Sage's documents ask.

        With a session that is there already, the new one is at that session's entity.
        """
        frozen = _SIGN_IN
        if isinstance(authentication, SessionToken) and authentication.entity_id:
            place = leaf("locationid", authentication.entity_id, "entityId")
            frozen = Frozen(
                "xml", _SIGN_IN.function, element(_SIGN_IN.function, place), is_write=False
            )
        return write_request(frozen, control_id, authentication, control)

    def read_reply(
        self,
        http_status: int,
        headers: Mapping[str, str],
        body: bytes,
        frozen: Frozen,
        control_id: str,
    ) -> Result:
        """Return what the function answered (``xml_reply.read_reply`` says what it raises)."""
        return read_reply(http_status, headers, body, frozen, control_id)

    def read_session(
        self, http_status: int, headers: Mapping[str, str], body: bytes, control_id: str
    ) -> SessionToken:
        """Return the session that a sign-in was given.

        Raises:
            OutcomeUnknown: Success without a session or its address.
            ConnectorError: As for any reply.
        """
        result = read_reply(http_status, headers, body, _SIGN_IN, control_id)
        row = result.rows[0] if result.rows else {}
        session_id, endpoint = row.get("SESSIONID", ""), row.get("ENDPOINT", "")
        if not session_id or not endpoint:
            raise OutcomeUnknown("Intacct reports a sign-in but names no session.")
        return SessionToken(
            session_id=session_id,
            endpoint=endpoint,
            entity_id=row.get("LOCATIONID", ""),
            expires_at_ms=self.session_expiry_ms(body),
        )

    def session_expiry_ms(self, body: bytes) -> int:
        """Return when the session of a reply ends, in ms since 1970 UTC; 0 where it is not said.

        Every reply carries a fresh time, since each call prolongs its session (xml-api 2.3).
        """
        try:
            response = read_document(body).get("response")
        except UnreadableXml:
            return 0
        operations = as_list(response.get("operation") if isinstance(response, dict) else None)
        for operation in operations:
            block = operation.get("authentication") if isinstance(operation, dict) else None
            if isinstance(block, dict) and block.get("sessiontimeout"):
                return _milliseconds(str(block["sessiontimeout"]))
        return 0


def _milliseconds(text: str) -> int:
    """Return ISO time with any offset, or none (then UTC), in milliseconds."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
