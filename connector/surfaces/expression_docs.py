"""The page on expressions: its examples are evaluated while it is rendered, so they are true.

``python -m connector.surfaces.expression_docs docs/expressions.md`` writes it; a test holds it
against drift.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from connector.errors import InputError
from connector.surfaces.doc_tables import cell, table
from connector.workflow import amounts, dates, texts
from connector.workflow.expressions import evaluate
from connector.workflow.functions import FUNCTIONS, Function

SAMPLE: Mapping[str, Any] = {
    "input": {
        "deal": {"id": "9001", "name": "Website", "closedate": "2026-03-31T23:30:00-05:00"},
        "company": {"name": "Acme Ltd.", "vatId": None},
        "lineItems": [
            {"sku": "DESIGN", "quantity": 2, "price": "450.00"},
            {"sku": "HOSTING", "quantity": 12, "price": "19.95"},
            {"sku": "SUPPORT", "quantity": 0, "price": "80.00"},
        ],
    },
    "steps": {"customer": {"id": "HS-77", "created": False}},
    "tables": {"accounts": {"DESIGN": "4000", "HOSTING": "4010"}},
}

_PATHS = (
    ("{{ input.deal.id }}", "A field of the event."),
    ("{{ steps.customer.id }}", "The result of an earlier step."),
    ("{{ steps.customer.created }}", "Alone between its braces, a value keeps its type."),
    ("Deal {{ input.deal.id }}: {{ input.deal.name }}", "Among other words it becomes text."),
    ("{{ input.lineItems[0].sku }}", "The first of a list; counting starts at 0."),
    ("{{ input.lineItems.size() }}", "How many there are."),
)
_CHOICES = (
    (
        "{{ has(input.company.phone) ? input.company.phone : 'none' }}",
        "A field that may be missing altogether.",
    ),
    ("{{ default(input.company.vatId, 'none') }}", "A field that is there and may be empty."),
    (
        "{{ steps.customer.created && input.deal.id != '' ? 'new' : 'known' }}",
        "Both must hold; `||` wants one of them, `!` turns around.",
    ),
    ("{{ compare(input.lineItems[0].price, '100') > 0 }}", "Amounts are compared as numbers."),
    ("{{ input.deal.name in ['Website', 'Shop'] }}", "One of several."),
    ("{{ input.company.name.startsWith('Acme') }}", "How a text begins; also `endsWith`."),
)
_LISTS = (
    ("{{ input.lineItems.map(line, line.sku) }}", "One value of every line."),
    ("{{ input.lineItems.filter(line, line.quantity > 0).size() }}", "Some of the lines."),
    ("{{ input.lineItems.exists(line, line.sku == 'DESIGN') }}", "Whether any line fits."),
    ("{{ input.lineItems.all(line, line.quantity > 0) }}", "Whether every line fits."),
    (
        "{{ sum_money(input.lineItems.map(line, mul(line.price, line.quantity))) }}",
        "A total, exact to the cent.",
    ),
    ("{{ lookup(tables.accounts, input.lineItems[1].sku) }}", "A table of the workflow."),
    ("{{ lookup(tables.accounts, 'TRAVEL', '4999') }}", "The same, with a fallback."),
)
_REFUSED = (
    "{{ input.deal.amount }}",
    "{{ input.lineItems[0].price * 2 }}",
    "{{ money('1,200.00') }}",
    "{{ date('03/04/2026') }}",
    "{{ lookup(tables.accounts, 'TRAVEL') }}",
    "{{ order.id }}",
)
_MAPPED = {
    "each": "{{ input.lineItems }}",
    "as": "line",
    "where": "{{ line.quantity > 0 }}",
    "value": {
        "accountNumber": "{{ lookup(tables.accounts, line.sku) }}",
        "amount": "{{ mul(line.price, line.quantity) }}",
        "memo": "{{ line.sku + ' for ' + input.company.name }}",
    },
}
_FAMILIES = (("Amounts", amounts), ("Dates", dates), ("Texts, lists and tables", texts))


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join(
        (
            _OPENING,
            f"```json\n{_json(SAMPLE)}\n```\n",
            "## Taking values\n",
            _examples(_PATHS),
            "## Conditions and what may be missing\n",
            _examples(_CHOICES),
            "## Lists\n",
            _examples(_LISTS),
            _MAPPING,
            f"```json\n{_json(_MAPPED)}\n```\n\ngives\n\n```json\n{_json(_result(_MAPPED))}\n```\n",
            "## Functions\n",
            _ABOUT_FUNCTIONS,
            *_function_tables(),
            "## What is refused, and how that reads\n",
            _refusals(),
            _LIMITS,
        )
    )


def _examples(rows: Iterable[tuple[str, str]]) -> str:
    shown = ((_code(text), _code(_json(_result(text))), cell(about)) for text, about in rows)
    return table(("Written", "Result", ""), shown)


def _function_tables() -> Iterable[str]:
    for title, module in _FAMILIES:
        rows = (_function_row(one) for one in FUNCTIONS if one.call.__module__ == module.__name__)
        yield f"### {title}\n"
        yield table(("Function", "What it does", "Example", "Result"), rows)


def _function_row(function: Function) -> tuple[str, ...]:
    source, result = function.example
    return (
        _code(function.signature),
        cell(function.description),
        _code(source),
        _code(_json(result)),
    )


def _refusals() -> str:
    return table(("Written", "Answer"), ((_code(text), cell(_refusal(text))) for text in _REFUSED))


def _refusal(text: str) -> str:
    try:
        evaluate(text, SAMPLE, "amount")
    except InputError as error:
        return f"{error.title} {error.advice}"
    raise ValueError(f"{text} is not refused any more.")


def _result(value: Any) -> Any:
    return evaluate(value, SAMPLE)


def _code(text: str) -> str:
    return f"`{text.replace('|', chr(92) + '|')}`"


def _json(value: Any) -> str:
    if isinstance(value, Mapping) or (value and isinstance(value, list)):
        wide = json.dumps(value, ensure_ascii=False)
        return wide if len(wide) < _WIDE else json.dumps(value, ensure_ascii=False, indent=2)
    return json.dumps(value, ensure_ascii=False)


_WIDE = 60

_OPENING = """# Expressions
<!-- Rendered by connector/surfaces/expression_docs.py: change that, not this page. -->

Whatever stands between `{{` and `}}` is worked out when a step begins. The language is
[CEL](https://cel.dev), with functions of our own for amounts, dates and texts. It cannot loop for
ever, cannot reach anything but the data it is given, and does not guess: a field that is not there,
or text where a number is needed, is an error that names the place.

Amounts are texts of digits, such as `"450.00"`, and stay exact: reckon with the functions for
amounts, never with `+` or `*`.

All examples on this page use this data:
"""
_MAPPING = """
A list of lines is best written as a mapping: what stands under `value` is worked out once for every
item. The composer writes the same thing. `where` is optional.
"""
_ABOUT_FUNCTIONS = (
    "A `?` marks what may be left out. Every function refuses what it cannot take, and says what "
    "it was given.\n"
)
_LIMITS = """
## Limits

An expression may have 4 KB of text, a value 256 KB, a mapping 10,000 items. A result is never
evaluated again: braces that arrive inside the data stay braces. Before a workflow is published, its
expressions are checked against the fields of its trigger and of its earlier steps.
"""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
