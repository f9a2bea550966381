"""Rings for kept events beside the requests that brought them, once for many where many come.

A ring costs more than keeping the event, and whoever delivered waits for neither the broker nor
its silence. What is not rung for, the sweeper finds.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence

from connector.runtime.bells import ROUTE_EVENT, TRIGGERS, Bells
from connector.runtime.stretch import stretches

LOG = logging.getLogger(__name__)

# The first event of a quiet moment is rung for at once, the next ones together.
PAUSE_SECONDS = 0.01


class Ringer:
    """One process's bell rope for events, pulled by one thread.

    Args:
        bells: The broker.
        pause_seconds: How long events are gathered after a ring.
    """

    def __init__(self, bells: Bells, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._bells = bells
        self._pause_seconds = pause_seconds
        self._waiting: queue.SimpleQueue[Sequence[int]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def announce(self, row_ids: Sequence[int]) -> None:
        """Let events that are committed be routed soon; never waits and never raises."""
        if not row_ids:
            return
        self._waiting.put(row_ids)
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._ring, name="ringer", daemon=True)
                self._thread.start()

    def _ring(self) -> None:
        pause = threading.Event()
        while True:
            row_ids = list(self._waiting.get())
            while not self._waiting.empty():
                row_ids += self._waiting.get()
            try:
                for stretch in stretches(row_ids):
                    self._bells.ring(ROUTE_EVENT, str(stretch), TRIGGERS)
            except Exception:
                LOG.exception(
                    "The ringer stumbled over %d events; the sweeper finds them", len(row_ids)
                )
            pause.wait(self._pause_seconds)
