"""Reads what the REST API answered: success only where it is said in so many words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.errors import ConnectorError, OutcomeUnknown
from connector.intacct.dialects.json_text import UnreadableJson, read_json
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.records import Row
from connector.intacct.dialects.rest_message import QUERY_PATH, Message
from connector.intacct.dialects.rest_names import KEY
from connector.intacct.dialects.rest_rows import native_row
from connector.intacct.error_codes import classify, is_rate_limit
from connector.intacct.limit_headers import retry_after
from connector.intacct.operation import Frozen, Result
from connector.intacct.rest_error_rules import (
    MISSING,
    REPLAYED,
    TOO_MANY,
    UNAUTHORIZED,
    classify_rest,
    error_of,
)

_QUEUED, _NO_CONTENT, _MULTI_STATUS = 202, 204, 207
_REDIRECT, _FAILURE = 300, 400
_READABLE = 4096
_MAX_STATUS = 600


@dataclass(frozen=True)
class Reply:
    """One reply, and the request it is for."""

    http_status: int
    headers: Mapping[str, str]
    body: bytes
    document: Any
    message: Message
    is_write: bool

    @property
    def result(self) -> Any:
        """What stands below ``ia::result``."""
        return self.document.get("ia::result") if isinstance(self.document, dict) else None

    @property
    def meta(self) -> dict[str, Any]:
        """Counts and places of the reply."""
        meta = self.document.get("ia::meta") if isinstance(self.document, dict) else None
        return meta if isinstance(meta, dict) else {}

    def raised(self, error: Mapping[str, Any], http_status: int) -> ConnectorError:
        """Return what an error of this reply amounts to, its field named as the user knows it."""
        found = classify_rest(
            error, http_status, self.headers, retry_after=retry_after(self.headers)
        )
        found.field = _field_name(found.field, self.message)
        return found


def parsed(http_status: int, headers: Mapping[str, str], body: bytes, frozen: Frozen) -> Reply:
    """Return a reply that is an answer at all.

    Raises:
        RateLimited: The limit is reached, in whatever form that is told.
        SessionExpired: The token counts no longer.
        OutcomeUnknown: It is no JSON, breaks off, or says that the work was put into a queue.
    """
    message = Message.of(frozen)
    try:
        document = read_json(body) if body.strip() else None
    except UnreadableJson as unread:
        raise _no_json(http_status, headers, body, str(unread)) from unread
    reply = Reply(http_status, headers, body, document, message, frozen.is_write)
    if http_status == _QUEUED:
        raise OutcomeUnknown(
            "Intacct put the request into a queue instead of answering it.",
            advice="Its outcome is looked up; nothing is sent again before it is known.",
        )
    is_told = error_of(document) is not None or isinstance(reply.result, list)
    if http_status >= _FAILURE and not is_told:
        raise _no_json(http_status, headers, body, "it names no error")
    return reply


def read_reply(
    http_status: int, headers: Mapping[str, str], body: bytes, frozen: Frozen, control_id: str
) -> Result:
    """Return what a request for one record, or for a list, was answered.

    Args:
        http_status: The status line's number.
        headers: Response headers, names in lower case.
        body: The decoded body.
        frozen: What was sent.
        control_id: The idempotency key it was sent under.

    Raises:
        OutcomeUnknown: No clear answer to this request: server errors, no JSON, a reply cut short,
            success of a write without its key.
        ConnectorError: Whatever the reply's own words amount to (``rest_error_rules``).
    """
    reply = parsed(http_status, headers, body, frozen)
    error = error_of(reply.document)
    if error is not None:
        if _is_absent(reply):
            return _result(reply, frozen, control_id, ())
        raise reply.raised(error, http_status)
    if http_status == _MULTI_STATUS or http_status >= _FAILURE:
        _raise_first(reply)
    if http_status >= _REDIRECT:  # an errand elsewhere, or items without a word of failure
        raise unclear(http_status, "it is no success")
    if reply.message.method == "DELETE":
        return _result(reply, frozen, control_id, ())
    if frozen.is_write:
        return _written(reply, frozen, control_id)
    return _read(reply, frozen, control_id)


def _is_absent(reply: Reply) -> bool:
    """A key that leads nowhere is an answer to a read, as it is over XML."""
    is_record = reply.message.path.startswith("/objects/")
    return reply.http_status == MISSING and not reply.is_write and is_record


def _raise_first(reply: Reply) -> None:
    """Raise the item that failed by itself, not those that were skipped because of it."""
    items = [item for item in _list(reply.result) if isinstance(item, dict)]
    failed = [(item, error) for item in items if (error := error_of(item)) is not None]
    own = [pair for pair in failed if pair[1].get("code") != "unprocessed"] or failed
    if own:
        raise reply.raised(own[0][1], item_status(own[0][0], reply.http_status))


def item_status(item: Mapping[str, Any], otherwise: int) -> int:
    """Return the status of one item of a batch."""
    status = item.get("ia::status")
    return status if isinstance(status, int) and 0 < status < _MAX_STATUS else otherwise


def _written(reply: Reply, frozen: Frozen, control_id: str) -> Result:
    written = reply.result
    if not isinstance(written, dict) or not written.get(KEY):
        raise unclear(reply.http_status, "it reports success without the record's number")
    return written_result(reply, frozen, control_id, written)


def written_result(
    reply: Reply, frozen: Frozen, control_id: str, written: Mapping[str, Any]
) -> Result:
    """Return the result of one record that was created or changed."""
    fields = ObjectSchema.of_rest(reply.message.object_path).fields
    return _result(reply, frozen, control_id, (native_row(fields, written),), key=str(written[KEY]))


def _read(reply: Reply, frozen: Frozen, control_id: str) -> Result:
    if not isinstance(reply.result, dict | list):
        raise unclear(reply.http_status, "it holds no result")
    fields = ObjectSchema.of_rest(reply.message.object_path).fields
    documents = [each for each in _list(reply.result) if isinstance(each, dict)]
    return _result(reply, frozen, control_id, tuple(native_row(fields, d) for d in documents))


def _result(
    reply: Reply, frozen: Frozen, control_id: str, rows: tuple[Row, ...], *, key: str = ""
) -> Result:
    is_page = reply.message.path == QUERY_PATH
    total = _number(reply.meta.get("totalCount")) if is_page else None
    start = _number(reply.meta.get("start")) or 1
    is_last = not reply.meta.get("next")
    remaining = None
    if is_page:
        behind = (total or 0) - (start - 1) - len(rows)
        remaining = 0 if is_last else max(behind, 1)
    return Result(
        function=frozen.function,
        control_id=control_id,
        key=key,
        rows=rows,
        count=len(rows),
        total=total,
        remaining=remaining,
        reply=reply.body,
        http_status=reply.http_status,
        list_type=ObjectSchema.of_rest(reply.message.object_path).wire,
        api=frozen.api,
    )


def _no_json(http_status: int, headers: Mapping[str, str], body: bytes, why: str) -> ConnectorError:
    """The limiter and the token's guard answer in any form; what else is no JSON tells nothing."""
    text = body[:_READABLE].decode("utf-8", "replace")
    if http_status == TOO_MANY or ('"ia::' not in text and is_rate_limit(text)):
        return classify((), "control", TOO_MANY, retry_after=retry_after(headers))
    if http_status == UNAUTHORIZED:
        return classify_rest({"code": "tokenInvalid"}, http_status, headers)
    found = unclear(http_status, why)
    found.is_replay = REPLAYED in headers
    return found


def unclear(http_status: int, why: str) -> OutcomeUnknown:
    """Return the error for a reply that does not tell what happened."""
    return OutcomeUnknown(
        f"Intacct's answer does not tell what happened: {why} (HTTP {http_status})."
    )


def _field_name(pointer: str, message: Message) -> str:
    """Return our name for where an error points: ``/lines/0/txnAmount`` is lineItems[0].amount."""
    parts = [part for part in pointer.split("/") if part]
    if not parts or not message.path.startswith("/objects/"):
        return pointer
    fields, place = ObjectSchema.of_rest(message.object_path).fields, ""
    if len(parts) > 1 and parts[1].isdecimal() and parts[0] in fields.by_rest:
        owner = fields.by_rest[parts[0]]
        place, fields = f"{owner.name}[{parts[1]}]", owner.items or fields
        parts = parts[2:]
    for length in range(len(parts) + 1, 0, -1):
        tail = [*parts, "id"][:length] if length > len(parts) else parts[:length]
        known = fields.by_rest.get(".".join(tail))
        if known is not None:
            return f"{place}.{known.name}" if place else known.name
    return f"{place}.{'.'.join(parts)}".strip(".") or pointer


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) else None
