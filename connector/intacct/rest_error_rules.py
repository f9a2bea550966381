"""What a refusal of the REST API amounts to, by status, code and the errors inside it.

The three forms of errors: rest-api 2.5; statuses and gateway codes: the same section. Business
errors carry the numbers of the XML API in their details, so ``error_codes`` judges those.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connector.errors import (
    ConnectorError,
    DuplicateRecord,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Refused,
    SessionExpired,
)
from connector.intacct.error_codes import ErrorEntry, classify, clean

UNAUTHORIZED, FORBIDDEN, MISSING, CONFLICT, TOO_MANY = 401, 403, 404, 409, 429
SERVER_ERROR = 500
REPLAYED = "x-ia-idempotency-cached-date"

_NUMBER = re.compile(r"[A-Z][A-Z0-9]*[-_]?[A-Z]*[0-9]{2,10}")
_BAD_TOKEN = {"tokenInvalid", "GW-0031", "GW-0034"}
_IDEMPOTENCY = re.compile(r"idempoten", re.IGNORECASE)
_PERMISSION = "An administrator gives the connection's user this right in Intacct, under roles."
_FRESH = "A new token is fetched by itself; if this stays, test the connection."


def error_of(document: Any) -> Mapping[str, Any] | None:
    """Return the error object of a reply, wherever of the three places it stands."""
    if not isinstance(document, dict):
        return None
    result = document.get("ia::result")
    holders = [result if isinstance(result, dict) else {}, document]
    for holder in holders:
        for name in ("ia::error", "error"):
            found = holder.get(name)
            if isinstance(found, dict):
                return found
    return None


def classify_rest(
    error: Mapping[str, Any],
    http_status: int,
    headers: Mapping[str, str],
    *,
    retry_after: float | None = None,
) -> ConnectorError:
    """Return what an error object amounts to; the caller raises it.

    Args:
        error: The object below ``ia::error`` or ``error``.
        http_status: The status of the reply, or of the item within a batch.
        headers: Response headers, names in lower case.
        retry_after: Seconds the reply asked us to wait, if it said so.
    """
    entries = _entries(error)
    judged = classify(entries, "function", http_status, retry_after=retry_after)
    support_id = str(error.get("supportId") or "") or judged.support_id
    found = _by_status(judged, error, entries, http_status)
    found.support_id = support_id
    # REST points at the very place, words only at the kind of field.
    found.field = _target(error) or found.field
    found.is_replay = REPLAYED in headers
    # Intacct keeps its answer with the key and gives it again for 48 hours (rest-api 2.8); what
    # the gateway says has not come that far.
    found.is_kept = found.is_replay or not _is_gateway(error, http_status)
    return found


def _by_status(
    judged: ConnectorError,
    error: Mapping[str, Any],
    entries: tuple[ErrorEntry, ...],
    http_status: int,
) -> ConnectorError:
    if isinstance(judged, RateLimited):
        return judged
    if http_status == UNAUTHORIZED or str(error.get("code")) in _BAD_TOKEN:
        return SessionExpired("The token with Intacct is no longer valid.", advice=_FRESH)
    is_known_key = any(_IDEMPOTENCY.search(entry.evidence) for entry in entries)
    if http_status == CONFLICT and is_known_key:
        return OutcomeUnknown("Intacct has seen this request before.", code=judged.code)
    if http_status >= SERVER_ERROR:
        return OutcomeUnknown(
            f"The server failed while it worked (HTTP {http_status}).", code=judged.code
        )
    return _refusal(judged, error, http_status)


def _refusal(judged: ConnectorError, error: Mapping[str, Any], http_status: int) -> ConnectorError:
    if http_status == FORBIDDEN and not str(error.get("code")).startswith("GW-"):
        # Kept with the key: a later attempt, under other rights, needs a key of its own.
        return _as(Refused, judged, _PERMISSION)
    kind = {CONFLICT: DuplicateRecord, MISSING: NotFound}.get(http_status)
    # What the words say goes before what the status says.
    return _as(kind, judged) if kind and type(judged) is Refused else judged


def _as(kind: type[ConnectorError], judged: ConnectorError, advice: str = "") -> ConnectorError:
    same = judged.advice if judged.advice != judged.default_advice else ""
    return kind(judged.title, advice=advice or same, code=judged.code, field=judged.field)


def _entries(error: Mapping[str, Any]) -> tuple[ErrorEntry, ...]:
    """Return the details, then what stands around them."""
    return tuple(_entry(each) for each in [*_details(error), error])


def _details(error: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the complaints inside; the gateway gives an object here, which names none."""
    details = error.get("details")
    return [each for each in details if isinstance(each, dict)] if isinstance(details, list) else []


def _entry(part: Mapping[str, Any]) -> ErrorEntry:
    more = part.get("additionalInfo")
    code, error_id = str(part.get("code") or ""), str(part.get("errorId") or "")
    return ErrorEntry(
        number=code if _NUMBER.fullmatch(code) else error_id,
        description2=str(part.get("message") or ""),
        error_id=error_id,
        message_id=str(more.get("messageId") or "") if isinstance(more, dict) else "",
    )


def _target(error: Mapping[str, Any]) -> str:
    """Return where in the body the first complaint points, such as ``/lines/0/txnAmount``."""
    targets = (clean(str(each.get("target") or "")) for each in _details(error))
    return next((target for target in targets if target), "")


def _is_gateway(error: Mapping[str, Any], http_status: int) -> bool:
    code = str(error.get("code") or "")
    return code.startswith("GW-") or code in _BAD_TOKEN or http_status in {UNAUTHORIZED, TOO_MANY}
