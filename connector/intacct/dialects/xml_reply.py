"""Reads what the gateway answered: four levels, success only where it is said in so many words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import ConnectorError, OutcomeUnknown, RateLimited
from connector.intacct.dialects.object_schema import RECORD_NUMBER, ObjectSchema
from connector.intacct.dialects.records import Row, normal_row
from connector.intacct.dialects.xml_parse import UnreadableXml, read_document
from connector.intacct.error_codes import ErrorEntry, classify, is_rate_limit
from connector.intacct.operation import Frozen, Result

_SERVER_ERROR = 500
_CLIENT_ERROR = 400
_TOO_MANY = 429
_ROLLED_BACK = "XL03000009"


class PartlyCreated(OutcomeUnknown):
    """A function failed and still lists records that it created (xml-api 1.5).

    Args:
        rows: The created records under Intacct's names.
        cause: What the failure itself says.
    """

    def __init__(self, rows: tuple[Row, ...], cause: ConnectorError) -> None:
        super().__init__(
            f"Intacct created {len(rows)} record(s) and then declined the rest: {cause.title}",
            code=cause.code,
            support_id=cause.support_id,
        )
        self.rows = rows
        self.cause = cause


@dataclass(frozen=True)
class _Reply:
    http_status: int
    headers: Mapping[str, str]
    body: bytes
    response: dict[str, Any]

    def raised(self, holder: Any, level: str) -> ConnectorError:
        errors = _entries(holder)
        return classify(errors, level, self.http_status, retry_after=_retry_after(self.headers))


def read_reply(
    http_status: int, headers: Mapping[str, str], body: bytes, frozen: Frozen, control_id: str
) -> Result:
    """Return what the function of this control id answered.

    Args:
        http_status: The status line's number.
        headers: Response headers, names in lower case.
        body: The decoded body.
        frozen: What was sent.
        control_id: The function's control id.

    Raises:
        OutcomeUnknown: No clear answer to this very function: server errors, pages that are no
            XML, a reply cut short, a foreign control id, success of a create without its key.
        ConnectorError: Whatever the reply's own words amount to (``error_codes``).
    """
    reply = _parsed(http_status, headers, body)
    result = _own_result(reply, control_id)
    data = _dict(result.get("data"))
    rows = _rows(data)
    if result.get("status") == "success" and http_status < _CLIENT_ERROR:
        return _success(reply, result, data, rows, frozen)
    if result.get("status") not in {"failure", "aborted"}:
        raise _unclear(http_status, "it says neither success nor failure")
    error = reply.raised(result, "function")
    codes = {entry.number for entry in _entries(result)}
    if frozen.is_write and rows and _ROLLED_BACK not in codes:
        raise PartlyCreated(rows, error)
    raise error


def _parsed(http_status: int, headers: Mapping[str, str], body: bytes) -> _Reply:
    try:
        document = read_document(body)
    except UnreadableXml as error:
        raise _no_xml(http_status, headers, body, str(error)) from error
    if not isinstance(document.get("response"), dict):
        raise _no_xml(http_status, headers, body, "it is not XML of Intacct's")
    reply = _Reply(http_status, headers, body, document["response"])
    if http_status == _TOO_MANY:
        raise reply.raised(reply.response, "control")
    if http_status >= _SERVER_ERROR:
        raise _server_error(reply)
    return reply


def _no_xml(http_status: int, headers: Mapping[str, str], body: bytes, why: str) -> ConnectorError:
    """The limiter's notice comes in any form, even with status 200 (xml-api 5.3).

    A reply of the gateway that was cut short may quote such words from a record: not believed.
    """
    text = body[:4096].decode("utf-8", "replace")
    if http_status == _TOO_MANY or ("<response" not in text and is_rate_limit(text)):
        return classify((), "control", _TOO_MANY, retry_after=_retry_after(headers))
    return _unclear(http_status, why)


def _server_error(reply: _Reply) -> ConnectorError:
    """A refusal by the limiter is believed at any status; the rest may have run (xml-api 5.3)."""
    error = reply.raised(reply.response, "control")
    if isinstance(error, RateLimited):
        return error
    return _unclear(reply.http_status, "the server failed while it worked")


def _own_result(reply: _Reply, control_id: str) -> dict[str, Any]:
    control = _dict(reply.response.get("control"))
    _check_level(reply, control.get("status"), reply.response, "control")
    operations = [_dict(each) for each in as_list(reply.response.get("operation"))]
    if not operations:
        raise _unclear(reply.http_status, "it answers no operation")
    results: list[dict[str, Any]] = []
    for operation in operations:
        authentication = _dict(operation.get("authentication"))
        _check_level(reply, authentication.get("status"), operation, "authentication")
        results += [_dict(each) for each in as_list(operation.get("result"))]
        if not results and operation.get("errormessage"):
            raise reply.raised(operation, "function")
    own = [result for result in results if result.get("controlid") == control_id]
    if len(own) != 1:
        raise _unclear(reply.http_status, "it does not answer this call")
    return own[0]


def _check_level(reply: _Reply, status: object, holder: dict[str, Any], level: str) -> None:
    if status == "failure":
        raise reply.raised(holder, level)
    if status != "success":
        raise _unclear(reply.http_status, f"its {level} block is missing or incomplete")


def _success(
    reply: _Reply,
    result: dict[str, Any],
    data: dict[str, Any],
    rows: tuple[Row, ...],
    frozen: Frozen,
) -> Result:
    key = _text(result.get("key")) or (_own_key(rows) if frozen.is_write else "")
    if frozen.is_write and frozen.function.startswith("create") and not key:
        raise _unclear(reply.http_status, "it reports success without the new record's number")
    return Result(
        function=frozen.function,
        control_id=_text(result.get("controlid")),
        key=key,
        rows=rows,
        count=_number(data.get("@count"), len(rows)) or 0,
        total=_number(data.get("@totalcount")),
        remaining=_number(data.get("@numremaining")),
        cursor=_text(data.get("@resultId")),
        reply=reply.body,
        http_status=reply.http_status,
        list_type=_text(data.get("@listtype")) or _text(data.get("listtype")),
    )


def _own_key(rows: tuple[Row, ...]) -> str:
    """Return the first record's number; records of custom objects call it ``id``."""
    if not rows:
        return ""
    return _text(rows[0].get(RECORD_NUMBER)) or _text(rows[0].get("ID"))


def _rows(data: dict[str, Any]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for name, values in data.items():
        if not name.startswith(("@", "#")):
            schema = _schema_of(name)
            rows += [normal_row(value, schema) for value in as_list(values)]
    return tuple(rows)


def _schema_of(name: str) -> ObjectSchema:
    try:
        return ObjectSchema.find(name)
    except ConnectorError:  # such as a report's own element names
        return ObjectSchema("RECORD", {})


def _entries(holder: Any) -> tuple[ErrorEntry, ...]:
    messages = [_dict(each) for each in as_list(_dict(holder).get("errormessage"))]
    errors = [_dict(error) for each in messages for error in as_list(each.get("error"))]
    return tuple(_entry(error) for error in errors)


def _entry(error: dict[str, Any]) -> ErrorEntry:
    more = _dict(error.get("additionalinfo"))
    described, target = _dict(more.get("description")), _dict(more.get("target"))
    return ErrorEntry(
        number=_text(error.get("errorno")),
        description=_text(error.get("description")),
        description2=_text(error.get("description2")),
        correction=_text(error.get("correction")),
        error_id=_text(more.get("errorid")),
        message_id=_text(described.get("messageid") or described.get("@messageid")),
        object_name=_text(target.get("@object")),
        field=_text(target.get("@field")),
    )


def _unclear(http_status: int, why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"Intacct's answer does not tell what happened: {why} (HTTP {http_status})."
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "").strip()
    return float(text) if text.isdecimal() else None


def as_list(value: Any) -> list[Any]:
    """Return what stands once, several times or not at all as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Return the text of an element, with or without attributes."""
    if isinstance(value, dict):
        value = value.get("#text")
    return value if isinstance(value, str) else ""


def _number(value: Any, otherwise: int | None = None) -> int | None:
    return int(value) if isinstance(value, str) and value.isdecimal() else otherwise
