"""Public keys of senders: one in PEM form, or a set of them as RFC 7517 writes it (JWKS)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from connector.errors import Untrusted

MOST_KEYS = 20  # each one a delivery is tried with costs time
_CURVES: Mapping[str, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}


class _Key(NamedTuple):
    name: str
    pem: bytes


def keys_named(text: bytes, name: object) -> list[bytes]:
    """Return the keys a token may be signed with, in PEM form.

    Args:
        text: A key in PEM form, which is returned as it is, or a set of keys.
        name: The token's ``kid``; without one every key of a set may be meant.

    Raises:
        Untrusted: The set cannot be read.
    """
    if not text.lstrip().startswith(b"{"):
        return [text]
    return [key.pem for key in _keys_of(text) if name is None or key.name == name]


@lru_cache(maxsize=64)
def _keys_of(text: bytes) -> tuple[_Key, ...]:
    try:
        listed = json.loads(text)["keys"]
        return tuple(
            _Key(str(one.get("kid", "")), _pem(one))
            for one in listed[:MOST_KEYS]
            if one.get("kty") in ("RSA", "EC") and one.get("use", "sig") == "sig"
        )
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise Untrusted(
            "The connection's set of public keys cannot be read.",
            advice='Enter it as the sender publishes it: {"keys": [...]}.',
        ) from error


def _pem(one: Mapping[str, Any]) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return _public(one).public_bytes(serialization.Encoding.PEM, form)


def _public(one: Mapping[str, Any]) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    if one["kty"] == "RSA":
        return rsa.RSAPublicNumbers(_number(one["e"]), _number(one["n"])).public_key()
    place = (_number(one["x"]), _number(one["y"]))
    return ec.EllipticCurvePublicNumbers(*place, _CURVES[one["crv"]]).public_key()


def _number(text: str) -> int:
    try:
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except binascii.Error as error:
        raise ValueError(text) from error
