"""Signatures over the body with a shared secret, as widely used services write them.

Standard Webhooks follows its specification; the others follow the vendors' pages on verifying
webhooks. Bodies are taken as they travelled, never written anew.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any

from connector.errors import Untrusted
from connector.webhooks.delivery import Delivery
from connector.webhooks.proofs import active_secrets, check_fits, check_time, header

Encode = Callable[[bytes], bytes]

_PART = re.compile(r"\{(body|timestamp|method|url|id)\}")
_ALGORITHMS = {"sha256": hashlib.sha256, "sha512": hashlib.sha512, "sha1": hashlib.sha1}
_UNITS_MS = {"seconds": 1000, "milliseconds": 1}


def _hex(digest: bytes) -> bytes:
    return digest.hex().encode()


def _base64url(digest: bytes) -> bytes:
    return base64.urlsafe_b64encode(digest).rstrip(b"=")


_ENCODINGS: Mapping[str, Encode] = {
    "hex": _hex,
    "base64": base64.b64encode,
    "base64url": _base64url,
}


def standard(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Check the headers ``webhook-id``, ``webhook-timestamp`` and ``webhook-signature``.

    Raises:
        Untrusted: No signature of version 1 fits, or the time is off by more than five minutes.
    """
    number = header(delivery.headers, "webhook-id")
    stamp = header(delivery.headers, "webhook-timestamp")
    given = header(delivery.headers, "webhook-signature").split(" ")
    check_time(stamp, delivery.received_at)
    source = b".".join((number.encode(), stamp.encode(), delivery.raw))
    keys = [standard_key(secret) for secret in active_secrets(settings)]
    wanted = [base64.b64encode(hmac.digest(key, source, "sha256")) for key in keys]
    check_fits([one[3:] for one in given if one.startswith("v1,")], wanted)


def standard_key(secret: bytes) -> bytes:
    """Return the key that a secret of Standard Webhooks stands for.

    Raises:
        Untrusted: It is not written as one.
    """
    try:
        key = base64.b64decode(secret.removeprefix(b"whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if not key:
        raise Untrusted(
            "The connection's secret is not one of Standard Webhooks.",
            advice="Enter it as the sender shows it: whsec_ and what follows.",
        )
    return key


def stripe(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Check ``Stripe-Signature: t=..,v1=..``; the secret is used as it is written.

    Raises:
        Untrusted: No ``v1`` fits, or the time is off by more than five minutes.
    """
    pairs = [
        part.partition("=") for part in header(delivery.headers, "stripe-signature").split(",")
    ]
    stamps = [value for name, _, value in pairs if name.strip() == "t"]
    if len(stamps) != 1:
        raise Untrusted("The delivery of Stripe carries no readable time.")
    check_time(stamps[0], delivery.received_at)
    source = stamps[0].encode() + b"." + delivery.raw
    wanted = [_hex(hmac.digest(key, source, "sha256")) for key in active_secrets(settings)]
    check_fits([value for name, _, value in pairs if name.strip() == "v1"], wanted)


def shopify(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Check ``X-Shopify-Hmac-Sha256``, which no time limits.

    Raises:
        Untrusted: It does not fit.
    """
    given = header(delivery.headers, "x-shopify-hmac-sha256")
    keys = active_secrets(settings)
    wanted = [base64.b64encode(hmac.digest(key, delivery.raw, "sha256")) for key in keys]
    check_fits([given], wanted)


def github(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Check ``X-Hub-Signature-256``, which no time limits.

    Raises:
        Untrusted: It does not fit.
    """
    given = header(delivery.headers, "x-hub-signature-256")
    keys = active_secrets(settings)
    wanted = [b"sha256=" + _hex(hmac.digest(key, delivery.raw, "sha256")) for key in keys]
    check_fits([given], wanted)


def custom(delivery: Delivery, settings: Mapping[str, Any]) -> None:
    """Check a signature put together by the connection's own rules.

    Raises:
        Untrusted: It does not fit, the time is off, or the rules contradict each other.
    """
    given = header(delivery.headers, str(settings.get("header") or "x-signature"))
    source = _source(delivery, settings)
    algorithm = _ALGORITHMS[str(settings.get("algorithm") or "sha256")]
    encode = _ENCODINGS[str(settings.get("encoding") or "hex")]
    prefix = str(settings.get("prefix") or "")
    if not given.startswith(prefix):
        raise Untrusted("The signature of the delivery does not begin as it should.")
    wanted = [encode(hmac.digest(key, source, algorithm)) for key in active_secrets(settings)]
    is_padded = encode is not _base64url
    check_fits([given[len(prefix) :] if is_padded else given[len(prefix) :].rstrip("=")], wanted)


def _source(delivery: Delivery, settings: Mapping[str, Any]) -> bytes:
    """Return what was signed, and make sure that its time is right."""
    template = str(settings.get("content") or "{body}")
    parts = {"body": delivery.raw, "method": delivery.method.encode(), "url": delivery.url.encode()}
    if settings.get("timestampHeader"):
        stamp = header(delivery.headers, str(settings["timestampHeader"]))
        unit_ms = _UNITS_MS[str(settings.get("timestampUnit") or "seconds")]
        seconds = int(settings.get("toleranceSeconds") or 300)
        check_time(stamp, delivery.received_at, unit_ms=unit_ms, seconds=seconds)
        parts["timestamp"] = stamp.encode()
    if settings.get("idHeader"):
        parts["id"] = header(delivery.headers, str(settings["idHeader"])).encode()
    pieces = _PART.split(template)
    if "body" not in pieces[1::2] or not set(pieces[1::2]) <= parts.keys():
        raise Untrusted(
            "The connection's signed content does not name the body, or names a time or an id"
            " without the header it stands in.",
            advice="Correct the signed content of the connection.",
        )
    return b"".join(
        parts[piece] if place % 2 else piece.encode() for place, piece in enumerate(pieces)
    )
