"""Which HTTP headers a user may name beside a raw request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from connector.errors import InputError

_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}):[ \t]*([\x20-\x7e]{0,800})")
_HARMLESS = frozenset({"user-agent", "accept", "accept-language", "traceparent", "tracestate"})
_HARMFUL_PREFIXES = ("x-forwarded-", "x-real-", "x-http-method", "x-original-", "x-rewrite-")


def read_headers(given: str | Sequence[str]) -> dict[str, str]:
    """Return the headers by name in lower case; refuse what signs in or changes the address.

    Args:
        given: One header as text, or several, each as name, colon, value.

    Raises:
        InputError: One is not a header, or is the connection's own business.
    """
    headers: dict[str, str] = {}
    for place, text in enumerate([given] if isinstance(given, str) else given):
        match = _HEADER.fullmatch(text)
        if not match:
            raise InputError(
                f"header[{place}] is not a name, a colon and a value in plain letters.",
                advice="Write it like User-Agent: curl/7.64.1.",
                field="header",
            )
        if not _is_harmless(match.group(1).lower()):
            raise InputError(
                f"header[{place}] names {match.group(1)}, which only the connection sets.",
                advice="Leave it out; the sign-in, address and content type are added for you.",
                field="header",
            )
        headers[match.group(1).lower()] = match.group(2)
    return headers


def _is_harmless(name: str) -> bool:
    return name in _HARMLESS or (name.startswith("x-") and not name.startswith(_HARMFUL_PREFIXES))
