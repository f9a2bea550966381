"""Transport policies: where the replies of asynchronous requests go.

A request that names a policy is acknowledged at once and runs afterwards. Its reply is kept here to
be looked at, and posted to the address of the policy when it has one.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

STANDARD = "SANDBOX-POLICY"  # known from the start, posts nowhere
LONGEST_NAME = 40
LONGEST_ADDRESS = 256
LONGEST_REQUEST = 500_000  # characters
KEPT = 50
_SECONDS = 10
_HEADERS = {"Content-Type": "application/xml"}

Post = Callable[[str, bytes, dict[str, str]], int]


@dataclass(frozen=True)
class Delivered:
    """The reply to one asynchronous request and what became of it; no status, no answer."""

    policy: str
    control_id: str
    body: str
    url: str
    status: int | None


class TransportPolicies:
    """The policies by name, and the last replies; safe for several threads."""

    def __init__(self, post: Post | None = None) -> None:
        """`post` sends bytes with headers to an address and returns the HTTP status."""
        self._post = post or _post
        self._lock = threading.Lock()
        self._replies: deque[Delivered] = deque(maxlen=KEPT)
        self._addresses = {STANDARD: ""}

    def define(self, name: str, url: str) -> None:
        """Add or change a policy; an empty address keeps the replies here only."""
        if not 1 <= len(name) <= LONGEST_NAME or len(url) > LONGEST_ADDRESS:
            text = f"A policy name has 1 to {LONGEST_NAME} characters"
            raise ValueError(f"{text}, its address at most {LONGEST_ADDRESS}.")
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise ValueError("The address of a policy starts with http:// or https://.")
        with self._lock:
            self._addresses[name] = url

    def address(self, name: str) -> str | None:
        """Return where replies go, None when there is no such policy."""
        with self._lock:
            return self._addresses.get(name)

    def deliver(self, policy: str, control_id: str, body: bytes) -> None:
        """Post a reply to the address of its policy, once, and keep it with the outcome."""
        url = self.address(policy) or ""
        status = None
        if url:
            try:
                status = self._post(url, body, dict(_HEADERS))
            except httpx.HTTPError:
                status = None
        with self._lock:
            text = body.decode("utf-8", "replace")
            self._replies.append(Delivered(policy, control_id, text, url, status))

    def state(self) -> dict[str, Any]:
        """Return the policies and the last replies, oldest first."""
        with self._lock:
            replies = [asdict(reply) for reply in self._replies]
            return {"policies": dict(self._addresses), "replies": replies}

    def clear(self) -> None:
        """Forget every reply and every policy but the standard one."""
        with self._lock:
            self._replies.clear()
            self._addresses = {STANDARD: ""}


def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    # No proxies: a sandbox talks to this machine.
    with httpx.Client(timeout=_SECONDS, trust_env=False) as client:
        return client.post(url, content=body, headers=headers).status_code
