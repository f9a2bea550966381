"""Keeps a worker's hands free when the broker dies while it acknowledges.

A worker takes as many messages as it has threads, and another one only when one of these is
acknowledged. Kombu 5.7 counts a message as in hand for ever when that finds no broker, and it does
not listen to the broker while its hands are full: a worker whose every call was under way when the
broker restarted would never hear of the restart, and never take a message again.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis as redis_transport
from kombu.transport import virtual
from redis.exceptions import RedisError


class ReleasingQoS(redis_transport.QoS):
    """What a worker has in hand; a message that it is done with is out of its hands in any case."""

    def ack(self, delivery_tag: Any) -> None:
        """Acknowledge a message.

        Where the broker keeps it all the same, it comes again, and its run is found in a state
        that nobody can claim.

        Raises:
            RedisError: The broker did not hear it.
        """
        try:
            super().ack(delivery_tag)
        except (RedisError, OSError):
            virtual.QoS.ack(self, delivery_tag)
            raise


def install() -> None:
    """Let every channel to a Redis broker that this process opens from now on count so."""
    redis_transport.Channel.QoS = ReleasingQoS
