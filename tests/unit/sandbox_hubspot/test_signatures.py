"""The three signatures agree with HubSpot's published examples."""

from __future__ import annotations

import pytest

from connector.sandbox.hubspot.signatures import (
    sign_v1,
    sign_v2,
    sign_v3,
    signature_headers,
    signature_version,
)

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
ONE_EVENT = (
    b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,'
    b'"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,'
    b'"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
)


def test_v1_is_the_plain_hash_of_secret_and_body() -> None:
    expected = "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"
    assert sign_v1(SECRET, ONE_EVENT) == expected


def test_v2_covers_method_and_address() -> None:
    signed = sign_v2(SECRET, "GET", "https://www.example.com/webhook_uri", b"")
    assert signed == "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"


def test_v3_is_a_keyed_hash_over_method_address_body_and_time() -> None:
    url = "https://hooks.example.com/hubspot"
    signed = sign_v3("test-secret", "POST", url, b'[{"eventId":1,"objectId":42}]', 1767225600000)
    assert signed == "yAPGRHxS0Xw8cqTW10N8ix2tQOikSgovvKN3NuGMiLg="


def test_v3_signs_the_address_with_its_listed_escapes_decoded() -> None:
    escaped = "https://h.example/a%2Fb%3a?to=x%40y%20z%26"
    plain = "https://h.example/a/b:?to=x@y%20z%26"  # space and ampersand stay escaped
    assert sign_v3("s", "POST", escaped, b"", 1) == sign_v3("s", "POST", plain, b"", 1)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_older_signatures_name_their_version(version: str) -> None:
    headers = signature_headers(signature_version(version), "s", "https://h.example/", b"[]", 1)
    assert headers["X-HubSpot-Signature-Version"] == version
    assert headers.keys() == {"X-HubSpot-Signature", "X-HubSpot-Signature-Version"}


def test_an_unknown_signature_version_is_refused() -> None:
    with pytest.raises(ValueError, match='"v1", "v2" and "v3"'):
        signature_version("v4")
