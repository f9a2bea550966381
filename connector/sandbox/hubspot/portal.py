"""What the CRM and the admin side of the portal share."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from connector.sandbox.hubspot.deliveries import DeliverySender
from connector.sandbox.hubspot.store import Store

if TYPE_CHECKING:
    from connector.sandbox.hubspot.deliveries import Post
    from connector.sandbox.hubspot.settings import HubspotSettings

_KEPT_CALLS = 200


class Portal:
    """One HubSpot account: its records, its deliveries, its calls and the faults to come.

    Args:
        settings: How it starts.
        post: Sends one delivery; the network when not given.
    """

    def __init__(self, settings: HubspotSettings, post: Post | None = None) -> None:
        self.settings = settings
        self.store = Store(settings.data, settings.seed)
        self.sender = DeliverySender(settings, post)
        self.target_url = settings.target_url
        self.calls: deque[dict[str, Any]] = deque(maxlen=_KEPT_CALLS)
        self._faults: deque[int] = deque()
        self._lock = threading.Lock()

    def reset(self) -> None:
        """Return to the moment after the first start; deliveries that wait are given up."""
        with self._lock:
            self._faults.clear()
        self.store.reset()
        self.sender.reset()
        self.target_url = self.settings.target_url
        self.calls.clear()

    def add_faults(self, status: int, times: int) -> int:
        """Answer the next calls with the status; return how many faults are waiting."""
        with self._lock:
            self._faults.extend([status] * times)
            return len(self._faults)

    def take_fault(self) -> int | None:
        """Return the status the current call must answer with, None for a normal answer."""
        with self._lock:
            return self._faults.popleft() if self._faults else None
