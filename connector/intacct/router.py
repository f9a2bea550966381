"""Chooses the API of each operation: one that can do it, the one asked for or liked first."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from connector.errors import InputError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.rest import RestDialect
from connector.intacct.dialects.rest_reads import wants_whole
from connector.intacct.dialects.xml import XmlDialect
from connector.intacct.operation import Frozen, Operation, Verb

XML, REST = "xml", "rest"
APIS = (XML, REST)
_NAMES = {XML: "the XML API", REST: "the REST API"}
_CREDENTIALS = {XML: "Web Services credentials", REST: "an OAuth application"}
_OF_OBJECTS = set(Verb) - {Verb.RAW}


def apis_of(object_name: str, verb: str) -> tuple[str, ...]:
    """Return the APIs that offer a verb on an object, as far as its schema tells."""
    schema = ObjectSchema.find(object_name)
    known = (XML, REST) if schema.rest else (XML,)
    return tuple(schema.apis.get(verb, known))


class Dialect(Protocol):
    """What makes the bytes of an operation for one API."""

    def freeze(self, operation: Operation) -> Frozen:
        """Return the operation as what will travel."""


@dataclass(frozen=True)
class Route:
    """Which API an operation takes.

    Args:
        api: ``xml`` or ``rest``.
        why: The reason, a sentence.
    """

    api: str
    why: str


class Router:
    """Knows which APIs a connection has, and which of them can do what.

    Args:
        apis: What the connection has credentials for, one or both.
        preferred: Which the connection prefers where both can.
        asked: What the step demands; empty to leave it to the connection.
    """

    def __init__(self, apis: Sequence[str] = APIS, preferred: str = XML, asked: str = "") -> None:
        self._apis = tuple(apis)
        self._preferred = preferred
        self._asked = asked
        self._rest = RestDialect()
        self._dialects: Mapping[str, Dialect] = {XML: XmlDialect(), REST: self._rest}

    def asking_for(self, api: str) -> Router:
        """Return the same connection's router for a step that demands one API."""
        return Router(self._apis, self._preferred, api)

    def freeze(self, operation: Operation) -> Frozen:
        """Return the operation in the bytes of the API it takes, with the reason.

        Raises:
            InputError: No API of this connection can do it, or something in it cannot be said.
        """
        route = self.route(operation)
        frozen = self._dialects[route.api].freeze(operation)
        return dataclasses.replace(frozen, why=route.why)

    def frozen_in(self, operation: Operation, api: str) -> Operation:
        """Return a write as it was frozen for another API, where it still can be.

        A preference that changed between two tries does not make another request of it.
        """
        if api not in self._apis or self._obstacle(api, operation):
            return operation
        return operation.with_frozen(self._dialects[api].freeze(operation))

    def needs_key(self, operation: Operation) -> bool:
        """Say whether the record number has to be looked up before this can be asked for.

        Addresses of the REST API take nothing else (rest-api 2.2).
        """
        if self.route(operation).api != REST:
            return False
        schema = ObjectSchema.find(operation.object_name)
        if operation.verb is Verb.READ_BY_ID:
            return wants_whole(operation.fields, schema)
        has_key = bool(operation.values.get(schema.key) or operation.keys)
        return operation.verb is Verb.UPDATE and not has_key

    def route(self, operation: Operation) -> Route:
        """Return the API for an operation.

        Raises:
            InputError: None that this connection has can do it, or not the one asked for.
        """
        if self._asked:
            return self._demanded(operation)
        obstacles = {api: self._obstacle(api, operation) for api in self._apis}
        likes = sorted(self._apis, key=lambda api: api != self._preferred)
        able = [api for api in likes if not obstacles[api]]
        if not able:
            raise self._impossible(" ".join(obstacles[api] for api in likes))
        if len(self._apis) == 1:
            return Route(able[0], f"This connection has {_CREDENTIALS[able[0]]} only.")
        if able[0] == self._preferred:
            return Route(able[0], f"The connection prefers {_NAMES[able[0]]}.")
        return Route(able[0], obstacles[likes[0]])

    def _demanded(self, operation: Operation) -> Route:
        if self._asked not in self._apis:
            raise InputError(
                f"This connection cannot sign in to {_NAMES.get(self._asked, self._asked)}.",
                advice="Leave the choice of the API to the connection, or add credentials to it.",
                field="api",
            )
        obstacle = self._obstacle(self._asked, operation)
        if obstacle:
            raise InputError(
                obstacle, advice="Leave the choice of the API to the connection.", field="api"
            )
        return Route(self._asked, f"The step asks for {_NAMES[self._asked]}.")

    def _impossible(self, why: str) -> InputError:
        has = " and ".join(_CREDENTIALS[api] for api in self._apis)
        missing = [_CREDENTIALS[api] for api in APIS if api not in self._apis]
        advice = f"Add {missing[0]} to the connection, or choose another one." if missing else ""
        return InputError(
            f"{why} This connection has {has} only.", advice=advice, field="connection"
        )

    def _obstacle(self, api: str, operation: Operation) -> str:
        """Return why an API cannot do an operation, as a sentence; empty where it can."""
        if operation.verb in _OF_OBJECTS:
            schema = ObjectSchema.find(operation.object_name)
            verb = operation.verb.value
            named = f"{verb}:{operation.function}" if operation.function else verb
            offered = schema.apis.get(named, APIS)
            if api not in offered:
                others = " and ".join(_NAMES[other] for other in offered)
                return f"Only {others} can {operation.function or _WORDS[operation.verb]} this."
        return self._rest.obstacle(operation) if api == REST else ""


_WORDS = dict.fromkeys(Verb, "read") | {
    Verb.CREATE: "create",
    Verb.UPDATE: "change",
    Verb.DELETE: "delete",
}
