"""Bulk jobs of the REST API: a file of records, worked through behind the reply (rest-api 3.4).

What a job's result file looks like is not published. A list with one entry for each record, in the
order of the file and each with a status, is read; anything else says nothing, and the records are
looked up instead.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

import orjson

from connector.errors import ConnectorError, OutcomeUnknown
from connector.http import HttpRequest
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.dialects.rest import MAX_BODY_BYTES, RestDialect
from connector.intacct.dialects.rest_message import Message, object_address
from connector.intacct.dialects.rest_reply import parsed, unclear
from connector.intacct.dialects.rest_tokens import AccessToken
from connector.intacct.layers.session import Session
from connector.intacct.operation import Operation, Result, Verb
from connector.intacct.ports import Exchange, TokenStore
from connector.intacct.rest_error_rules import error_of
from connector.intacct.rest_wire import MAX_REPLY_BYTES, RestAccount

CREATE_JOB = "POST /services/bulk/job/create"
ASK_JOB = "GET /services/bulk/job/status"
# A job has no limit of its own; the documented one of any request holds for its file (1.1).
MOST_BYTES = MAX_BODY_BYTES - 4096
MOST_RECORDS = 5000
FILE_NAME = "rows.json"
_OVER = {"completed", "failed"}
_REDIRECT = 300
_WORDS = {Verb.CREATE: ("create", "POST"), Verb.UPDATE: ("update", "PATCH")}

Answers = tuple[Result | ConnectorError, ...]


@dataclass(frozen=True)
class JobState:
    """How far a job is.

    Args:
        is_over: Nothing more will be written by it.
        has_results: Its results can be fetched.
    """

    is_over: bool
    has_results: bool


class BulkWire:
    """Speaks to the job services of one company.

    Args:
        account: The connection's application.
        exchange: Sends one HTTP request; counts it.
        tokens: Where access tokens are kept.
        sign_in: Fetches one.
    """

    def __init__(
        self,
        account: RestAccount,
        exchange: Exchange,
        tokens: TokenStore,
        sign_in: Callable[[], AccessToken],
    ) -> None:
        self._account = account
        self._exchange = exchange
        self._tokens = tokens
        self._sign_in = sign_in
        self._dialect = RestDialect()

    def create(self, operations: Sequence[Operation], name: str, seconds: float) -> str:
        """Hand over a file of records, all of one object and verb; return the job's id.

        Args:
            operations: Frozen, in the order their results are told in.
            name: The idempotency key.
            seconds: The deadline of this call.

        Raises:
            ConnectorError: The job was not taken, or nobody knows.
        """
        first = operations[0]
        asked = {
            "objectName": ObjectSchema.find(first.object_name).rest,
            "operation": _WORDS[first.verb][0],
            "jobFile": FILE_NAME,
            "fileContentType": "json",
        }
        body, kind = _multipart(orjson.dumps(asked), self._file(operations).encode())
        headers = {"Content-Type": kind, "Idempotency-Key": name}
        path = "/services/bulk/job/create"
        told = self._ask(Message("POST", path), CREATE_JOB, headers, body, seconds)
        job = told.get("jobId") if isinstance(told, dict) else None
        if not isinstance(job, str) or not job:
            raise OutcomeUnknown("Intacct took the file and does not name the job.")
        return job

    def state(self, job: str, seconds: float) -> JobState:
        """Return how far a job is.

        Raises:
            NotFound: There is no such job.
            ConnectorError: No clear answer.
        """
        path = f"/services/bulk/job/status?jobId={quote(job, safe='')}"
        told = self._ask(Message("GET", path), ASK_JOB, {}, b"", seconds)
        status = str(told.get("status", "")) if isinstance(told, dict) else ""
        return JobState(status in _OVER, status == "completed")

    def results(self, job: str, operations: Sequence[Operation], seconds: float) -> Answers:
        """Return what became of each record of a job that is over, in the order of its file.

        Raises:
            ConnectorError: The results cannot be had or read.
        """
        path = f"/services/bulk/job/status?jobId={quote(job, safe='')}&download=true"
        items = self._ask(Message("GET", path), ASK_JOB, {}, b"", seconds)
        if not isinstance(items, list) or len(items) != len(operations):
            raise OutcomeUnknown("Intacct's file of results does not tell of each record.")
        first = operations[0]
        address = object_address(ObjectSchema.find(first.object_name).rest)
        sent = Message(_WORDS[first.verb][1], address, self._file(operations))
        body = json.dumps({"ia::result": items}, default=str).encode()
        return self._dialect.read_many(200, {}, body, sent.frozen(is_write=True), job)

    def _file(self, operations: Sequence[Operation]) -> str:
        return f"[{','.join(map(self._dialect.batch_body, operations))}]"

    def _ask(
        self,
        message: Message,
        function: str,
        headers: Mapping[str, str],
        body: bytes,
        seconds: float,
    ) -> Any:
        frozen = message.frozen(is_write=bool(body))

        def send(operation: Operation, token: AccessToken) -> Result:
            scope = self._account.entity_id
            request = HttpRequest(
                message.method,
                self._account.base_url.rstrip("/") + message.path,
                {
                    "Authorization": f"Bearer {token.value}",
                    **({"X-IA-API-Param-Entity": scope} if scope else {}),
                    **headers,
                },
                body,
                seconds=operation.seconds,
                max_bytes=MAX_REPLY_BYTES,
            )
            answer = self._exchange(request, function)
            reply = parsed(answer.status, answer.headers, answer.body, frozen)
            error = error_of(reply.document)
            if error is not None:
                raise reply.raised(error, answer.status)
            if answer.status >= _REDIRECT:
                raise unclear(answer.status, "it is no success")
            is_bare = isinstance(reply.document, list)
            return cast("Result", reply.document if is_bare else reply.result)

        # The session carries what comes back without a look at it.
        session = Session(send, self._tokens, self._sign_in)
        return session(Operation(Verb.RAW, seconds=seconds))


def _multipart(asked: bytes, file: bytes) -> tuple[bytes, str]:
    """Return a form of two parts, and its content type."""
    border = secrets.token_hex(16).encode()
    parts = (
        (b'name="ia::requestBody"', b"application/json", asked),
        (f'name="file"; filename="{FILE_NAME}"'.encode(), b"application/json", file),
    )
    lines: list[bytes] = []
    for name, kind, content in parts:
        lines += [
            b"--" + border,
            b"Content-Disposition: form-data; " + name,
            b"Content-Type: " + kind,
            b"",
            content,
        ]
    lines += [b"--" + border + b"--", b""]
    return b"\r\n".join(lines), f"multipart/form-data; boundary={border.decode()}"
