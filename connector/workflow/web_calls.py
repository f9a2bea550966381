"""The request an http step makes, as data: method, address, headers, body."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from connector.errors import InputError
from connector.workflow.expressions import evaluate
from connector.workflow.wording import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.workflow.engine import Scene
    from connector.workflow.model import Step

READS = ("GET", "HEAD")
_DEFAULT_SECONDS = 30


@dataclass(frozen=True)
class WebCall:
    """One request.

    Args:
        method: In capital letters.
        url: The full address, parameters included.
        headers: Names and values as they are sent.
        body: The text that is sent, empty for none.
        seconds: The deadline of everything.
        may_repeat: The receiver answers a repeated Idempotency-Key without doing the work again.
        connection: The connection whose service is asked; empty for a request to anybody. What
            proves us there is added when it is sent, and stands nowhere else.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: str
    seconds: float
    may_repeat: bool
    connection: str = ""

    @property
    def is_write(self) -> bool:
        """Whether it may change something."""
        return self.method not in READS

    def to_text(self) -> str:
        """Return the request as the ledger freezes it; the same request is the same text."""
        parts = {
            "method": self.method,
            "url": self.url,
            "headers": dict(self.headers),
            "body": self.body,
        }
        if self.connection:
            parts["connection"] = self.connection
        return json.dumps(parts, ensure_ascii=False, sort_keys=True)


def web_call_of(step: Step, scene: Scene) -> WebCall:
    """Return the request of an http step.

    Raises:
        InputError: An expression fails, or a part is not what a request can hold.
    """
    roots, config = scene.roots(), step.config
    url = evaluate(config["url"], roots, "url")
    query = evaluate(config.get("query", {}), roots, "query")
    headers = evaluate(config.get("headers", {}), roots, "headers")
    for name, value in {**query, **headers}.items():
        if not isinstance(value, str | int):
            raise InputError(
                f"'{name}' is {shown(value)}, and only text can be sent there.",
                advice="Use a single field, or text(...).",
                field="query" if name in query else "headers",
            )
    if query:
        url = f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
    body, content_type = _body(config, roots)
    given = {name.lower() for name in headers}
    if content_type and "content-type" not in given:
        headers["Content-Type"] = content_type
    return WebCall(
        method=config.get("method", "GET"),
        url=str(url),
        headers={name: str(value) for name, value in headers.items()},
        body=body,
        seconds=float(config.get("seconds", _DEFAULT_SECONDS)),
        may_repeat=config.get("idempotent") == "true",
        connection=step.connection,
    )


def _body(config: Mapping[str, Any], roots: Mapping[str, Any]) -> tuple[str, str]:
    if "json" in config:
        data = evaluate(config["json"], roots, "json")
        return json.dumps(data, ensure_ascii=False, sort_keys=True), "application/json"
    text = evaluate(config.get("body", ""), roots, "body")
    if not isinstance(text, str):
        raise InputError(
            f"The body is {shown(text)}, and only text can be sent as it is.",
            advice="Use 'json' for data.",
            field="body",
        )
    return text, "text/plain; charset=utf-8" if text else ""
