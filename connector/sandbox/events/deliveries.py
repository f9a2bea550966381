"""Delivers events in the background: four attempts for a webhook, one for an unsigned POST."""

import base64
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import httpx

from connector.sandbox.company import Company
from connector.sandbox.config import COMPANY_ID
from connector.sandbox.events import faults
from connector.sandbox.events.definitions import SMART_EVENTS, TRIGGERS
from connector.sandbox.events.outbox import EVENTS, WAITING, WEBHOOK, queued
from connector.sandbox.events.signatures import enveloped, signature_token
from connector.sandbox.rest.clients import CLIENTS
from connector.sandbox.store import Body, Record

# Posts the body with the headers and returns the status; httpx errors mean no answer came.
Post = Callable[[str, bytes, dict[str, str]], int]

WAITS = (10, 30, 90)  # seconds after the first, second and third attempt
DELIVERED = 200  # the documents promise it for this status alone
REPEATED = frozenset({408, 429, 500, 502, 503, 504})
NO_ANSWER = 504  # nobody says what silence counts as; a gateway would call it this
ANSWER_SECONDS = 5
POLL_SECONDS = 0.05  # the clock may be moved by hand and a snapshot may bring events back
KEPT_EVENTS = 10_000
DONE, REFUSED = "delivered", "refused"
_HEADER_NAMES = {
    "current": ("X-IA-Sage-Signature", "X-ClientContext", "Idempotency-Key"),
    "older": ("X-Trusted-Context", "x-clientcontext", "X-IdempotencyKey"),
}


@dataclass(frozen=True)
class Attempt:
    """One try: when, and the status that came back or what happened instead."""

    at: str
    status: int | None
    error: str = ""


def http_post() -> Post:
    """Return what posts over the network, following no redirect and using no proxy."""
    # No idle connections stay open: nobody says goodbye to a sandbox.
    limits = httpx.Limits(max_keepalive_connections=0)
    client = httpx.Client(timeout=ANSWER_SECONDS, trust_env=False, limits=limits)

    def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        return client.post(url, content=body, headers=headers).status_code

    return post


class Deliverer:
    """Sends what waits. The clock of the company says when the time of an event has come."""

    def __init__(self, company: Company, post: Post | None = None) -> None:
        """Send over the network unless another way to post is given."""
        self._company = company
        self._post = post or http_post()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._called = threading.Event()

    def wake(self) -> None:
        """Let the background look for events now; it runs only while something is defined."""
        with self._lock:
            is_running = self._thread is not None and self._thread.is_alive()
            if not is_running and self._has_work():
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()
        self._called.set()

    def deliver_due(self) -> int:
        """Try every event whose time has come, each once, and return how many there were."""
        now = self._company.now().timestamp()
        waiting = self._company.store.by_id(EVENTS, WAITING)
        due = [event for event in waiting if float(event.body["DUE"]) <= now]
        for event in sorted(due, key=lambda event: (float(event.body["DUE"]), event.recordno)):
            self._deliver(event)
        return len(due)

    def _run(self) -> None:
        while self._goes_on():
            self.deliver_due()
            self._called.wait(POLL_SECONDS)
            self._called.clear()

    def _goes_on(self) -> bool:
        with self._lock:
            if self._has_work():
                return True
            self._thread = None
            return False

    def _has_work(self) -> bool:
        store = self._company.store
        return any(store.select(kind) for kind in (TRIGGERS, SMART_EVENTS)) or bool(
            store.by_id(EVENTS, WAITING)
        )

    def _deliver(self, event: Record) -> None:
        held = faults.take(self._company.store, faults.OUT_OF_ORDER)
        if held is not None:
            due = self._company.now().timestamp() + held.seconds
            self._settle(event, replace(event, body={**event.body, "DUE": str(due)}))
            return
        attempts = [self._attempt(event)]
        if faults.take(self._company.store, faults.DUPLICATE) is not None:
            attempts.append(self._attempt(event))
        self._settle(event, self._after(event, attempts))

    def _attempt(self, event: Record) -> Attempt:
        at = self._company.now().isoformat()
        try:
            headers = self._headers(event.body)
            body = event.body.get("PAYLOAD", "").encode()
            return Attempt(at, self._post(event.body["URL"], body, headers))
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as problem:
            return Attempt(at, None, f"{type(problem).__name__}: {problem}")

    def _headers(self, event: Body) -> dict[str, str]:
        headers = {"Content-Type": event.get("CONTENTTYPE", "")}
        if event["KIND"] != WEBHOOK:
            return headers
        policies = self._company.policies
        token = signature_token(
            CLIENTS[event["CLIENTID"]],
            event.get("PAYLOAD", "").encode(),
            tenant_id=COMPANY_ID,
            app_id=event["CLIENTID"],
            issued_at=int(self._company.now().timestamp() * 1000),
        )
        is_enveloped = policies["webhook_signature"] == "envelope"
        signature, context, key = _HEADER_NAMES[policies["webhook_headers"]]
        return {
            **headers,
            "Authorization": f"Bearer {secrets.token_urlsafe(24)}",  # documented, not explained
            signature: enveloped(token) if is_enveloped else token,
            context: client_context(self._company, event),
            key: event["KEY"],
        }

    def _after(self, event: Record, attempts: list[Attempt]) -> Record:
        """Return the event with its attempts and what follows from the last one."""
        history = json.loads(event.body.get("ATTEMPTS", "[]"))
        rounds = int(event.body.get("ROUNDS", "0")) + 1
        history.extend(asdict(attempt) for attempt in attempts)
        body = {**event.body, "ATTEMPTS": json.dumps(history), "ROUNDS": str(rounds)}
        status = attempts[-1].status
        if status == DELIVERED:
            return replace(event, id=DONE, body=body)
        is_repeated = (NO_ANSWER if status is None else status) in REPEATED
        if body["KIND"] != WEBHOOK or not is_repeated:
            return replace(event, id=REFUSED, body=body)
        if rounds > len(WAITS):
            return replace(event, id=queued(body["CLIENTID"]), body=body)
        seconds = WAITS[rounds - 1] * float(self._company.policies["delivery_retry_scale"])
        due = self._company.now().timestamp() + seconds
        return replace(event, body={**body, "DUE": str(due)})

    def _settle(self, event: Record, after: Record) -> None:
        """Keep what became of an event, unless the company was reset meanwhile."""
        store = self._company.store
        with store.transaction():
            current = store.get(EVENTS, event.recordno)
            if current is None or current.body["KEY"] != event.body["KEY"]:
                return
            store.put(after)
            old = store.get(EVENTS, event.recordno - KEPT_EVENTS)
            if old is not None and old.id in (DONE, REFUSED):
                store.remove(old)


def client_context(company: Company, event: Body) -> str:
    """Return the context of an event in base64; the policy can make it what no parser reads."""
    text = event["CONTEXT"]
    if company.policies["event_context"] == "broken":
        text = text.replace('"', "'")
    return base64.b64encode(text.encode()).decode()
