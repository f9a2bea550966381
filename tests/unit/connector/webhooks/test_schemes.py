"""Every row of the table of sources: a good delivery, forged ones, and one played back late."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
import standardwebhooks
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from connector.component import Webhook
from connector.errors import Untrusted
from connector.webhooks import schemes
from tests.unit.connector.webhooks.deliveries import NOW, base64url, delivery, signed_token

STAMP = str(NOW // 1000)
BODY = b'{"type":"invoice.posted"}'
WHSEC = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"
CLAIMS = {"iss": "https://sender.example", "aud": ["us"], "exp": NOW // 1000 + 60, "jti": "1"}
HMAC = {
    "scheme": "hmac",
    "secret": "k3y",
    "header": "X-Signature",
    "prefix": "v0=",
    "content": "v0:{timestamp}:{body}",
    "timestampHeader": "X-Timestamp",
}
SOAP = (
    b'<?xml version="1.0"?><soapenv:Envelope'
    b' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    b'<notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
    b"<OrganizationId>00D5g000004abcdEAA</OrganizationId></notifications>"
    b"</soapenv:Body></soapenv:Envelope>"
)


def mac(key: str, content: bytes) -> str:
    return hmac.digest(key.encode(), content, "sha256").hex()


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


# Vectors of our notes on events where they have one; the others are made here.
GOOD: dict[str, tuple[dict[str, Any], Webhook]] = {
    "standard-webhooks": (
        {"secret": WHSEC},
        delivery(
            BODY,
            webhook_id="msg_1",
            webhook_timestamp=STAMP,
            webhook_signature="v1a,AAAA v1,fBz+giQ0CsOjCkbUHzrf6UDxOnsIOMqZtWQWeZEf8UM=",
        ),
    ),
    "stripe": (
        {"secret": "whsec_test"},
        delivery(
            BODY,
            stripe_signature=f"t={STAMP},v0=00,"
            "v1=c60bb10f9185685fc489f6e47cb12f6da4bcc6ba20b751f708d0e49590af3663",
        ),
    ),
    "shopify": (
        {"secret": "shpss_test"},
        delivery(BODY, x_shopify_hmac_sha256="rUjtX8xHWuSxn+5XJRuLfjUkQlC9Q9sgeqFYpDO9EfQ="),
    ),
    "github": (
        {"secret": "gh"},
        delivery(BODY, x_hub_signature_256="sha256=" + mac("gh", BODY)),
    ),
    "hmac": (
        HMAC,
        delivery(
            BODY,
            x_timestamp=STAMP,
            x_signature="v0=" + mac("k3y", b"v0:" + STAMP.encode() + b":" + BODY),
        ),
    ),
    "basic": ({"username": "ada", "secret": "pa:ss"}, delivery(authorization=basic("ada:pa:ss"))),
    "bearer": ({"secret": "t0k"}, delivery(authorization="Bearer t0k")),
    "bearer in a header": ({"secret": "t0k", "header": "X-Api-Key"}, delivery(x_api_key="t0k")),
    "jwt": (
        {"secret": "j", "issuer": "https://sender.example", "audience": "us"},
        delivery(authorization="Bearer " + signed_token("j", CLAIMS)),
    ),
    "mtls": (
        {"certificateName": "CN=sender.example", "trustedProxies": ["203.0.113.0/24"]},
        delivery(x_ssl_client_s_dn="CN=sender.example"),
    ),
    "salesforce": ({"organizationId": "00D5g000004abcd"}, delivery(SOAP)),
    "none": ({}, delivery(BODY)),
}


def settings(name: str) -> dict[str, Any]:
    return {"scheme": name.partition(" ")[0], **GOOD[name][0]}


@pytest.mark.parametrize("name", GOOD)
def test_good_delivery_is_taken(name: str) -> None:
    schemes.verify(GOOD[name][1], settings(name))


@pytest.mark.parametrize("name", [name for name in GOOD if GOOD[name][0].get("secret")])
def test_while_a_secret_is_replaced_both_are_good_and_afterwards_one(name: str) -> None:
    good, new = settings(name), base64.b64encode(b"new").decode()
    schemes.verify(GOOD[name][1], {**good, "secret": new, "previousSecret": good["secret"]})
    with pytest.raises(Untrusted):
        schemes.verify(GOOD[name][1], {**good, "secret": new})


@pytest.mark.parametrize("name", [name for name in GOOD if GOOD[name][0].get("secret")])
def test_connection_without_a_secret_trusts_nobody(name: str) -> None:
    for empty in ({"secret": ""}, {"secret": None}):
        with pytest.raises(Untrusted):
            schemes.verify(GOOD[name][1], {**settings(name), **empty})


SIGNED = ["standard-webhooks", "stripe", "shopify", "github", "hmac"]


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("body", [b'{"type": "invoice.posted"}', b"", BODY + b"\n", BODY[:-1]])
def test_other_bytes_than_the_signed_ones_are_refused(name: str, body: bytes) -> None:
    """A body that was parsed and written anew is another body."""
    with pytest.raises(Untrusted):
        schemes.verify(dataclasses.replace(GOOD[name][1], raw=body), settings(name))


@pytest.mark.parametrize("name", [name for name in GOOD if name not in {"none", "salesforce"}])
def test_any_change_to_what_proves_the_sender_is_refused(name: str) -> None:
    good = GOOD[name][1]
    for header, value in good.headers.items():
        for spoilt in {value[:-1], value[:-2] + "zz", value.swapcase(), "", "é", "v1,"} - {value}:
            with pytest.raises(Untrusted):
                schemes.verify(
                    dataclasses.replace(good, headers={**good.headers, header: spoilt}),
                    settings(name),
                )
    with pytest.raises(Untrusted):
        schemes.verify(dataclasses.replace(good, headers={}), settings(name))


@pytest.mark.parametrize("name", ["standard-webhooks", "stripe", "hmac"])
@pytest.mark.parametrize(("minutes", "is_good"), [(4, True), (6, False), (-4, True), (-6, False)])
def test_delivery_played_back_late_is_refused(name: str, minutes: int, *, is_good: bool) -> None:
    later = dataclasses.replace(GOOD[name][1], received_at=NOW + minutes * 60_000)
    if is_good:
        schemes.verify(later, settings(name))
        return
    with pytest.raises(Untrusted):
        schemes.verify(later, settings(name))


@pytest.mark.parametrize(
    "change",
    [
        {"content": "{timestamp}"},
        {"content": "{id}.{body}"},
        {"timestampHeader": ""},
    ],
)
def test_rules_that_leave_something_unsigned_trust_nobody(change: dict[str, str]) -> None:
    with pytest.raises(Untrusted, match="signed content"):
        schemes.verify(GOOD["hmac"][1], {**settings("hmac"), **change})


@pytest.mark.parametrize(
    ("algorithm", "encoding", "write"),
    [
        ("sha256", "base64", base64.b64encode),
        ("sha512", "base64url", lambda digest: base64url(digest).encode()),
        ("sha512", "base64url", base64.urlsafe_b64encode),  # some leave the padding on
        ("sha1", "hex", lambda digest: digest.hex().encode()),
    ],
)
def test_signature_is_computed_and_written_as_the_connection_says(
    algorithm: str, encoding: str, write: Callable[[bytes], bytes]
) -> None:
    source = b"POSThttps://hooks.example.com/hooks/t0ken" + BODY + STAMP.encode() + b"7"
    given = write(hmac.digest(b"k3y", source, algorithm)).decode()
    chosen = {**settings("hmac"), "prefix": "", "content": "{method}{url}{body}{timestamp}{id}"}
    chosen |= {"algorithm": algorithm, "encoding": encoding, "idHeader": "X-Id"}
    schemes.verify(delivery(BODY, x_timestamp=STAMP, x_signature=given, x_id="7"), chosen)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": NOW // 1000 - 61},
        {"exp": None},
        {"exp": "never"},
        {"exp": True},
        {"nbf": NOW // 1000 + 61},
        {"iat": NOW // 1000 + 61},
        {"iss": "https://other.example"},
        {"aud": "them"},
        {"aud": None},
    ],
)
def test_token_that_does_not_hold_now_and_here_is_refused(changes: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**CLAIMS, **changes}.items() if value is not None}
    given = delivery(authorization="Bearer " + signed_token("j", claims))
    with pytest.raises(Untrusted):
        schemes.verify(given, settings("jwt"))


def unsigned(token: str) -> str:
    return token.rpartition(".")[0] + "."


@pytest.mark.parametrize(
    "token",
    [
        signed_token("j", CLAIMS, algorithm="none"),
        unsigned(signed_token("j", CLAIMS, algorithm="none")),
        signed_token("j", CLAIMS, algorithm="HS512"),
        signed_token("j", CLAIMS, algorithm="RS256"),
        "a.b",
        "..",
        "x" * 9000,
        "W10.W10.W10",
    ],
)
def test_token_never_chooses_how_it_is_checked(token: str) -> None:
    with pytest.raises(Untrusted):
        schemes.verify(delivery(authorization=f"Bearer {token}"), settings("jwt"))


def pem(key: Any) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return str(key.public_key().public_bytes(serialization.Encoding.PEM, form).decode())


def test_tokens_of_public_keys_are_checked_with_the_key_alone() -> None:
    rsa_key = rsa.generate_private_key(65537, 2048)
    ec_key = ec.generate_private_key(ec.SECP256R1())
    for algorithm, key, other in (("RS256", rsa_key, ec_key), ("ES256", ec_key, rsa_key)):
        given = delivery(authorization=f"Bearer {token_of(key, algorithm, None)}")
        chosen = {"scheme": "jwt", "tokenAlgorithm": algorithm}
        schemes.verify(given, {**chosen, "secret": pem(key)})
        for wrong in (pem(other), "no key at all"):
            with pytest.raises(Untrusted):
                schemes.verify(given, {**chosen, "secret": wrong})
        # The well-known trick: the public key taken as a shared secret.
        forged = delivery(authorization="Bearer " + signed_token(pem(key), CLAIMS, algorithm))
        with pytest.raises(Untrusted):
            schemes.verify(forged, {**chosen, "secret": pem(key)})


def token_of(key: Any, algorithm: str, name: str | None) -> str:
    """Return a token that a private key has signed."""
    header = {"alg": algorithm, **({"kid": name} if name else {})}
    signed = ".".join(base64url(json.dumps(one).encode()) for one in (header, CLAIMS))
    if algorithm == "RS256":
        signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    else:
        pair = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = b"".join(number.to_bytes(32) for number in pair)
    return f"{signed}.{base64url(signature)}"


def jwk(key: Any, name: str) -> dict[str, str]:
    """Return a public key as senders publish it."""
    numbers = key.public_key().public_numbers()
    if isinstance(numbers, rsa.RSAPublicNumbers):
        parts = {"n": numbers.n.to_bytes(256), "e": numbers.e.to_bytes(3)}
        return {"kty": "RSA", "kid": name, **{n: base64url(v) for n, v in parts.items()}}
    parts = {"x": numbers.x.to_bytes(32), "y": numbers.y.to_bytes(32)}
    return {"kty": "EC", "crv": "P-256", "kid": name, **{n: base64url(v) for n, v in parts.items()}}


def test_a_set_of_public_keys_is_chosen_from_by_the_tokens_key_id() -> None:
    rsa_key = rsa.generate_private_key(65537, 2048)
    ec_key = ec.generate_private_key(ec.SECP256R1())
    published = json.dumps({"keys": [jwk(rsa_key, "r"), jwk(ec_key, "e")]})
    for algorithm, key, name in (("RS256", rsa_key, "r"), ("ES256", ec_key, "e")):
        chosen = {"scheme": "jwt", "tokenAlgorithm": algorithm, "secret": published}
        for kid, is_good in ((name, True), (None, True), ("r" if name == "e" else "e", False)):
            token = token_of(key, algorithm, kid)
            given = delivery(authorization=f"Bearer {token}")
            if is_good:
                schemes.verify(given, chosen)
                continue
            with pytest.raises(Untrusted):
                schemes.verify(given, chosen)


@pytest.mark.parametrize(
    "published",
    [
        *("{", "{}", '{"keys": 1}', '{"keys": [{"kty": "RSA"}]}', '{"keys": []}', '{"keys": [7]}'),
        '{"keys": [{"kty": "EC", "crv": "P-1", "x": "AA", "y": "AA"}]}',
    ],
)
def test_a_set_of_keys_that_cannot_be_read_trusts_nobody(published: str) -> None:
    token = token_of(rsa.generate_private_key(65537, 2048), "RS256", None)
    chosen = {"scheme": "jwt", "tokenAlgorithm": "RS256", "secret": published}
    with pytest.raises(Untrusted):
        schemes.verify(delivery(authorization=f"Bearer {token}"), chosen)


@pytest.mark.parametrize(
    "change",
    [
        {"trustedProxies": []},
        {"trustedProxies": ["10.0.0.0/8"]},
        {"trustedProxies": ["nonsense"]},
        {"certificateName": ""},
        {"certificateName": "CN=other.example"},
        {"header": "X-Other"},
    ],
)
def test_a_certificates_name_counts_only_from_a_trusted_proxy(change: dict[str, Any]) -> None:
    with pytest.raises(Untrusted):
        schemes.verify(GOOD["mtls"][1], {**settings("mtls"), **change})


@pytest.mark.parametrize("body", [SOAP.replace(b"00D5g", b"00D6g"), b"{}", b"", b"<a/>", SOAP[:-9]])
def test_message_of_another_organisation_or_form_is_refused(body: bytes) -> None:
    with pytest.raises(Untrusted):
        schemes.verify(delivery(body), settings("salesforce"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "is_good"),
    [
        ("203.0.113.7", "", [], True),
        ("::ffff:203.0.113.7", "", [], True),
        ("2001:db8::7", "", [], True),
        ("198.51.100.1", "", [], False),
        ("198.51.100.1", "203.0.113.7", [], False),  # anybody can write this header
        ("10.0.0.1", "198.51.100.1, 203.0.113.7", ["10.0.0.0/8"], True),
        ("10.0.0.1", "203.0.113.7, 198.51.100.1", ["10.0.0.0/8"], False),  # written by the sender
        ("10.0.0.1", "203.0.113.7, 10.9.9.9", ["10.0.0.0/8"], True),
        ("10.0.0.1", "nonsense", ["10.0.0.0/8"], False),
        ("10.0.0.1", "", ["10.0.0.0/8"], False),
        ("", "", [], False),
    ],
)
def test_only_allowed_addresses_may_deliver(
    peer: str, forwarded: str, proxies: list[str], *, is_good: bool
) -> None:
    chosen = {"scheme": "none", "trustedProxies": proxies}
    chosen["allowedAddresses"] = ["203.0.113.0/24", "2001:db8::/32"]
    given = dataclasses.replace(delivery(x_forwarded_for=forwarded), peer=peer)
    if is_good:
        schemes.verify(given, chosen)
        return
    with pytest.raises(Untrusted):
        schemes.verify(given, chosen)


def test_an_address_that_is_none_locks_the_door() -> None:
    with pytest.raises(Untrusted, match="no address"):
        schemes.verify(delivery(), {"scheme": "none", "allowedAddresses": ["everywhere"]})


def test_connection_that_names_no_way_trusts_nobody() -> None:
    with pytest.raises(Untrusted):
        schemes.verify(delivery(), {})


def test_independent_signer_is_understood() -> None:
    """The reference library of Standard Webhooks signs, we verify."""
    stamp = dt.datetime.fromtimestamp(NOW / 1000, tz=dt.UTC)
    signature = standardwebhooks.Webhook(WHSEC).sign("msg_2", stamp, BODY.decode())
    given = delivery(BODY, webhook_id="msg_2", webhook_timestamp=STAMP, webhook_signature=signature)
    schemes.verify(given, settings("standard-webhooks"))
