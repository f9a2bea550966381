"""JSON Web Tokens, read with one algorithm that we choose: never the one a token asks for."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from connector.errors import Untrusted
from connector.webhooks.key_sets import keys_named

Fits = Callable[[bytes, bytes, bytes], bool]  # key, what was signed, signature

LONGEST_TOKEN = 8192
_PARTS = 3
_MILLISECONDS = 100_000_000_000  # a time above this counts milliseconds, not seconds
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")


def read(token: str, keys: Sequence[bytes], algorithm: str) -> Mapping[str, Any]:
    """Return the claims of a token that one of the keys has signed.

    Args:
        token: Three segments with points between them.
        keys: Shared secrets for HS; for RS and ES public keys in PEM, or sets of them (JWKS), of
            which the token's ``kid`` chooses.
        algorithm: ``HS``, ``RS`` or ``ES`` with 256, 384 or 512.

    Raises:
        Untrusted: It names another algorithm, is not signed so, or is no token.
    """
    parts = token.split(".")
    if len(parts) != _PARTS or len(token) > LONGEST_TOKEN:
        raise Untrusted("The delivery's token is not one.")
    header, signature = _document(parts[0]), _decoded(parts[2])
    if header.get("alg") != algorithm or "crit" in header:
        raise Untrusted("The delivery's token is signed in another way than was agreed.")
    signed = f"{parts[0]}.{parts[1]}".encode()
    fits = _FITS[algorithm[:2]](algorithm[2:])
    if algorithm[:2] != "HS":
        keys = [each for key in keys for each in keys_named(key, header.get("kid"))]
    found = [fits(key, signed, signature) for key in keys]
    if not any(found):
        raise Untrusted("The signature of the delivery's token does not fit the connection's key.")
    return _document(parts[1])


def check_times(claims: Mapping[str, Any], now_ms: int, *, leeway_ms: int) -> None:
    """Return when a token holds now; times are in seconds or, where so large, in milliseconds.

    Raises:
        Untrusted: It has ended, begins later, was issued in the future, or never ends.
    """
    ends, begins, issued = (_moment(claims.get(name)) for name in ("exp", "nbf", "iat"))
    if ends is None or ends + leeway_ms < now_ms:
        raise Untrusted("The delivery's token has expired, or does not say when it does.")
    if any(moment is not None and moment - leeway_ms > now_ms for moment in (begins, issued)):
        raise Untrusted(
            "The delivery's token was issued in the future.",
            advice="Check the clock of this machine.",
        )


def _moment(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Untrusted("The delivery's token carries no readable time.")
    return int(value) if value > _MILLISECONDS else int(value * 1000)


def _document(segment: str) -> Mapping[str, Any]:
    try:
        found = json.loads(_decoded(segment), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Untrusted("The delivery's token is not one.")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _decoded(segment: str) -> bytes:
    if not _SEGMENT.fullmatch(segment):
        raise Untrusted("The delivery's token is not one.")
    try:
        return base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except binascii.Error:
        raise Untrusted("The delivery's token is not one.") from None


def _shared(bits: str) -> Fits:
    def fits(key: bytes, signed: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(hmac.digest(key, signed, f"sha{bits}"), signature)

    return fits


def _rsa(bits: str) -> Fits:
    def fits(key: bytes, signed: bytes, signature: bytes) -> bool:
        public = _public_key(key)
        if not isinstance(public, rsa.RSAPublicKey):
            return False
        try:
            public.verify(signature, signed, padding.PKCS1v15(), _HASHES[bits])
        except InvalidSignature:
            return False
        return True

    return fits


def _elliptic(bits: str) -> Fits:
    def fits(key: bytes, signed: bytes, signature: bytes) -> bool:
        public = _public_key(key)
        if not isinstance(public, ec.EllipticCurvePublicKey):
            return False
        half = (public.key_size + 7) // 8
        if len(signature) != 2 * half:
            return False
        numbers = (int.from_bytes(part) for part in (signature[:half], signature[half:]))
        try:
            public.verify(encode_dss_signature(*numbers), signed, ec.ECDSA(_HASHES[bits]))
        except InvalidSignature:
            return False
        return True

    return fits


def _public_key(text: bytes) -> Any:
    try:
        return serialization.load_pem_public_key(text)
    except ValueError:
        raise Untrusted(
            "The connection's key is not a public key in PEM form.",
            advice="Enter the sender's public key with its BEGIN and END lines.",
        ) from None


_FITS: Mapping[str, Callable[[str], Fits]] = {"HS": _shared, "RS": _rsa, "ES": _elliptic}
_HASHES: Mapping[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}
