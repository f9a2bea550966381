"""What proves a delivery of Intacct, however its headers are spelled."""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any

import pytest

from connector.component import Webhook
from connector.errors import Untrusted
from connector.webhooks import intacct
from tests.unit.connector.webhooks.deliveries import (
    NOW,
    context,
    delivery,
    intacct_claims,
    intacct_token,
    signed_token,
)

BODY = b'{"key":"812"}'
SETTINGS = {"clientSecret": "test-secret"}


def signed(token: str, raw: bytes = BODY, header: str = "X-IA-Sage-Signature") -> Webhook:
    return delivery(raw, **{header: token})


def envelope(token: str | None) -> str:
    return base64.b64encode(json.dumps({"jwtData": token}).encode()).decode()


def test_token_is_the_vector_of_our_notes() -> None:
    assert intacct_token(BODY).endswith(".QOtib_fbBnO30rwSULjjSw4r8FiizjLlexycLLkTBFQ")


@pytest.mark.parametrize(
    "header", ["X-IA-Sage-Signature", "X-IA-SageSignature", "X-Trusted-Context"]
)
@pytest.mark.parametrize("form", ["bare", "envelope"])
def test_every_spelling_and_both_forms_are_taken(header: str, form: str) -> None:
    token = intacct_token(BODY)
    intacct.verify(signed(token if form == "bare" else envelope(token), header=header), SETTINGS)


def test_envelope_without_a_token_beside_a_good_one_is_passed_over() -> None:
    both = delivery(BODY, x_ia_sage_signature=intacct_token(BODY), x_trusted_context=envelope(None))
    intacct.verify(both, SETTINGS)
    with pytest.raises(Untrusted):
        intacct.verify(signed(envelope(None)), SETTINGS)


def test_forged_signature_is_not_saved_by_a_good_one_nor_by_leave_to_come_unsigned() -> None:
    forged = intacct_token(BODY, secret="other")
    both = delivery(BODY, x_ia_sage_signature=intacct_token(BODY), x_trusted_context=forged)
    for given in (both, signed(forged), signed("nonsense")):
        with pytest.raises(Untrusted):
            intacct.verify(given, {**SETTINGS, "unsigned": True})


def test_unsigned_delivery_needs_the_connections_leave() -> None:
    intacct.verify(delivery(BODY), {"unsigned": True})
    for consent in (False, "", "no", None):
        with pytest.raises(Untrusted):
            intacct.verify(delivery(BODY), {**SETTINGS, "unsigned": consent})


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "Sage"},
        {"iss": None},
        {"exp": NOW - 60_001},
        {"exp": None},
        {"exp": NOW // 1000 - 61},
        {"iat": NOW + 60_001},
        {"payload_signature": "00"},
        {"payload_signature": None},
        {"payload_signature": intacct_claims(BODY)["payload_signature"].upper()},
        {"payload_signature_alg": "SHA-1"},
    ],
)
def test_claim_that_is_not_as_it_should_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Untrusted):
        intacct.verify(signed(intacct_token(BODY, **changes)), SETTINGS)


@pytest.mark.parametrize("changes", [{"exp": NOW // 1000 + 5}, {"exp": NOW - 59_000}])
def test_times_may_be_in_seconds_and_a_minute_off(changes: dict[str, Any]) -> None:
    intacct.verify(signed(intacct_token(BODY, **changes)), SETTINGS)


def test_delivery_played_back_after_its_hour_is_refused() -> None:
    good = signed(intacct_token(BODY))
    with pytest.raises(Untrusted, match="expired"):
        intacct.verify(dataclasses.replace(good, received_at=NOW + 3_660_001), SETTINGS)


@pytest.mark.parametrize("raw", [b'{"key": "812"}', b"", b'{"key":"813"}'])
def test_signature_of_another_body_is_refused(raw: bytes) -> None:
    with pytest.raises(Untrusted):
        intacct.verify(signed(intacct_token(BODY), raw), SETTINGS)


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256", "hs256"])
def test_only_hs256_counts(algorithm: str) -> None:
    token = signed_token("test-secret", intacct_claims(BODY), algorithm)
    with pytest.raises(Untrusted):
        intacct.verify(signed(token), SETTINGS)


def test_both_secrets_count_while_one_replaces_the_other() -> None:
    rotating = {"clientSecret": "new", "previousClientSecret": "test-secret"}
    intacct.verify(signed(intacct_token(BODY)), rotating)
    with pytest.raises(Untrusted):
        intacct.verify(signed(intacct_token(BODY)), {"clientSecret": "new"})


@pytest.mark.parametrize("secret", ["", None])
def test_without_a_secret_nothing_is_trusted(secret: str | None) -> None:
    token = intacct_token(BODY, secret="")
    with pytest.raises(Untrusted, match="no secret"):
        intacct.verify(signed(token), {"clientSecret": secret, "unsigned": True})


def test_application_and_company_are_checked_where_they_are_known() -> None:
    good = signed(intacct_token(BODY))
    intacct.verify(good, {**SETTINGS, "clientId": "app1", "companyId": "acme"})
    for other in ({"clientId": "app2"}, {"companyId": "umbrella"}):
        with pytest.raises(Untrusted):
            intacct.verify(good, {**SETTINGS, **other})


@pytest.mark.parametrize("name", ["X-ClientContext", "x-clientcontext"])
def test_context_is_read_and_a_broken_one_says_nothing(name: str) -> None:
    good = delivery(**{name: context(OBJECTNAME="CLASS")})
    assert intacct.context(good.headers)["OBJECTNAME"] == "CLASS"
    for broken in ("", "e30", "===", base64.b64encode(b"{'a': 1}").decode(), "é", "x" * 20_000):
        assert intacct.context(delivery(**{name: broken}).headers) == {}


@pytest.mark.parametrize("name", ["Idempotency-Key", "X-IdempotencyKey", "X-Idempotency-Key"])
def test_key_of_the_event_is_read_in_every_spelling(name: str) -> None:
    assert intacct.event_key(delivery(**{name: " k-1 "}).headers) == "k-1"
    assert intacct.event_key(delivery(**{name: "k" * 257}).headers) == ""
