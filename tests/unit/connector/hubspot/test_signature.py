"""Which deliveries are HubSpot's own. The vectors are those of HubSpot's pages, and one of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest

from connector.component.trigger import Webhook
from connector.errors import Untrusted
from connector.hubspot.signature import verify

NOW = 1767225600000
SECRETS = {"clientSecret": "test-secret"}
FAQ_SECRET = {"clientSecret": "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"}
FAQ_BODY = (
    b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,'
    b'"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,'
    b'"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
)
CURRENT = Webhook(
    "POST",
    "https://hooks.example.com/hubspot",
    {
        "x-hubspot-signature-v3": "yAPGRHxS0Xw8cqTW10N8ix2tQOikSgovvKN3NuGMiLg=",
        "x-hubspot-request-timestamp": str(NOW),
    },
    b'[{"eventId":1,"objectId":42}]',
    NOW,
)
V1_HEX = "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"
V1 = Webhook(
    "POST",
    "https://hooks.example.com/hubspot",
    {"x-hubspot-signature": V1_HEX, "x-hubspot-signature-version": "v1"},
    FAQ_BODY,
    NOW,
)
V2 = Webhook(
    "GET",
    "https://www.example.com/webhook_uri",
    {
        "x-hubspot-signature": "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e",
        "x-hubspot-signature-version": "v2",
    },
    b"",
    NOW,
)


def refuses(webhook: Webhook, secrets: dict[str, str], *, allow_legacy: bool = False) -> bool:
    try:
        verify(webhook, secrets, allow_legacy=allow_legacy)
    except Untrusted:
        return True
    return False


def with_headers(webhook: Webhook, **changes: str) -> Webhook:
    named = {name.replace("_", "-"): value for name, value in changes.items()}
    return replace(webhook, headers={**webhook.headers, **named})


def signed(url: str, signed_url: str) -> Webhook:
    source = f"POST{signed_url}[]{NOW}".encode()
    signature = base64.b64encode(hmac.digest(b"test-secret", source, hashlib.sha256)).decode()
    headers = {
        "x-hubspot-signature-v3": signature,
        "x-hubspot-request-timestamp": str(NOW),
    }
    return Webhook("POST", url, headers, b"[]", NOW)


def test_vectors_of_all_three_versions_verify() -> None:
    assert not refuses(CURRENT, SECRETS)
    assert not refuses(V1, FAQ_SECRET, allow_legacy=True)
    assert not refuses(V2, FAQ_SECRET, allow_legacy=True)


def test_previous_secret_still_counts_while_it_is_replaced() -> None:
    secrets = {"clientSecret": "new-one", "previousClientSecret": "test-secret"}
    assert not refuses(CURRENT, secrets)


@pytest.mark.parametrize("secrets", [{}, {"clientSecret": ""}, {"previousClientSecret": ""}])
def test_empty_secret_trusts_nobody(secrets: dict[str, str]) -> None:
    source = b"POST" + CURRENT.url.encode() + CURRENT.raw + str(NOW).encode()
    unkeyed = base64.b64encode(hmac.digest(b"", source, hashlib.sha256)).decode()
    assert refuses(with_headers(CURRENT, x_hubspot_signature_v3=unkeyed), secrets)
    unkeyed_v1 = hashlib.sha256(V1.raw).hexdigest()
    assert refuses(with_headers(V1, x_hubspot_signature=unkeyed_v1), secrets, allow_legacy=True)


@pytest.mark.parametrize(
    "webhook",
    [
        replace(CURRENT, raw=b'[{"eventId":1,"objectId":43}]'),
        replace(CURRENT, raw=b'[{"eventId": 1, "objectId": 42}]'),
        replace(CURRENT, method="PUT"),
        replace(CURRENT, url="https://hooks.example.com/hubspot?x=1"),
        replace(CURRENT, url="http://hooks.example.com/hubspot"),
        with_headers(CURRENT, x_hubspot_request_timestamp=str(NOW + 1)),
        with_headers(CURRENT, x_hubspot_signature_v3=""),
        with_headers(CURRENT, x_hubspot_signature_v3="é"),
        with_headers(
            CURRENT,
            x_hubspot_signature_v3=", ".join([CURRENT.headers["x-hubspot-signature-v3"]] * 2),
        ),
        with_headers(CURRENT, x_hubspot_request_timestamp=""),
        with_headers(CURRENT, x_hubspot_request_timestamp="soon"),
        with_headers(CURRENT, x_hubspot_request_timestamp="١٧٦٧٢٢٥٦٠٠٠٠٠"),
        replace(CURRENT, headers={}),
    ],
)
def test_changed_delivery_is_refused(webhook: Webhook) -> None:
    assert refuses(webhook, SECRETS)


@pytest.mark.parametrize(
    ("minutes", "is_refused"), [(4, False), (6, True), (-4, False), (-6, True)]
)
def test_delivery_counts_for_five_minutes_both_ways(minutes: int, *, is_refused: bool) -> None:
    later = replace(CURRENT, received_at=NOW + minutes * 60_000)
    assert refuses(later, SECRETS) is is_refused


def test_escapes_are_decoded_as_hubspot_signs_them() -> None:
    url = "https://hooks.example.com/h?q=a%3Ab%2Fc%40%2A%3B%20d%25"
    assert not refuses(signed(url, "https://hooks.example.com/h?q=a:b/c@*;%20d%25"), SECRETS)


def test_legacy_signatures_are_refused_unless_allowed() -> None:
    assert refuses(V1, FAQ_SECRET)
    assert refuses(V2, FAQ_SECRET)


@pytest.mark.parametrize(
    "webhook",
    [
        replace(V1, raw=FAQ_BODY + b" "),
        with_headers(V1, x_hubspot_signature=V1_HEX.upper()),
        with_headers(V1, x_hubspot_signature_version="v9"),
        with_headers(V1, x_hubspot_signature=""),
        with_headers(V2, x_hubspot_signature_version="v1"),
        replace(V2, url="https://www.example.com/other"),
    ],
)
def test_changed_legacy_delivery_is_refused(webhook: Webhook) -> None:
    assert refuses(webhook, FAQ_SECRET, allow_legacy=True)


def test_forged_current_signature_is_not_saved_by_a_legacy_one() -> None:
    both = with_headers(V1, x_hubspot_signature_v3="forged", x_hubspot_request_timestamp=str(NOW))
    assert refuses(both, FAQ_SECRET, allow_legacy=True)
