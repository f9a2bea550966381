"""Work that goes on behind a reply: bulk files, and requests that prefer no waiting."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import replace
from email.utils import format_datetime
from typing import Any

import httpx

from connector.sandbox.rest.catalogue import rest_object
from connector.sandbox.rest.clients import CLIENTS
from connector.sandbox.rest.errors import Json, enveloped, invalid, not_found
from connector.sandbox.rest.exchange import KEY_HEADER, Reply, Request
from connector.sandbox.rest.http import API, decoded, encoded
from connector.sandbox.rest.webhooks import Target, target_of
from connector.sandbox.store import Record
from connector.sandbox.values import stamp

BULK = "REST_BULK_JOB"
ASYNC = "REST_ASYNC_JOB"
METHODS = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
RETRY_AFTER = "120"
_FAILED = 400
_ASKED = frozenset({"objectName", "operation", "jobFile", "fileContentType", "callbackURL"})
Handle = Callable[[Request], Reply]


def create_bulk(request: Request, handle: Handle) -> Reply:
    """Take a file of records and start working through it; raises RestError."""
    asked = _asked(request)
    items = _items(request.file)
    rest_object(asked["objectName"])
    body = {"percent": "0", "status": "queued", "client": request.scope.sender}
    job = _open(request, BULK, body)
    now = stamp(request.company.now())

    def work() -> None:
        _work(request, handle, job, asked, items)

    _start(work)
    told = {"jobId": job, "statusURL": _status_address(job), "createdDateTime": now}
    return Reply(200, enveloped(told))


def bulk_status(request: Request) -> Reply:
    """Return how far a job is, or with download=true what became of each record, in order."""
    job = request.parameters.get("jobId", "")
    body = _job(request, BULK, job).body
    is_done = body["status"] == "completed"
    if request.parameters.get("download") == "true":
        if not is_done:
            raise invalid("The results of the job are not ready")
        return Reply(200, json.loads(body["results"]))
    address = f"{_status_address(job)}&download=true" if is_done else None
    told = {
        "jobId": job,
        "status": body["status"],
        "percentComplete": int(body["percent"]),
        "downloadURL": address,
        "jobStatusFile": f"{job}.json" if is_done else None,
    }
    return Reply(200, enveloped(told))


def queue(request: Request, handle: Handle) -> Reply:
    """Answer 202 at once, run the request behind it, and post its reply to the client's webhook.

    Raises RestError when no webhook is named, by its address or by the id it is registered under.
    """
    target = target_of(request)
    queued = stamp(request.company.now())
    body = {"state": "queued", "queued": queued, "client": request.scope.sender}
    job = _open(request, ASYNC, body)
    kept = {name: value for name, value in request.headers.items() if name != "prefer"}
    inner = replace(request, headers=kept)

    def work() -> None:
        _run(inner, handle, job, target)

    reply = Reply(202, enveloped(_told(request, job)), {"retry-after": RETRY_AFTER})
    _start(work)
    return reply


def async_status(request: Request) -> Reply:
    """Return the state of an asynchronous request, never its reply."""
    return Reply(200, enveloped(_told(request, request.parameters.get("jobId", ""))))


def _asked(request: Request) -> Json:
    try:
        asked = decoded(request.form.get("ia::requestBody", ""))
    except ValueError:
        raise invalid("The part ia::requestBody is missing or no JSON") from None
    if not isinstance(asked, dict) or not all(isinstance(v, str) for v in asked.values()):
        raise invalid("The part ia::requestBody is not an object of texts")
    if unknown := asked.keys() - _ASKED:
        raise invalid(f"The field {min(unknown)} is not a valid field")
    if missing := {"objectName", "operation", "jobFile", "fileContentType"} - asked.keys():
        raise invalid(f"The required field {min(missing)} is missing")
    if asked["operation"] not in METHODS or asked["fileContentType"] != "json":
        raise invalid("The operation is create, update or delete, the fileContentType json")
    return asked


def _items(file: bytes | None) -> list[Any]:
    try:
        items = decoded(file or b"")
    except ValueError:
        raise invalid("The file of the job is missing or no JSON") from None
    if not isinstance(items, list):
        raise invalid("The file of the job is not an array of records")
    return items


def _work(request: Request, handle: Handle, job: str, asked: Json, items: list[Any]) -> None:
    results: list[Json] = []
    for at, item in enumerate(items):
        _change(request, BULK, job, status="processing", percent=str(100 * at // len(items)))
        made = handle(_one(request, asked, item))
        body: Json = made.body or {}
        result = body.get("ia::result") or {}
        part = {"ia::error": result["ia::error"]} if "ia::error" in result else body
        shown: Json = {n: part[n] for n in ("ia::result", "ia::error") if n in part}
        results.append({**shown, "ia::status": made.status})
    text = encoded(results).decode()
    _change(request, BULK, job, status="completed", percent="100", results=text)
    if address := asked.get("callbackURL"):
        told = {"jobId": job, "status": "completed"}
        _posted(request, address, encoded(told), {"Content-Type": "application/json"})


def _one(request: Request, asked: Json, item: Any) -> Request:
    """Return the request for one record of a file."""
    method, path = METHODS[asked["operation"]], f"/objects/{asked['objectName']}"
    key = item.get("key") if isinstance(item, dict) else item
    if method != "POST":
        path = f"{path}/{key}"
    return replace(
        request, method=method, path=path, body=encoded(item), headers={}, form={}, file=None
    )


def _run(request: Request, handle: Handle, job: str, target: Target) -> None:
    _change(request, ASYNC, job, state="inTransit", started=stamp(request.company.now()))
    made = handle(request)
    body = b"" if made.body is None else encoded(made.body)
    secret = (target.secret or CLIENTS[request.scope.sender]).encode()
    digest = hmac.new(secret, body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "X-IA-Original-Request-Id": job,
        "X-IA-Respond-Code": str(made.status),
        "X-IA-TimeReceived": format_datetime(request.company.now(), usegmt=True),
        "X-IA-Sage-Signature": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
    }
    if key := request.headers.get(KEY_HEADER):
        headers["Idempotency-Key"] = key
    status = _posted(request, target.address, body, headers)
    finished = stamp(request.company.now())
    is_taken = status is not None and status < _FAILED
    _change(
        request,
        ASYNC,
        job,
        state="delivered" if is_taken else "dead",
        finished=finished,
        delivery=str(status or ""),
    )


def _posted(request: Request, address: str, body: bytes, headers: dict[str, str]) -> int | None:
    """Return the status that a webhook answered, None when it could not be reached."""
    if request.state.post is None:
        return None
    try:
        return request.state.post(address, body, headers)
    except httpx.HTTPError:
        return None


def _told(request: Request, job: str) -> Json:
    body = _job(request, ASYNC, job).body
    told: Json = {
        "jobId": job,
        request.company.policies["rest_job_state_name"]: body["state"],
        "queuedDateTime": body["queued"],
    }
    if "started" in body:
        told["startedDateTime"] = body["started"]
    if "finished" in body:
        told["finishedDateTime"] = body["finished"]
        told["deliveryStatus"] = [
            {"status": body.get("delivery", ""), "deliveryDateTime": body["finished"]}
        ]
    return {**told, "href": f"/services/core/async/job-status?jobId={job}"}


def _open(request: Request, kind: str, body: dict[str, str]) -> str:
    job = secrets.token_urlsafe(24)
    store = request.company.store
    store.put(Record(kind, store.next_number(kind), job, "", None, body))
    return job


def _job(request: Request, kind: str, job: str) -> Record:
    found = request.company.store.by_id(kind, job) if job else []
    if not found or found[0].body["client"] != request.scope.sender:
        raise not_found(f"The job {job} status could not be found")
    return found[0]


def _change(request: Request, kind: str, job: str, **values: str) -> None:
    """Note the progress of a job; one that a reset has forgotten stays so."""
    store = request.company.store
    with store.transaction():
        for record in store.by_id(kind, job):
            body = {**record.body, **values}
            store.put(Record(kind, record.recordno, job, "", None, body))


def _status_address(job: str) -> str:
    return f"{API}/services/bulk/job/status?jobId={job}"


def _start(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()
