"""What senders ask before they deliver: whether this address is there and wants to be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.webhooks import bodies
from connector.webhooks.delivery import Delivery
from connector.webhooks.proofs import is_same

_LONGEST_ECHO = 512
_PLAIN = re.compile(r"[ -~]+")  # nothing that a browser could take for a page or a header
_ORIGIN = re.compile(r"[A-Za-z0-9.*:/-]{1,255}")


@dataclass(frozen=True)
class Answer:
    """What is said back."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/plain"})


def answer(delivery: Delivery, settings: Mapping[str, Any]) -> Answer | None:
    """Return the answer to a question about the address itself, or None for anything else.

    Known are ``GET`` with ``hub.challenge`` (WebSub), ``POST`` with ``validationToken``
    (Microsoft Graph) and ``OPTIONS`` with ``WebHook-Request-Origin`` (CloudEvents).
    """
    asked = bodies.query(delivery.url)
    if delivery.method == "GET":
        return _hub_challenge(asked, str(settings.get("verifyToken") or ""))
    if delivery.method == "OPTIONS":
        return _permission(delivery.headers)
    if delivery.method == "POST" and not delivery.raw and "validationToken" in asked:
        return _echo(asked["validationToken"])
    return None


def challenge(value: Any) -> str:
    """Return what a JSON body asks to have echoed, or empty text for a body that brings news.

    Slack and those who copy it send ``{"type": "url_verification", "challenge": "..."}``, signed
    like a delivery.
    """
    if not isinstance(value, dict) or not set(value) <= {"challenge", "token", "type"}:
        return ""
    asked = value.get("challenge")
    return asked if isinstance(asked, str) and _echo(asked) else ""


def _hub_challenge(asked: Mapping[str, str], token: str) -> Answer | None:
    shown = asked.get("hub.verify_token", "")
    if token and not is_same(shown.encode(), [token.encode()]):
        return None
    if asked.get("hub.mode", "subscribe") not in {"subscribe", "unsubscribe"}:
        return None
    return _echo(asked.get("hub.challenge", ""))


def _permission(headers: Mapping[str, str]) -> Answer | None:
    origin = headers.get("webhook-request-origin", "").strip()
    if not _ORIGIN.fullmatch(origin):
        return None
    return Answer(headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"})


def _echo(text: str) -> Answer | None:
    if not _PLAIN.fullmatch(text) or len(text) > _LONGEST_ECHO:
        return None
    return Answer(text.encode())
