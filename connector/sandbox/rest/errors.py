"""What the REST API says when it refuses, and the envelopes around results and errors."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

# Ids that the references do not give are invented so that nobody can mistake them for Sage's.
REQUIRED_FIELD = "SANDBOX-REQUIRED-FIELD"
BAD_VALUE = "SANDBOX-BAD-VALUE"
READ_ONLY = "SANDBOX-READ-ONLY"
OPERATION = "SANDBOX-OPERATION"
NOT_OFFERED = "SANDBOX-NOT-OFFERED"

Json = dict[str, Any]


@dataclass(frozen=True)
class Detail:
    """One wrong part of a request; `target` points at it, in the form of a JSON pointer."""

    code: str
    message: str
    error_id: str = ""
    target: str = ""
    message_id: str = ""
    placeholders: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> Json:
        """Return the detail as the API writes it."""
        shown: Json = {"code": self.code, "message": self.message}
        if self.error_id:
            shown["errorId"] = self.error_id
        if self.target:
            shown["target"] = self.target
        shown["additionalInfo"] = _additional(self.message_id, self.placeholders)
        return shown


class RestError(Exception):
    """A request is refused. `form` is where the error stands: result, top (gateway) or token."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        error_id: str = "",
        message_id: str = "",
        placeholders: dict[str, str] | None = None,
        details: Iterable[Detail] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.error_id = error_id
        self.message_id = message_id
        self.placeholders = placeholders or {}
        self.details = list(details)
        self.form = "result"
        self.support_id = ""
        self.headers: dict[str, str] = {}

    def error(self, support_id: str) -> Json:
        """Return the error object itself; one that its details name goes before the given id."""
        support_id = self.support_id or support_id
        if self.form == "top":
            return {
                "code": self.code,
                "message": str(self),
                "details": {"requestId": support_id},
            }
        shown: Json = {"code": self.code, "message": str(self)}
        if self.error_id:
            shown["errorId"] = self.error_id
        shown["additionalInfo"] = _additional(self.message_id, self.placeholders)
        shown["supportId"] = support_id
        if self.details:
            shown["details"] = [detail.as_json() for detail in self.details]
        return shown


def _additional(message_id: str, placeholders: dict[str, str]) -> Json:
    return {"messageId": message_id, "placeholders": placeholders, "propertySet": {}}


def gateway_error(status: int, code: str, message: str) -> RestError:
    """Return the refusal of the front gateway, before the company is reached."""
    refused = RestError(status, code, message)
    refused.form = "top"
    return refused


def token_invalid(status: int) -> RestError:
    """Return the refusal of a token that no longer counts, which has a shape of its own."""
    refused = RestError(
        status,
        "tokenInvalid",
        "Token is not valid",
        error_id="REST-2102",
        message_id="IA.TOKEN_IS_INVALID",
    )
    refused.form = "token"
    return refused


def invalid(message: str, **more: Any) -> RestError:
    """Return the refusal of a request whose shape is wrong."""
    return RestError(400, "invalidRequest", message, **more)


def bad_payload(details: list[Detail]) -> RestError:
    """Return the refusal of a body with wrong fields, all of them listed."""
    return invalid(
        "The payload contains errors",
        error_id="REST-1064",
        message_id="IA.PAYLOAD_CONTAINS_ERRORS",
        details=details,
    )


def no_payload() -> RestError:
    """Return the refusal of a write without a body."""
    return invalid(
        "The request requires a payload",
        error_id="REST-1028",
        message_id="IA.REQUEST_REQUIRES_A_PAYLOAD",
    )


def not_found(text: str) -> RestError:
    """Return the refusal of a key or path that leads nowhere."""
    return RestError(404, "notFound", text, message_id="IA.NOT_FOUND")


def unprocessed() -> RestError:
    """Return what a part gets that was not run because another part failed."""
    return RestError(
        422, "unprocessed", "The operation was skipped because the atomic transaction failed"
    )


def counts(total: int, failed: int = 0) -> Json:
    """Return the meta of writes and single reads."""
    return {"totalCount": total, "totalSuccess": total - failed, "totalError": failed}


def enveloped(result: Any, meta: Json | None = None) -> Json:
    """Return a result in its envelope."""
    return {"ia::result": result, "ia::meta": meta or counts(1)}


def error_body(refused: RestError, support_id: str, form: str) -> Json:
    """Return the whole body of a refusal; `form` is where application errors stand."""
    error = refused.error(support_id)
    if refused.form == "token":
        return {"error": error}
    if refused.form == "top":
        return {"ia::error": error}
    if form == "top":
        return {"ia::error": error, "ia::meta": counts(1, 1)}
    return {"ia::result": {"ia::error": error}, "ia::meta": counts(1, 1)}
