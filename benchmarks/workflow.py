"""What workflows cost the engine: a path, a thousand mapped lines, a run of ten steps, a loop.

    python benchmarks/workflow.py [--database URL] [--runs 40] [--items 300]

The run is of ten steps: two filters, a switch, a lookup and six writes, over a company in memory
that answers at once; what its answers cost is measured beside and taken off. Needs the packages
that the tests need.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from connector.runtime import runs
from connector.runtime.advance import advance
from connector.workflow.expressions import evaluate
from tests.support import desk
from tests.support.office import Books, Office, office

ROUNDS = 200
LINES = [
    {"name": f"Line {number}", "amount": "19.99", "sku": f"S-{number % 7}"}
    for number in range(1000)
]
MAPPED = {
    "each": "{{ input.lines }}",
    "as": "line",
    "value": {
        "accountNumber": "4000",
        "amount": "{{ money(line.amount) }}",
        "memo": "{{ line.name + ' ' + line.sku }}",
    },
}
_WRITE = """  - id: write{number}
    type: sage-intacct.createInvoice
    connection: books
    config:
      customerId: C-00001
      invoiceNumber: "{{{{ input.number + '-{number}' }}}}"
      dateCreated: "2026-03-02"
      termName: Net 30
      lineItems:
        - {{accountNumber: "4000", amount: "10.00", memo: Order}}
"""
TEN_STEPS = f"""
name: Ten steps
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - {{id: one, type: filter, config: {{condition: "{{{{ input.number != '' }}}}"}}}}
  - {{id: two, type: filter, config: {{condition: "{{{{ size(input.lines) > 0 }}}}"}}}}
  - id: three
    type: switch
    cases:
      - when: "{{{{ input.number == 'none' }}}}"
        steps: [{{id: never, type: delay, config: {{for: {{days: 1}}}}}}]
  - {{id: four, type: filter, config: {{condition: "{{{{ steps.three.case == 'otherwise' }}}}"}}}}
{"".join(_WRITE.format(number=number) for number in range(6))}"""
LOOP = f"""
name: Loop
{desk.TRIGGER}
once: "{{{{ input.number }}}}"
steps:
  - id: items
    type: forEach
    config: {{items: "{{{{ input.lines }}}}", key: "{{{{ item.name }}}}", parallel: 8}}
    steps:
      - {{id: seen, type: filter, config: {{condition: "{{{{ item.amount != '' }}}}"}}}}
"""


def median_ms(work: Callable[[], Any], rounds: int) -> float:
    """Return the median time of a piece of work in milliseconds."""
    times = []
    for _round in range(rounds):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def run_once(found: Office, number: str) -> None:
    """Carry one run through."""
    run_id = desk.start(found, {"number": number, "lines": LINES[:3]})
    advance(found.services, found.heartbeats, run_id)
    state = found.run(run_id).state
    assert state == runs.SUCCEEDED, state


class TimedBooks(Books):
    """A company that knows how long its answers took."""

    def __init__(self) -> None:
        self.seconds = 0.0
        super().__init__()

    def _serve(self, environ: Any, start_response: Any) -> Any:
        begun = time.perf_counter()
        try:
            return super()._serve(environ, start_response)
        finally:
            self.seconds += time.perf_counter() - begun


def ten_steps(url: str, folder: Path, count: int) -> tuple[float, float]:
    """Return the median of a run in milliseconds: in all, and without the company's part."""
    books = TimedBooks()
    whole, engine = [], []
    with office(url, folder, books, TEN_STEPS) as found:
        run_once(found, "warm")
        for number in range(count):
            books.seconds = 0.0
            begun = time.perf_counter()
            run_once(found, f"N{number}")
            spent = time.perf_counter() - begun
            whole.append(spent * 1000)
            engine.append((spent - books.seconds) * 1000)
    return statistics.median(whole), statistics.median(engine)


def loop(url: str, folder: Path, items: int) -> float:
    """Return the milliseconds one item of a loop takes, its own run included."""
    with office(url, folder, Books(), LOOP) as found:
        lines = [{"name": f"L{number}", "amount": "1"} for number in range(items)]
        run_id = desk.start(found, {"number": "1", "lines": lines})
        begun = time.perf_counter()
        desk.work_off(found)
        spent = time.perf_counter() - begun
        assert found.run(run_id).state == runs.SUCCEEDED
    return spent * 1000 / items


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--items", type=int, default=300)
    given = parser.parse_args()
    roots = {"input": {"deal": {"id": "7"}, "lines": LINES}, "steps": {}}
    path = median_ms(lambda: evaluate("{{ input.deal.id }}", roots), ROUNDS) * 1000
    mapped = median_ms(lambda: evaluate(MAPPED, roots), 20)
    print(f"a path                      {path:8.1f} microseconds   (goal 100)")
    print(f"1,000 lines by each         {mapped:8.1f} ms             (goal 50)")
    with tempfile.TemporaryDirectory() as folder:
        for name, measure in (("ten", ten_steps), ("loop", loop)):
            home = Path(folder) / name
            home.mkdir()
            url = given.database or f"sqlite:///{home / 'intacct.db'}"
            if measure is ten_steps:
                whole, engine = ten_steps(url, home, given.runs)
                print(f"a run of ten steps          {engine:8.1f} ms             (goal 60)")
                print(f"  with the company's part   {whole:8.1f} ms")
            else:
                print(f"an item of a loop           {loop(url, home, given.items):8.1f} ms")


if __name__ == "__main__":
    main()
