"""The whole stack of one step over the sandbox in this process, with ports in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import flask
import httpx
import pytest

from connector.component import Context
from connector.errors import ConnectorError
from connector.http import HttpReply, HttpRequest, OutboundClient
from connector.intacct.dialects.xml import SessionToken
from connector.intacct.operation import Operation
from connector.intacct.ports import Effect, EffectLedger, EffectState, Ports
from connector.intacct.stack import open_company
from connector.intacct.wire import Company
from connector.sandbox import config as sandbox
from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.sandbox.policies import POLICIES

T = TypeVar("T")


def _unknown() -> list[tuple[str, str]]:
    """Return each named value of each policy for what nobody knows; free numbers have none."""
    found: list[tuple[str, str]] = []
    for name, policy in POLICIES.items():
        if not policy.is_setting and policy.values.replace("|", "").replace("-", "").isalnum():
            found += [(name, value) for value in policy.values.split("|")]
    return found


UNKNOWN = _unknown()


class MemoryLedger:
    """Every call of the step is an effect of its own."""

    def __init__(self) -> None:
        self.effects: dict[str, Effect] = {}

    def plan(self, operation: Operation) -> Effect:
        assert operation.frozen is not None
        op_key = f"{operation.call}-{len(self.effects)}"
        effect = Effect(op_key, f"fn-{op_key}", EffectState.PLANNED, operation.frozen.payload)
        self.effects[op_key] = effect
        return effect

    def mark_sending(self, operation: Operation) -> int | None:
        return 1

    def succeed(
        self, operation: Operation, epoch: int, key: str, evidence: Mapping[str, Any]
    ) -> None:
        effect = self.effects[operation.op_key]
        self.effects[operation.op_key] = replace(effect, state=EffectState.SUCCEEDED, key=key)

    def refuse(self, operation: Operation, epoch: int, error: ConnectorError) -> None:
        effect = self.effects[operation.op_key]
        self.effects[operation.op_key] = replace(effect, state=EffectState.REFUSED)

    put_back = doubt = refuse

    def name(self, op_key: str, external_id: str) -> None:
        self.effects[op_key] = replace(self.effects[op_key], external_id=external_id)

    def find(self, call: str) -> Effect | None:
        return None

    def together(self, work: Callable[[EffectLedger], T]) -> T:
        return work(self)


class MemorySessions:
    """One session for the whole test."""

    def __init__(self) -> None:
        self.token: SessionToken | None = None

    def current(self) -> SessionToken | None:
        return self.token

    def renew(
        self, stale: SessionToken | None, sign_in: Callable[[], SessionToken]
    ) -> SessionToken:
        self.token = sign_in()
        return self.token


class NoLimit:
    @contextmanager
    def slot(self, operation: Operation) -> Iterator[None]:
        yield


@dataclass
class Books:
    """A sandbox company, a context that works on it, and what went over the wire."""

    context: Context
    ledger: MemoryLedger
    app: flask.Flask
    sent: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)

    def expire_sessions(self) -> None:
        """End every session of the company, as time would."""
        self.app.test_client().post("/_sandbox/sessions/expire", json={})


class Counter:
    def __init__(self, counted: list[str]) -> None:
        self._counted = counted

    def count(self, function: str) -> None:
        self._counted.append(function)


def open_books(**policies: str) -> Books:
    """Return a fresh sandbox company in memory, run under the given policies."""
    app = create_app(SandboxConfig(public_url="http://sandbox.test", policies=policies))
    client = OutboundClient(["sandbox.test:80"], transport=httpx.WSGITransport(app))
    found = Books(Context(), MemoryLedger(), app)

    def send(request: HttpRequest) -> HttpReply:
        found.sent.append(request.body.decode())
        return client.send(request)

    company = Company(
        endpoint=f"http://sandbox.test{sandbox.GATEWAY_PATH}",
        sender_id=sandbox.SENDER_ID,
        sender_password=sandbox.SENDER_PASSWORD,
        company_id=sandbox.COMPANY_ID,
        user_id=sandbox.USER_ID,
        user_password=sandbox.USER_PASSWORD,
    )
    ports = Ports(found.ledger, NoLimit(), MemorySessions(), Counter(found.counted))
    found.context = Context(intacct_client=open_company(company, send, ports))
    return found


@pytest.fixture
def books() -> Books:
    """A fresh sandbox company in memory."""
    return open_books()


@pytest.fixture(params=UNKNOWN, ids=[f"{name}={value}" for name, value in UNKNOWN])
def uncertain_books(request: pytest.FixtureRequest) -> Books:
    """A company under one value of one policy for what nobody outside Sage knows."""
    name, value = request.param
    return open_books(**{name: value})
