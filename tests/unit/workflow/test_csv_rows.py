"""CSV texts in expressions: rows by column, or a sentence that says which row is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import InputError
from connector.workflow.expressions import evaluate


def rows(text: str, call: str = "csv_rows(input.data)") -> Any:
    return evaluate(f"{{{{ {call} }}}}", {"input": {"data": text}})


def test_first_line_names_the_fields() -> None:
    assert rows("\ufeffid, amount\nA-1,010\n\nA-2, 12.10 \n") == [
        {"id": "A-1", "amount": "010"},
        {"id": "A-2", "amount": "12.10"},
    ]


def test_quoted_cells_may_hold_anything() -> None:
    assert rows('id,memo\r\n1,"a, ""b""\nc"\r\n') == [{"id": "1", "memo": 'a, "b"\nc'}]


def test_rows_can_be_filtered_and_another_delimiter_be_named() -> None:
    call = "csv_rows(input.data, ';').filter(row, row.id == '2')[0].amount"
    assert rows("id;amount\n1;1,50\n2;2,50\n", call) == "2,50"


def test_header_alone_has_no_rows() -> None:
    assert rows("id,amount\n") == []


def test_cells_are_never_evaluated() -> None:
    assert rows("id\n{{ input.data }}\n") == [{"id": "{{ input.data }}"}]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "first line"),
        ("id,\n1,2\n", "first line"),
        ("id,id\n1,2\n", "first line"),
        ("id,amount\n1,2\n3\n", "Row 2 .* has 1 cells"),
        ("id,amount\n1,2,3\n", "Row 1 .* has 3 cells"),
        ('id,amount\n1,"2\n', "cannot be read"),
        ("id\n" + "1\n" * 10_001, "more than 10,000 rows"),
    ],
)
def test_text_that_is_no_table_says_where(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        rows(text)
