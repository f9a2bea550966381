"""Whose address a token is, remembered for a moment: senders come in crowds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.connections.store import ConnectionRow
from connector.runtime.services import Services

REMEMBERED_SECONDS = 1.0  # so soon a changed secret counts in every server process
MOST_REMEMBERED = 256


@dataclass(frozen=True)
class Source:
    """A connection that takes deliveries, with its secrets opened."""

    row: ConnectionRow
    settings: Mapping[str, Any]


class Sources:
    """The connections of one server process, by the token of their address.

    Looking one up and opening its secrets costs as much as keeping an event, so both are kept for
    a second. Tokens that nobody has are asked for every time: guesses fill no memory.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, services: Services, clock: Callable[[], float] = time.monotonic) -> None:
        self._services = services
        self._clock = clock
        self._found: dict[str, tuple[float, Source]] = {}

    def find(self, token: str) -> Source | None:
        """Return whose token it is, or None.

        Raises:
            StoreUnavailable: The database cannot be asked.
            SetupError: The connection's secrets cannot be opened.
        """
        now = self._clock()
        ends, source = self._found.get(token, (0.0, None))
        if source is not None and now < ends:
            return source
        row = self._services.connections.by_hook_token(token)
        if row is None:
            self._found.pop(token, None)
            return None
        source = Source(row, self._services.connections.open(row))
        if len(self._found) >= MOST_REMEMBERED:
            self._found.clear()
        self._found[token] = (now + REMEMBERED_SECONDS, source)
        return source
