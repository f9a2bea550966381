"""Idempotency keys: the first reply is kept with its request and given again."""

import hashlib
import json
from collections.abc import Callable

from connector.sandbox.rest.errors import RestError, invalid
from connector.sandbox.rest.exchange import KEY_HEADER, Reply, Request
from connector.sandbox.rest.http import encoded
from connector.sandbox.store import Record
from connector.sandbox.values import stamp

KEPT = "REST_REPLY"
LONGEST_KEY = 256
REPLAY_SECONDS = 48 * 3600
REMEMBERED_SECONDS = 60 * 24 * 3600
CACHED_HEADER = "x-ia-idempotency-cached-date"


def once(request: Request, work: Callable[[], Reply]) -> Reply:
    """Do the work unless its key was used: then give the same reply again, failures included.

    Raises RestError for a key that is too long, in use at this moment, known with another request,
    or older than 48 hours and younger than 60 days.
    """
    key = request.headers.get(KEY_HEADER, "")
    is_write = request.path.startswith(("/objects/", "/workflows/"))
    if not key or request.method not in ("POST", "PATCH") or not is_write:
        return work()
    if len(key) > LONGEST_KEY:
        raise invalid(f"The Idempotency-Key has more than {LONGEST_KEY} characters")
    owned = _digest(request.scope.sender, request.scope.user, key)
    if not request.state.begin(owned):
        raise _conflict("A request with the same Idempotency-Key is in progress")
    try:
        return _replayed(request, owned) or _first(request, key, owned, work)
    finally:
        request.state.end(owned)


def _replayed(request: Request, owned: str) -> Reply | None:
    found = request.company.store.by_id(KEPT, owned)
    if not found:
        return None
    kept = found[-1].body
    age = request.company.now().timestamp() - float(kept["at"])
    if age >= REMEMBERED_SECONDS:
        request.company.store.remove(found[-1])
        return None
    if kept["request"] != _fingerprint(request):
        raise _conflict("The Idempotency-Key was used with another request")
    if age >= REPLAY_SECONDS:
        raise _conflict("The Idempotency-Key was used, and its reply is no longer kept")
    headers = {**json.loads(kept["headers"]), CACHED_HEADER: kept["date"]}
    body = json.loads(kept["body"]) if kept.get("body") else None
    return Reply(int(kept["status"]), body, headers)


def _first(request: Request, key: str, owned: str, work: Callable[[], Reply]) -> Reply:
    """Do the work and keep its reply in the same transaction."""
    store, now = request.company.store, request.company.now()
    with store.transaction():
        made = work()
        headers = {**made.headers, "Idempotency-Key": key}
        body = {
            "request": _fingerprint(request),
            "status": str(made.status),
            "headers": json.dumps(headers),
            "body": "" if made.body is None else encoded(made.body).decode(),
            "at": str(now.timestamp()),
            "date": stamp(now),
        }
        store.put(Record(KEPT, store.next_number(KEPT), owned, "", None, body))
    return Reply(made.status, made.body, headers)


def _fingerprint(request: Request) -> str:
    entity = request.scope.entity
    return _digest(request.method, request.path, entity, request.body.decode("latin-1"))


def _digest(*parts: str) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _conflict(message: str) -> RestError:
    return RestError(409, "conflict", message)
