import base64
import json

from connector.sandbox.events.signatures import enveloped, signature_token

BODY = b'{"key":"812"}'


def token() -> str:
    return signature_token(
        "test-secret", BODY, tenant_id="acme", app_id="app1", issued_at=1767225600000
    )


def decoded(segment: str) -> dict[str, object]:
    content = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    claims: dict[str, object] = json.loads(content)
    return claims


def test_the_signature_is_the_known_vector() -> None:
    header, claims, signature = token().split(".")
    assert decoded(header) == {"alg": "HS256", "typ": "JWT"}
    assert decoded(claims) == {
        "iss": "Sage Intacct",
        "iat": 1767225600000,
        "exp": 1767229200000,
        "tenant_id": "acme",
        "app_id": "app1",
        "payload_signature": "3f4e15f796be48a6f91ad0dd19407a87ae3891922d34556b4b765661b78416cd",
        "payload_signature_alg": "SHA-256",
    }
    assert signature == "QOtib_fbBnO30rwSULjjSw4r8FiizjLlexycLLkTBFQ"


def test_the_envelope_carries_the_same_token() -> None:
    assert json.loads(base64.b64decode(enveloped(token()))) == {"jwtData": token()}
