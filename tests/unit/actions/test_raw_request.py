from __future__ import annotations

from typing import Any

import pytest

from actions.raw.headers import read_headers
from actions.raw.raw_request import ACTION
from connector.component import Context
from connector.errors import InputError
from connector.intacct.raw_retries import RawRetries

Calls = list[tuple[str, tuple[Any, ...], dict[str, Any]]]
REPLY = b"<response><control><status>success</status></control></response>"


@pytest.mark.accepts("C63")
def test_defaults_are_the_published_ones(
    ctx: Context, calls: Calls, answers: dict[str, Any]
) -> None:
    answers["raw"] = REPLY
    result = ACTION.run(ctx, {"data": "<inspect/>"})
    assert result == {"data": {"response": {"control": [{"status": ["success"]}]}}}
    words = {"seconds": 120.0, "retries": RawRetries(), "headers": {}}
    assert calls == [("raw", ("<inspect/>",), words)]


@pytest.mark.accepts("C63", "C64")
def test_every_setting_reaches_the_call(ctx: Context, calls: Calls) -> None:
    ACTION.run(
        ctx,
        {
            "data": "<inspect/>",
            "timeout": "2000",
            "maxRetryCount": 3,
            "retryOnAllErrors": "true",
            "retryDelayMs": 50,
            "useExponentialBackoff": True,
            "header": ["User-Agent: curl/7.64.1"],
        },
    )
    retries = RawRetries(count=3, on_all_errors=True, delay_ms=50, use_backoff=True)
    headers = {"user-agent": "curl/7.64.1"}
    assert calls[0][2] == {"seconds": 2.0, "retries": retries, "headers": headers}


@pytest.mark.accepts("C65")
def test_lists_only_where_repeated_when_switched_off(ctx: Context, answers: dict[str, Any]) -> None:
    answers["raw"] = REPLY
    result = ACTION.run(ctx, {"data": "<inspect/>", "arrayJsonNodes": False})
    assert result == {"data": {"response": {"control": {"status": "success"}}}}


def test_xml_comes_back_as_it_came(ctx: Context, answers: dict[str, Any]) -> None:
    answers["raw"] = REPLY
    assert ACTION.run(ctx, {"data": "<a/>", "responseType": "xml"}) == {"data": REPLY.decode()}


@pytest.mark.parametrize(
    ("inputs", "field"),
    [
        ({"data": " "}, "data"),
        ({"data": "<a/>", "responseType": "csv"}, "responseType"),
        ({"data": "<a/>", "timeout": 0}, "timeout"),
        ({"data": "<a/>", "timeout": "2s"}, "timeout"),
        ({"data": "<a/>", "maxRetryCount": -1}, "maxRetryCount"),
        ({"data": "<a/>", "maxRetryCount": 11}, "maxRetryCount"),
        ({"data": "<a/>", "header": "Authorization: Basic eA=="}, "header"),
    ],
)
def test_bad_settings_are_refused_before_the_call(
    ctx: Context, calls: Calls, inputs: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError) as refused:
        ACTION.run(ctx, inputs)
    assert refused.value.field == field
    assert calls == []


@pytest.mark.parametrize(
    "header", ["User-Agent: curl/7.64.1", "accept-language:en", "X-Request-ID: 7", "X-Empty:"]
)
def test_harmless_headers_are_taken(header: str) -> None:
    read_headers(header)
    read_headers([header])


@pytest.mark.parametrize(
    "header",
    [
        "Authorization: Bearer x",
        "proxy-authorization: x",
        "Cookie: a=b",
        "Host: evil.example",
        "Content-Length: 0",
        "Content-Type: text/plain",
        "Transfer-Encoding: chunked",
        "Connection: close",
        "X-Forwarded-Host: evil.example",
        "X-A: b\r\nHost: evil.example",
        "X-A: b\n",
        "no colon",
        ": empty",
        "X-A : b",
        "",
        "X-A: " + "x" * 900,
    ],
)
def test_headers_of_the_connection_and_broken_ones_are_refused(header: str) -> None:
    with pytest.raises(InputError) as refused:
        read_headers([header])
    assert refused.value.field == "header"
    assert "Bearer" not in refused.value.title
