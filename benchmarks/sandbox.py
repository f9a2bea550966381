"""How fast the sandbox company lists vendors and takes invoices, and how much memory it needs.

    python benchmarks/sandbox.py [--rows 100000] [--pages 10] [--invoices 500] [--data FILE]

Asks a sandbox over loopback: pages of 2,000 vendors with 100 fields by `query`, pages of 1,000 by
`readByQuery` and `readMore`, then creates invoices one per request. Client and server share the
machine; the client only reads the bytes. Prints megabytes and calls per second, and the memory of
the server's processes after each part.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import psutil

from connector.sandbox.config import (
    COMPANY_ID,
    GATEWAY_PATH,
    SENDER_ID,
    SENDER_PASSWORD,
    USER_ID,
    USER_PASSWORD,
    SandboxConfig,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = 100
QUERY_PAGE = 2000
READ_PAGE = 1000
MEGABYTE = 1_000_000
PATIENCE = 30.0
_SERVER = (
    "import os, sys; from connector.sandbox import serve; from connector.sandbox.config import"
    " SandboxConfig; serve.serve(SandboxConfig.from_environment(dict(os.environ)), '127.0.0.1',"
    " int(sys.argv[1]))"
)
_REQUEST = f"""<request><control><senderid>{SENDER_ID}</senderid>
<password>{SENDER_PASSWORD}</password><controlid>c</controlid><uniqueid>%s</uniqueid>
<dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace></control>
<operation><authentication>%s</authentication><content><function controlid="%s">%s</function>
</content></operation></request>"""
_LOGIN = (
    f"<login><userid>{USER_ID}</userid><companyid>{COMPANY_ID}</companyid>"
    f"<password>{USER_PASSWORD}</password></login>"
)
_INVOICE = """<create_invoice><customerid>C-00001</customerid><datecreated><year>2026</year>
<month>3</month><day>2</day></datecreated><termname>Net 30</termname><invoiceno>B-%06d</invoiceno>
<invoiceitems><lineitem><glaccountno>4000</glaccountno><amount>12.10</amount>
<locationid>100</locationid></lineitem></invoiceitems></create_invoice>"""


class Caller:
    """Posts functions with one session."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._authentication = _LOGIN
        opened = self.post("<getAPISession/>").decode()
        session = opened.split("<sessionid>")[1].split("<")[0]
        self._authentication = f"<sessionid>{session}</sessionid>"

    def post(self, function: str, control_id: str = "f", unique: str = "false") -> bytes:
        """Post one function and return the reply."""
        text = _REQUEST % (unique, self._authentication, control_id, function)
        reply = self._client.post(GATEWAY_PATH, content=text.encode())
        assert reply.status_code == httpx.codes.OK, reply.text[:500]
        assert b"<status>failure" not in reply.content[:2000], reply.text[:2000]
        return reply.content


@contextmanager
def _sandbox(rows: int, data: str | None) -> Iterator[tuple[str, int]]:
    """Run a sandbox; yield its address and its process id."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    config = SandboxConfig(data=data, public_url=address, rows=rows)
    server = subprocess.Popen(  # noqa: S603 # our own text
        [sys.executable, "-c", _SERVER, str(port)], env={**os.environ, **config.to_environment()}
    )
    try:
        started = time.perf_counter()
        while not _answers(address):
            assert time.perf_counter() - started < PATIENCE, "The sandbox does not start."
            time.sleep(0.05)
        print(f"start            {time.perf_counter() - started:8.2f} s")
        yield address, server.pid
    finally:
        server.terminate()
        server.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/_sandbox/health", trust_env=False).is_success
    except httpx.TransportError:
        return False


def _memory(pid: int) -> str:
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    total = sum(process.memory_info().rss for process in processes)
    own = max(process.memory_info().rss for process in processes)
    return f"{own / MEGABYTE:6.0f} MB in the server, {total / MEGABYTE:6.0f} MB in all processes"


def _names(caller: Caller) -> list[str]:
    text = caller.post("<inspect><object>VENDOR</object></inspect>").decode()
    return re.findall("<Field>(.*?)</Field>", text)[:FIELDS]


def _list(title: str, pages: int, calls: Iterator[bytes]) -> None:
    started, size = time.perf_counter(), 0
    for _ in range(pages):
        size += len(next(calls))
    seconds = time.perf_counter() - started
    print(
        f"{title:16} {size / seconds / MEGABYTE:8.1f} MB/s, {pages / seconds:6.1f} pages/s of"
        f" {size / pages / MEGABYTE:.1f} MB"
    )


def _query_pages(caller: Caller, names: list[str], order: str) -> Iterator[bytes]:
    select = "".join(f"<field>{name}</field>" for name in names)
    offset = 0
    while True:
        yield caller.post(
            f"<query><object>VENDOR</object><select>{select}</select>{order}"
            f"<pagesize>{QUERY_PAGE}</pagesize><offset>{offset}</offset></query>"
        )
        offset += QUERY_PAGE


def _read_pages(caller: Caller, names: list[str]) -> Iterator[bytes]:
    page = caller.post(
        f"<readByQuery><object>VENDOR</object><fields>{','.join(names)}</fields><query/>"
        f"<pagesize>{READ_PAGE}</pagesize></readByQuery>"
    )
    found = re.search(rb'resultId="([^"]+)"', page)
    assert found is not None, page[:500]
    more = f"<readMore><resultId>{found[1].decode()}</resultId></readMore>"
    while True:
        yield page
        page = caller.post(more)


def _invoices(caller: Caller, count: int) -> None:
    started = time.perf_counter()
    for number in range(count):
        caller.post(_INVOICE % number, control_id=f"i{number}", unique="true")
    print(f"create_invoice   {count / (time.perf_counter() - started):8.0f} /s, one after another")


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--invoices", type=int, default=500)
    parser.add_argument("--data", help="The SQLite file of the company; in memory without it.")
    chosen = parser.parse_args()
    order = "<orderby><order><field>{}</field><descending/></order></orderby>"
    with (
        _sandbox(chosen.rows, chosen.data) as (address, pid),
        httpx.Client(base_url=address, timeout=120, trust_env=False) as client,
    ):
        caller = Caller(client)
        names = _names(caller)
        _list("query", chosen.pages, _query_pages(caller, names, ""))
        _list("readByQuery", chosen.pages, _read_pages(caller, names))
        print(f"memory           {_memory(pid)}")
        by_name = _query_pages(caller, names, order.format("WHENMODIFIED"))
        _list("query, sorted 1", 1, by_name)
        _list("query, sorted", chosen.pages, by_name)
        print(f"memory           {_memory(pid)}")
        _invoices(caller, chosen.invoices)
        print(f"memory           {_memory(pid)}")


if __name__ == "__main__":
    main()
