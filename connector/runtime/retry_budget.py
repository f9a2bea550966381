"""How many calls of a company may be repeats, so that retries never become the storm."""

from __future__ import annotations

import uuid

import redis

from connector.runtime.lease_scripts import NOW
from connector.runtime.limits import CompanyKeys

SHARE_PERCENT = 10  # reliability notes, section 7
# A quiet company may repeat as much as this in a minute: ten per cent of two calls is nothing.
ALWAYS_ALLOWED = 10

# KEYS minute retries   ARGV percent always token
# The limiter keeps the calls of the last minute; repeats are among them.
_TAKE = (
    NOW
    + """
redis.call('ZREMRANGEBYSCORE',KEYS[2],'-inf',now-60000)
local calls=redis.call('ZCOUNT',KEYS[1],now-60000,'+inf')
local most=math.max(tonumber(ARGV[2]),math.floor(calls*tonumber(ARGV[1])/100))
if redis.call('ZCARD',KEYS[2])>=most then return 0 end
redis.call('ZADD',KEYS[2],now,ARGV[3])
redis.call('PEXPIRE',KEYS[2],61000)
return 1
"""
)


class CompanyRetries:
    """The budget of one company: a tenth of the last minute's calls, over all workers.

    Args:
        client: The Redis-protocol server all workers share.
        company: The company's id at Sage.
    """

    def __init__(self, client: redis.Redis, company: str) -> None:
        self._keys = CompanyKeys.of(company)
        self._take = client.register_script(_TAKE)

    def take(self) -> bool:
        """Say whether one more call may be repeated at once, and count it if so."""
        try:
            granted = self._take(
                keys=[self._keys.minute, self._keys.retries],
                args=[SHARE_PERCENT, ALWAYS_ALLOWED, uuid.uuid4().hex],
            )
        except redis.RedisError:
            return True  # without the server no slot is given either
        return bool(granted)
