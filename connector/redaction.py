"""Keeps secrets out of whatever people read: every decrypted value is known here and masked."""

from __future__ import annotations

import base64
import json
import logging
import threading
import urllib.parse
from collections import OrderedDict
from xml.sax.saxutils import escape, quoteattr

MASK = "•••"

# Anything shorter stands in ordinary words and numbers, too; masking it would only garble them.
SHORTEST = 4


class Secrets:
    """The secrets to mask.

    Args:
        most: How many are remembered. Sessions come and go; those used longest ago end long
            before so many newer ones are known.
    """

    def __init__(self, most: int = 1000) -> None:
        self._most = most
        self._known: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self._needles: tuple[str, ...] = ()  # swapped as a whole, so readers need no lock
        self._lock = threading.Lock()

    def register(self, value: str) -> None:
        """Remember a secret, so that ``scrub`` masks it from now on.

        Values below four characters are not masked.
        """
        if len(value) < SHORTEST:
            return
        with self._lock:
            is_new = value not in self._known
            if is_new:
                self._known[value] = _forms(value)
            self._known.move_to_end(value)
            if len(self._known) > self._most:
                self._known.popitem(last=False)
            if is_new:
                # Longest first: a secret inside another must not leave its rest readable.
                every = {form for forms in self._known.values() for form in forms}
                self._needles = tuple(sorted(every, key=len, reverse=True))

    def scrub(self, text: str) -> str:
        """Return the text with every registered secret masked.

        Found as it is, within base64 at any place (such as an Authorization header), URL-encoded,
        and escaped as in XML, JSON or a Python repr.
        """
        for needle in self._needles:
            if needle in text:
                text = text.replace(needle, MASK)
        return text


_secrets = Secrets()  # one per process: a log line does not say whose secret it may hold
register = _secrets.register
scrub = _secrets.scrub


class SecretFilter(logging.Filter):
    """Masks registered secrets in log records; add it to handlers, where every record passes."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask message, trace and stack of the record; never drops one."""
        record.msg, record.args = scrub(record.getMessage()), None
        if record.exc_info:
            record.exc_text = record.exc_text or logging.Formatter().formatException(
                record.exc_info
            )
            record.exc_info = None  # a formatter would write the trace anew, unmasked
        if record.exc_text:
            record.exc_text = scrub(record.exc_text)
        if record.stack_info:
            record.stack_info = scrub(record.stack_info)
        return True


def _forms(value: str) -> tuple[str, ...]:
    url_encoded = urllib.parse.quote(value, safe="")
    found = {
        value,
        url_encoded,
        url_encoded.lower(),  # both cases of %2F are in use
        urllib.parse.quote(value),
        urllib.parse.quote_plus(value),
        escape(value),
        quoteattr(value)[1:-1],
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        repr(value)[1:-1],
        *_base64_forms(value.encode("utf-8", "surrogatepass")),
    }
    return tuple(form for form in found if len(form) >= SHORTEST)


def _base64_forms(secret: bytes) -> list[str]:
    """Return how the secret looks in base64 wherever it starts in the encoded bytes."""
    forms: list[str] = []
    for offset in range(3):
        # Characters that also hold bits of a neighbour differ from case to case: left out.
        first = -(-offset * 8 // 6)
        last = (offset + len(secret)) * 8 // 6
        forms += [
            encode(bytes(offset) + secret).decode()[first:last]
            for encode in (base64.b64encode, base64.urlsafe_b64encode)
        ]
    return forms
