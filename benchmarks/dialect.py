"""What the connector itself costs around a call: writing requests, reading replies, an action.

    python benchmarks/dialect.py [--rounds 20]

Each part is measured against the plainest peer in the same run: requests against
`xmltodict.unparse`, replies against `xmltodict.parse`, an action against its call alone. Nothing
is sent. Prints the best and the median of the rounds in milliseconds, and ratios.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import xmltodict

from actions.customer.create_customer import ACTION as CREATE_CUSTOMER
from actions.invoice.create_invoice import ACTION as CREATE_INVOICE
from connector.component import Action, Context
from connector.intacct.client import IntacctClient
from connector.intacct.dialects.xml import Control, SessionToken, XmlDialect
from connector.intacct.dialects.xml_parse import read_document
from connector.intacct.dialects.xml_reply import read_reply
from connector.intacct.operation import Frozen, Operation, Result, Verb
from connector.intacct.router import Router

CREATES, FIELDS, ROWS, COLUMNS, RUNS = 100, 60, 2000, 20, 200
MOST_ENCODING_MS, LEAST_RATIO, MOST_OVERHEAD_MS = 15.0, 3.0, 1.5
SESSION = SessionToken("session", "http://nowhere.test", "", 0)
CONTROL = Control("sender", "password", "request", is_unique=True)
INVOICE = {
    "customerId": "C-1",
    "dateCreated": "2026-03-02",
    "dueDate": "2026-04-02",
    "invoiceNumber": "INV-1",
    "lineItems": [
        {"accountNumber": "4000", "amount": "12.50", "memo": "Tea & biscuits", "locationId": "100"}
        for _ in range(5)
    ],
}


@dataclass(frozen=True)
class Measured:
    """Milliseconds of one round."""

    best: float
    median: float

    def __str__(self) -> str:
        return f"{self.best:8.2f} ms best {self.median:8.2f} ms median"


def main() -> int:
    """Run the benchmark, print its figures and return how many targets were missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    return sum(not part(rounds) for part in (_encoding, _decoding, _acting))


def _measure(rounds: int, work: Callable[[], object]) -> Measured:
    work()
    gc.collect()
    found = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        found.append((time.perf_counter() - started) * 1000)
    return Measured(min(found), statistics.median(found))


def _verdict(what: str, *, is_met: bool) -> bool:
    print(f"  {'met' if is_met else 'MISSED':<8}{what}")
    return is_met


def _encoding(rounds: int) -> bool:
    """Write 100 requests, each creating a customer of 60 fields."""
    dialect, values = XmlDialect(), _customer()
    operation = Operation(Verb.CREATE, "customer", values)

    def write() -> None:
        for _ in range(CREATES):
            dialect.request(dialect.freeze(operation), "control", SESSION, CONTROL)

    document = xmltodict.parse(dialect.request(dialect.freeze(operation), "c", SESSION, CONTROL))

    def write_plainly() -> None:
        for _ in range(CREATES):
            xmltodict.unparse(document)

    ours, plain = _measure(rounds, write), _measure(rounds, write_plainly)
    print(f"{CREATES} creates of {len(values)} fields as requests")
    print(f"  ours              {ours}")
    print(f"  xmltodict.unparse {plain}   {plain.best / ours.best:.1f} times as long")
    return _verdict(f"below {MOST_ENCODING_MS:g} ms", is_met=ours.best < MOST_ENCODING_MS)


def _customer() -> dict[str, Any]:
    """Return checked inputs of a customer, 60 of them filled in."""
    given: dict[str, Any] = {}
    for name, stanza in CREATE_CUSTOMER.form.schema["properties"].items():
        example = next(iter(stanza.get("examples", ())), None)
        if len(given) < FIELDS and isinstance(example, str | bool):
            given[name] = example
    checked = CREATE_CUSTOMER.form.check(given)
    assert len(checked) == FIELDS, f"only {len(checked)} fields have examples"
    return checked


def _decoding(rounds: int) -> bool:
    """Read a page of 2,000 records of 20 columns: as a document, and as an action gets it."""
    body = _page()
    frozen = Frozen("xml", "query", "<query/>", is_write=False)
    assert read_document(body) == xmltodict.parse(body)
    ours = _measure(rounds, lambda: read_document(body))
    rows = _measure(rounds, lambda: read_reply(200, {}, body, frozen, "c"))
    plain = _measure(max(rounds // 4, 3), lambda: xmltodict.parse(body))
    ratio = plain.best / ours.best
    print(f"a page of {ROWS} records with {COLUMNS} columns, {len(body) / 1e6:.1f} MB")
    print(f"  ours              {ours}")
    print(f"  xmltodict.parse   {plain}   {ratio:.1f} times as long")
    print(f"  with errors, rows {rows}   checked and in one shape")
    return _verdict(f"at least {LEAST_RATIO:g} times as fast", is_met=ratio >= LEAST_RATIO)


def _page() -> bytes:
    """Return a reply like a list of customers: short texts, numbers, dates, some of them empty."""
    values = ["Acme & Sons", "", "true", "12.50", "2026-03-02", "C-00001", "active"]
    row = "".join(
        f"<FIELD{place}>{escape(values[place % len(values)])}</FIELD{place}>"
        for place in range(COLUMNS)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><response><control><status>success</status>'
        "</control><operation><authentication><status>success</status></authentication><result>"
        "<status>success</status><function>query</function><controlid>c</controlid>"
        f'<data listtype="CUSTOMER" totalcount="{ROWS}" offset="0" count="{ROWS}" '
        f'numremaining="0">{f"<CUSTOMER>{row}</CUSTOMER>" * ROWS}</data></result></operation>'
        "</response>"
    ).encode()


def _acting(rounds: int) -> bool:
    """Run an action whose call answers at once: checks, rules, encoding and the result."""

    def answer(_operation: Operation) -> Result:
        return Result("create_invoice", "c", key="1", external_id="INV-1")

    client = IntacctClient(answer, Router(("xml",)), resend=answer, name=lambda _key, _id: None)
    context = Context(intacct_client=client)
    simple = _overhead(CREATE_CUSTOMER, context, {"customerName": "Acme"}, rounds)
    one = _overhead(CREATE_INVOICE, context, INVOICE, rounds)
    print("an action around a call that answers at once, inputs and checks to result")
    print(f"  createCustomer    {simple}")
    print(f"  createInvoice     {one}   with {len(INVOICE['lineItems'])} lines")
    return _verdict(f"below {MOST_OVERHEAD_MS:g} ms", is_met=one.best < MOST_OVERHEAD_MS)


def _overhead(action: Action, context: Context, inputs: dict[str, Any], rounds: int) -> Measured:
    def run() -> None:
        for _ in range(RUNS):
            action.run(context, inputs)

    found = _measure(rounds, run)
    return Measured(found.best / RUNS, found.median / RUNS)


if __name__ == "__main__":
    sys.exit(main())
