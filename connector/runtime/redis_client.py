"""One client for the Redis-protocol server, from the address Celery uses."""

from __future__ import annotations

import redis

# Nobody waits longer than this for a doorbell that may be gone.
SECONDS = 5.0


def open_redis(url: str) -> redis.Redis:
    """Return a client for ``redis://``, ``rediss://``, ``unix://`` or ``redis+socket://``."""
    address = url.replace("redis+socket://", "unix://", 1)
    return redis.Redis.from_url(
        address,
        socket_timeout=SECONDS,
        socket_connect_timeout=SECONDS,
        health_check_interval=25,
    )
