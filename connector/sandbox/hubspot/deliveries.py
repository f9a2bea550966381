"""Sends signed events to the target address and repeats what was not taken."""

from __future__ import annotations

import json
import secrets
import threading
import time
import uuid
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import httpx

from connector.sandbox.hubspot.signatures import SignatureVersion, signature_headers
from connector.sandbox.hubspot.store import now_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.sandbox.hubspot.settings import HubspotSettings

    # Posts the body with the headers and returns the status; httpx errors mean no answer came.
    Post = Callable[[str, bytes, dict[str, str]], int]

EVENTS_PER_DELIVERY = 100
_KEPT_ATTEMPTS = 1000
_MOST_THREADS = 50
_SUBSCRIPTION_ID = 25
_APP_ID = 1160452


@dataclass(frozen=True)
class Delivery:
    """Events that travel together: where to, how signed, and how wrong the clock is (ms)."""

    id: str
    events: tuple[dict[str, Any], ...]
    target_url: str
    signature: SignatureVersion
    timestamp_offset_ms: int


@dataclass(frozen=True)
class Attempt:
    """One try of a delivery; ``status`` is None when no answer came, ``error`` then says why."""

    delivery: str
    attempt: int
    time: str
    target_url: str
    events: int
    status: int | None
    error: str | None

    @property
    def is_taken(self) -> bool:
        """Return whether the receiver said yes: any 2xx."""
        return self.status is not None and 200 <= self.status <= 299  # noqa: PLR2004 - HTTP's own


def milliseconds() -> int:
    """Return the present moment in milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def http_post() -> Post:
    """Return what posts over the network: 5 seconds to answer, as HubSpot gives."""
    # No idle connections stay open: nobody says goodbye to a blueprint. No proxies: a sandbox
    # talks to this machine.
    client = httpx.Client(
        timeout=5, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
    )

    def post(url: str, body: bytes, headers: dict[str, str]) -> int:
        return client.post(url, content=body, headers=headers).status_code

    return post


class DeliverySender:
    """Delivers events: the first attempt at once, repetitions in the background.

    Args:
        settings: Secret, portal, number and pace of repetitions.
        post: Sends one request; the network when not given.
        clock: The present moment in milliseconds.
    """

    def __init__(
        self,
        settings: HubspotSettings,
        post: Post | None = None,
        clock: Callable[[], int] = milliseconds,
    ) -> None:
        self._settings = settings
        self._post = post or http_post()
        self._clock = clock
        self._attempts: deque[Attempt] = deque(maxlen=_KEPT_ATTEMPTS)
        self._is_over = threading.Event()

    def complete(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the event with what every event carries; what it says already stays."""
        always: dict[str, Any] = {
            "eventId": secrets.randbelow(2**32) + 1,
            "subscriptionId": _SUBSCRIPTION_ID,
            "portalId": self._settings.portal_id,
            "appId": _APP_ID,
            "occurredAt": self._clock(),
            "subscriptionType": "deal.propertyChange",
            "attemptNumber": 0,
        }
        if "eventType" in event:  # the older name of the same thing
            del always["subscriptionType"]
        return {**always, **event}

    def send(
        self, deliveries: list[Delivery], *, is_parallel: bool = False
    ) -> list[dict[str, Any]]:
        """Try every delivery once and return the attempts; failed ones are repeated later."""
        if not is_parallel or not deliveries:
            return [asdict(self._first_attempt(delivery)) for delivery in deliveries]
        with ThreadPoolExecutor(min(len(deliveries), _MOST_THREADS)) as threads:
            return [asdict(attempt) for attempt in threads.map(self._first_attempt, deliveries)]

    def attempts(self) -> list[dict[str, Any]]:
        """Return the last attempts, oldest first."""
        return [asdict(attempt) for attempt in self._attempts.copy()]

    def reset(self) -> None:
        """Forget all attempts and give up what waits for its repetition."""
        self._is_over.set()
        self._is_over = threading.Event()
        self._attempts.clear()

    def _first_attempt(self, delivery: Delivery) -> Attempt:
        is_over = self._is_over
        attempt = self._try(delivery, 0)
        if not attempt.is_taken and self._settings.retries > 0:
            threading.Thread(target=self._repeat, args=(delivery, is_over), daemon=True).start()
        return attempt

    def _repeat(self, delivery: Delivery, is_over: threading.Event) -> None:
        for number in range(1, self._settings.retries + 1):
            if is_over.wait(self._settings.retry_seconds * number):
                return
            if self._try(delivery, number).is_taken:
                return

    def _try(self, delivery: Delivery, number: int) -> Attempt:
        events = [
            {**event, "attemptNumber": event["attemptNumber"] + number} for event in delivery.events
        ]
        # Plain UTF-8, so that receivers prove they sign bytes; half a surrogate pair, which
        # UTF-8 cannot hold, stays the JSON escape it was.
        text = json.dumps(events, ensure_ascii=False, separators=(",", ":"))
        body = text.encode("utf-8", "backslashreplace")
        headers = {"Content-Type": "application/json"} | signature_headers(
            delivery.signature,
            self._settings.client_secret,
            delivery.target_url,
            body,
            self._clock() + delivery.timestamp_offset_ms,
        )
        status, error = self._answer(delivery.target_url, body, headers)
        attempt = Attempt(
            delivery.id, number, now_text(), delivery.target_url, len(events), status, error
        )
        self._attempts.append(attempt)
        return attempt

    def _answer(
        self, url: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int | None, str | None]:
        try:
            return self._post(url, body, headers), None
        except (httpx.HTTPError, httpx.InvalidURL) as problem:
            return None, f"{type(problem).__name__}: {problem}"


def make_deliveries(
    events: list[dict[str, Any]],
    target_url: str,
    *,
    copies: int = 1,
    signature: SignatureVersion = "v3",
    timestamp_offset_ms: int = 0,
) -> list[Delivery]:
    """Return the deliveries for the events, at most 100 in each, the whole as often as asked."""
    parts = [
        tuple(events[start : start + EVENTS_PER_DELIVERY])
        for start in range(0, len(events), EVENTS_PER_DELIVERY)
    ]
    return [
        Delivery(str(uuid.uuid4()), part, target_url, signature, timestamp_offset_ms)
        for _ in range(copies)
        for part in parts
    ]
