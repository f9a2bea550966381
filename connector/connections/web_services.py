"""A web service as a connection: its host alone is called, and what proves us goes nowhere else."""

from __future__ import annotations

import base64
import binascii
import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from connector.errors import ConnectionProblem, InputError
from connector.http import HttpReply, HttpRequest
from connector.http.addresses import checked_url, origin
from connector.redaction import Secrets
from connector.webhooks.outgoing import standard_headers

KIND = "http"
BEARER, BASIC, HEADER, QUERY = "bearer", "basic", "header", "query"
PATH, SIGNED, NONE = "path", "signed", "none"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class WebService:
    """One service, ready to be asked.

    Args:
        name: What the connection is called.
        base_url: Where it answers.
        proof: How it knows us.
        secret: What only it and we know.
        username: For ``basic``.
        parameter: The header or parameter of the secret, for ``header`` and ``query``.
        allowed: Origins as ``host:port`` that may be inside, and may be asked without encryption.
    """

    name: str
    base_url: str
    proof: str
    secret: str = field(default="", repr=False)
    username: str = ""
    parameter: str = ""
    allowed: Collection[str] = ()

    def address(self, url: str) -> str:
        """Return the full address of a request; a path alone is one of this service.

        Raises:
            InputError: It is another service's address.
            Unreachable: The connection's own address may not be called.
        """
        home = checked_url(self.base_url, self.allowed)
        full = f"{self.base_url.rstrip('/')}{url}" if url.startswith("/") else url
        try:
            found = httpx.URL(full)
            is_home = not found.userinfo and _origin(found) == _origin(home)
        except (httpx.InvalidURL, ValueError):
            is_home = False
        if not is_home:
            raise InputError(
                f"The address is not one of {home.host}, and the connection '{self.name}' is for "
                "that host only.",
                advice="Write the path alone, such as /orders, or choose another connection.",
                field="url",
            )
        return full

    def proven(self, request: HttpRequest, request_id: str, now_seconds: int) -> HttpRequest:
        """Return the request with what proves us.

        Args:
            request: To an address of this service.
            request_id: The same whenever the same request is sent again.
            now_seconds: Since 1970.

        Raises:
            InputError: The request itself gives a header that the connection gives.
        """
        url, more = request.url, self._headers(request, request_id, now_seconds)
        if self.proof == PATH:
            url = self._secret_address(url)
        if self.proof == QUERY:
            before = url.partition("#")[0]
            joint = "&" if "?" in before else "?"
            url = f"{before}{joint}{urlencode({self.parameter: self.secret})}"
        given = {name.lower() for name in request.headers}
        for name in more:
            if name.lower() in given:
                raise InputError(
                    f"The connection '{self.name}' gives the header {name} itself.",
                    advice="Take it out of the step's headers.",
                    field="headers",
                )
        return dataclasses.replace(request, url=url, headers={**request.headers, **more})

    def _secret_address(self, url: str) -> str:
        home = self.base_url.rstrip("/")
        if not url.startswith(home):
            raise InputError(
                f"The address of the connection '{self.name}' is put together by itself.",
                advice="Write the path alone in the step, such as /.",
                field="url",
            )
        return f"{home}/{self.secret.strip('/')}{url.removeprefix(home).rstrip('/')}"

    def masked(self, reply: HttpReply) -> HttpReply:
        """Return the reply without the secret, should the service have repeated it."""
        known = Secrets()
        known.register(self.secret)
        headers = {name: known.scrub(value) for name, value in reply.headers.items()}
        text = reply.body.decode("utf-8", "surrogateescape")
        body = known.scrub(text).encode("utf-8", "surrogateescape")
        return HttpReply(reply.status, headers, body)

    def _headers(self, request: HttpRequest, request_id: str, now_seconds: int) -> dict[str, str]:
        if self.proof == BEARER:
            return {"Authorization": f"Bearer {self.secret}"}
        if self.proof == BASIC:
            pair = base64.b64encode(f"{self.username}:{self.secret}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        if self.proof == HEADER:
            return {self.parameter: self.secret}
        if self.proof == SIGNED:
            return dict(standard_headers([self.secret], request_id, now_seconds, request.body))
        return {}


def web_service_of(name: str, values: Mapping[str, Any], allowed: Collection[str]) -> WebService:
    """Return the service of a connection.

    Args:
        name: What the connection is called.
        values: What it holds, opened.
        allowed: Origins as ``host:port`` that may be inside.

    Raises:
        ConnectionProblem: Something is missing, or the secret would travel unencrypted.
    """
    found = WebService(
        name,
        str(values["baseUrl"]),
        str(values["proof"]),
        str(values.get("secret") or ""),
        str(values.get("username") or ""),
        str(values.get("parameter") or ""),
        frozenset(entry.lower() for entry in allowed),
    )
    _check_whole(found)
    url = httpx.URL(found.base_url)
    if found.proof != NONE and url.scheme != "https" and _host_port(url) not in found.allowed:
        raise ConnectionProblem(
            f"The connection '{name}' would send its secret unencrypted.",
            advice="Use an https address.",
            field="baseUrl",
        )
    return found


def _check_whole(found: WebService) -> None:
    needed = {
        "secret": found.proof != NONE,
        "username": found.proof == BASIC,
        "parameter": found.proof in (HEADER, QUERY),
    }
    for value, is_needed in needed.items():
        if is_needed and not getattr(found, value):
            raise ConnectionProblem(
                f"The connection '{found.name}' lacks its {value}, which the proof {found.proof} "
                "needs.",
                advice="Add it to the connection, or choose another proof.",
                field=value,
            )
    if found.proof == SIGNED and not _is_key(found.secret):
        raise ConnectionProblem(
            f"The secret of the connection '{found.name}' is none that requests are signed with.",
            advice="It begins with whsec_, then letters and digits in base64.",
            field="secret",
        )


def _is_key(secret: str) -> bool:
    try:
        return len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) > 0
    except (binascii.Error, ValueError):
        return False


def _origin(url: httpx.URL) -> tuple[str, str]:
    return url.scheme, _host_port(url)


def _host_port(url: httpx.URL) -> str:
    return origin(url.raw_host.decode("ascii"), url.port or _PORTS.get(url.scheme, 0))
