"""Entries of picklists on the Redis-protocol server that all processes share."""

from __future__ import annotations

from pathlib import Path

import redis

from connector.runtime.picklist_cache import KEEP_SECONDS, SharedPicklists
from connector.runtime.redis_client import open_redis
from tests.support.valkey import client, server

__all__ = ["client", "server"]


def test_what_one_process_keeps_another_finds(client: redis.Redis) -> None:
    SharedPicklists(client).put("customers", '[["Acme", "1"]]')
    assert SharedPicklists(client).get("customers") == '[["Acme", "1"]]'
    assert SharedPicklists(client).get("vendors") is None


def test_entries_are_gone_after_five_minutes(client: redis.Redis) -> None:
    SharedPicklists(client).put("customers", "[]")
    [name] = client.keys("aic:picklist:*")
    assert 0 < client.ttl(name) <= KEEP_SECONDS == 300


def test_without_the_server_nothing_is_kept_and_nothing_fails(tmp_path: Path) -> None:
    gone = SharedPicklists(open_redis(f"redis+socket://{tmp_path / 'gone.sock'}"))
    for cache in (gone, SharedPicklists(None)):
        cache.put("customers", "[]")
        assert cache.get("customers") is None
