"""What a reply becomes, and which failures leave the outcome open."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import httpx
import pytest

from connector.errors import ConnectorError, InputError, OutcomeUnknown, Unreachable
from connector.http import HttpReply, HttpRequest, OutboundClient

Answer = Callable[[httpx.Request], httpx.Response]
URL = "https://api.example.com/records?page=2"


class Chunks(httpx.SyncByteStream):
    """A body that arrives in these pieces."""

    def __init__(self, *chunks: bytes) -> None:
        self.chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self.chunks


def send(answer: Answer, request: HttpRequest | None = None) -> HttpReply:
    client = OutboundClient(transport=httpx.MockTransport(answer))
    return client.send(request or HttpRequest("GET", URL, max_bytes=1000))


def packed(body: bytes, encoding: str = "gzip") -> Answer:
    headers = {"Content-Encoding": encoding}
    return lambda _: httpx.Response(200, headers=headers, stream=Chunks(body[:7], body[7:]))


def test_reply_has_status_lower_case_headers_and_body() -> None:
    headers = [("X-Trace", "a"), ("X-Trace", "b")]
    reply = send(lambda _: httpx.Response(418, headers=headers, stream=Chunks(b"tea", b"pot")))
    assert reply == HttpReply(418, {"x-trace": "a, b"}, b"teapot")


def test_request_leaves_as_it_was_asked_for() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(204, stream=Chunks())

    send(answer, HttpRequest("POST", URL, {"accept-encoding": "br", "X-Key": "k"}, b"{}"))
    assert (seen[0].method, str(seen[0].url), seen[0].content) == ("POST", URL, b"{}")
    assert seen[0].headers["host"] == "api.example.com"
    assert seen[0].headers["accept-encoding"] == "gzip"
    assert seen[0].headers["x-key"] == "k"


def test_redirect_is_a_reply_and_is_not_followed() -> None:
    target = {"Location": "http://169.254.169.254/latest"}
    assert send(lambda _: httpx.Response(302, headers=target, stream=Chunks())).status == 302


def test_cookies_of_one_call_do_not_reach_the_next() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, headers={"Set-Cookie": "a=1"}, stream=Chunks())

    client = OutboundClient(transport=httpx.MockTransport(answer))
    client.send(HttpRequest("GET", URL))
    client.send(HttpRequest("GET", URL))
    assert "cookie" not in seen[1].headers


def test_packed_reply_is_unpacked() -> None:
    assert send(packed(gzip.compress(b"hello"))).body == b"hello"


def test_reply_of_exactly_the_cap_is_complete() -> None:
    assert len(send(packed(gzip.compress(bytes(1000)))).body) == 1000
    assert len(send(lambda _: httpx.Response(200, stream=Chunks(bytes(1000)))).body) == 1000


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (packed(gzip.compress(bytes(50_000_000))), "larger than allowed"),
        (lambda _: httpx.Response(200, stream=Chunks(bytes(600), bytes(600))), "larger"),
        (packed(gzip.compress(b"hello")[:-9]), "damaged"),
        (packed(gzip.compress(b"hello") + b"more"), "damaged"),
        (packed(b"this is no gzip"), "damaged"),
        (packed(b"\x00" * 20, "br"), "packed in a way"),
    ],
)
def test_reply_that_cannot_be_read_whole_leaves_the_outcome_open(
    answer: Answer, words: str
) -> None:
    with pytest.raises(OutcomeUnknown, match=words):
        send(answer)


def test_packed_reply_that_never_becomes_anything_ends_all_the_same() -> None:
    """Empty blocks unpack to nothing for ever: what arrives on the wire is limited, too."""
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    begun = packer.compress(b"a") + packer.flush(zlib.Z_FULL_FLUSH)
    nothing = b"\x00\x00\x00\xff\xff" * 100  # stored blocks of no bytes

    def answer(_: httpx.Request) -> httpx.Response:
        endless = Chunks(begun, *[nothing] * 100)
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=endless)

    with pytest.raises(OutcomeUnknown, match="larger than allowed"):
        send(answer)


def test_packed_reply_that_cannot_be_packed_is_still_read_whole() -> None:
    body = random.Random(1).randbytes(1000)  # noqa: S311 - no secret
    assert send(packed(gzip.compress(body))).body == body


def test_packed_bomb_is_not_unpacked_into_memory() -> None:
    bomb = packed(gzip.compress(bytes(50_000_000)))
    tracemalloc.start()
    try:
        with pytest.raises(OutcomeUnknown):
            send(bomb)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (httpx.ConnectError, Unreachable),
        (httpx.ConnectTimeout, Unreachable),
        (httpx.PoolTimeout, Unreachable),
        (httpx.ProxyError, Unreachable),
        (httpx.ReadTimeout, OutcomeUnknown),
        (httpx.WriteTimeout, OutcomeUnknown),
        (httpx.ReadError, OutcomeUnknown),
        (httpx.WriteError, OutcomeUnknown),
        (httpx.CloseError, OutcomeUnknown),
        (httpx.RemoteProtocolError, OutcomeUnknown),
        (httpx.LocalProtocolError, OutcomeUnknown),
        (httpx.DecodingError, OutcomeUnknown),
    ],
)
def test_only_failures_before_sending_promise_that_nothing_happened(
    failure: type[httpx.HTTPError], kind: type[ConnectorError]
) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise failure("[Errno 104] raw words of the system")

    with pytest.raises(ConnectorError) as caught:
        send(answer)
    assert type(caught.value) is kind
    assert "api.example.com" in caught.value.title
    assert "page=2" not in caught.value.title
    assert "Errno" not in caught.value.title


@pytest.mark.parametrize(
    "headers", [{"X-A": "1\r\nHost: evil.example"}, {"X A": "1"}, {"X-A": "é"}, {"": "1"}]
)
def test_header_that_could_break_the_request_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(InputError, match="header"):
        send(lambda _: httpx.Response(200), HttpRequest("GET", URL, headers))
