"""One REST request as data, and the reply to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connector.sandbox.company import Call, Company, Scope
from connector.sandbox.rest.errors import Json, error_body, invalid, no_payload
from connector.sandbox.rest.http import decoded
from connector.sandbox.rest.state import RestState
from connector.sandbox.sessions import is_entity

LARGEST_BODY = 1024 * 1024
KEY_HEADER = "idempotency-key"
_ATOMIC = ("x-ia-api-param-transaction", "x-ia-api-paramtransaction")
_ENTITY = ("x-ia-api-param-entity", "x-ia-api-paramentity")


@dataclass(frozen=True)
class Request:
    """A request whose caller is known. `path` starts behind the version, header names are lower."""

    company: Company
    scope: Scope
    method: str
    path: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    form: Mapping[str, str] = field(default_factory=dict)
    file: bytes | None = None
    state: RestState = field(default_factory=RestState)

    @property
    def is_atomic(self) -> bool:
        """Whether a batch is done whole or not at all."""
        return self.header(_ATOMIC).lower() == "true"

    def header(self, names: tuple[str, ...]) -> str:
        """Return the first of these headers, empty without one."""
        return next((self.headers[name] for name in names if name in self.headers), "").strip()

    def call(self) -> Call:
        """Return a call of the company for one record; the ledger names method, kind and object."""
        function = f"{self.method} {'/'.join(self.path.split('/')[:4])}"
        control_id = self.headers.get(KEY_HEADER, "")
        return Call(self.company, self.scope, function, control_id, self.company.now())

    def document(self) -> Any:
        """Return the JSON of the body, its decimals exact; raises RestError."""
        if not self.body.strip():
            raise no_payload()
        try:
            return decoded(self.body)
        except ValueError:
            raise invalid("The payload is not valid JSON") from None

    def at_entity(self) -> "Request":
        """Return the request at the entity that its header names; raises RestError."""
        entity = self.header(_ENTITY)
        if not entity:
            return self
        if not is_entity(self.company, entity) or self.scope.entity not in ("", entity):
            raise invalid(f"The entity {entity} is not valid for this user")
        return replace(self, scope=replace(self.scope, entity=entity))

    def fault_body(self, refused: Any) -> Json:
        """Return the body of a refusal."""
        form = self.company.policies["rest_error_envelope"]
        return error_body(refused, self.company.support_id(), form)


@dataclass(frozen=True)
class Reply:
    """What goes back; a body of None is none at all."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
