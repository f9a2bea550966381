"""Passwords at rest: salted scrypt hashes that carry their own costs."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import NamedTuple

from connector.errors import InputError

SHORTEST = 12
LONGEST = 200  # hashing costs by length; nobody types more
_SALT_BYTES = 16
_HASH_BYTES = 32


class Cost(NamedTuple):
    """What one guess costs: ``128 * n * r`` bytes of memory, ``p`` times."""

    n: int
    r: int
    p: int


# One of the settings that OWASP's password storage sheet calls equal: 32 MiB, three times.
COST = Cost(2**15, 8, 3)


def make(password: str, cost: Cost = COST) -> str:
    """Return what to store for a password.

    Raises:
        InputError: It is too short, too long, or one letter over and over.
    """
    is_varied = len(set(password)) > 1
    if not SHORTEST <= len(password) <= LONGEST or not is_varied:
        raise InputError(
            f"A password has {SHORTEST} to {LONGEST} characters, not all the same.",
            advice="A few unrelated words in a row are easy to remember and hard to guess.",
            field="password",
        )
    salt = secrets.token_bytes(_SALT_BYTES)
    return "$".join(["scrypt", *map(str, cost), _text(salt), _text(_hash(password, salt, cost))])


def is_right(password: str, stored: str) -> bool:
    """Say whether a password is the one that was stored; takes as long for a wrong one."""
    _, n, r, p, salt, expected = stored.split("$")
    cost = Cost(int(n), int(r), int(p))
    found = _hash(password[: LONGEST + 1], base64.b64decode(salt), cost)
    return hmac.compare_digest(found, base64.b64decode(expected))


def _hash(password: str, salt: bytes, cost: Cost) -> bytes:
    # A lone surrogate, which JSON and forms can carry, has no UTF-8 form of its own.
    given = password.encode(errors="surrogatepass")
    memory = 2 * 128 * cost.r * (cost.n + cost.p + 2)
    return hashlib.scrypt(
        given, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=memory, dklen=_HASH_BYTES
    )


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
