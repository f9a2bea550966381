"""What every way of proving a delivery shares: active secrets, constant time, narrow clocks."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from typing import Any

from connector.errors import Untrusted

TOLERANCE_SECONDS = 300


def active_secrets(
    settings: Mapping[str, Any], names: Iterable[str] = ("secret", "previousSecret")
) -> list[bytes]:
    """Return the secrets that hold now: the present one and, while it is replaced, the one before.

    Raises:
        Untrusted: There is none, so nothing can be trusted.
    """
    found = [str(settings[name]).encode() for name in names if settings.get(name)]
    if not found:
        raise Untrusted(
            "The connection has no secret, so no delivery can be trusted.",
            advice="Enter the sender's secret in the connection.",
        )
    return found


def header(headers: Mapping[str, str], name: str) -> str:
    """Return a header that the proof needs.

    Raises:
        Untrusted: It is missing or empty.
    """
    value = headers.get(name.lower(), "").strip()
    if not value:
        raise Untrusted(f"The delivery has no header {name}.")
    return value


def is_same(given: bytes, wanted: Iterable[bytes]) -> bool:
    """Say whether what was given is one of those wanted, in the same time whichever it is."""
    # Every one is compared, so that the time does not tell which one nearly fitted.
    found = [hmac.compare_digest(given, one) for one in wanted]
    return any(found)


def check_fits(given: Iterable[str], wanted: Iterable[bytes]) -> None:
    """Return when one of the signatures given is one of those wanted.

    Raises:
        Untrusted: None is.
    """
    expected = list(wanted)
    found = [is_same(one.encode("utf-8", "replace"), expected) for one in given]
    if not any(found):
        raise Untrusted("The signature of the delivery does not fit the connection's secret.")


def check_time(
    text: str, received_at: int, *, unit_ms: int = 1000, seconds: int = TOLERANCE_SECONDS
) -> None:
    """Return when a delivery was signed just now.

    Args:
        text: The time as it stands in the delivery: a whole number since 1970.
        received_at: Our clock, in milliseconds.
        unit_ms: 1000 where the sender counts seconds, 1 for milliseconds.
        seconds: How far the two may lie apart, either way.

    Raises:
        Untrusted: It is too old, too new, or no time.
    """
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise Untrusted("The delivery carries no readable time.")
    if abs(received_at - int(text) * unit_ms) > seconds * 1000:
        raise Untrusted(
            f"The delivery was signed more than {seconds} seconds ago, or in the future.",
            advice="Check the clock of this machine and of the sender.",
        )
