"""Entries of picklists, kept for five minutes where all processes find them."""

from __future__ import annotations

from contextlib import suppress

import redis

KEEP_SECONDS = 300
_PREFIX = "aic:picklist:"


class SharedPicklists:
    """A cache on the Redis-protocol server; without it every look asks the company.

    Args:
        server: The server, or None where there is none.
    """

    def __init__(self, server: redis.Redis | None) -> None:
        self._server = server

    def get(self, name: str) -> str | None:
        """Return what was kept under a name, None where it is gone or cannot be had."""
        if self._server is None:
            return None
        try:
            kept = self._server.get(_PREFIX + name)
        except redis.RedisError:
            return None
        return kept.decode() if isinstance(kept, bytes) else None

    def put(self, name: str, text: str) -> None:
        """Keep a text for five minutes."""
        if self._server is not None:
            with suppress(redis.RedisError):
                self._server.set(_PREFIX + name, text, ex=KEEP_SECONDS)
