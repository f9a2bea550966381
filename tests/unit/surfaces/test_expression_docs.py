"""The page on expressions says what the engine does."""

from __future__ import annotations

from pathlib import Path

from connector.surfaces import expression_docs
from connector.workflow.functions import FUNCTIONS

PAGE = Path(__file__).parents[3] / "docs" / "expressions.md"


def test_the_page_is_what_its_examples_give_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == expression_docs.page(), (
        "write it anew: python -m connector.surfaces.expression_docs docs/expressions.md"
    )


def test_every_function_stands_on_the_page_once() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for function in FUNCTIONS:
        assert sum(line.startswith(f"| `{function.signature}` |") for line in lines) == 1
