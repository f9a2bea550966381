"""Results leave the engine part by part, and no further than they may."""

from __future__ import annotations

from typing import Any

import pytest

from connector.errors import InputError
from connector.workflow.values import taken_out


class Part:
    """A part of a result; all parts of one result count together how often they were copied."""

    copied = 0

    def __init__(self, data: Any) -> None:
        self.data = data

    def value(self) -> Any:
        Part.copied += 1
        if isinstance(self.data, list):
            return [Part(item) for item in self.data]
        if isinstance(self.data, dict):
            return {name: Part(item) for name, item in self.data.items()}
        return self.data


def test_a_result_comes_out_whole_and_is_measured() -> None:
    data = {"lines": [{"amount": "12.10", "count": 3}, None], "yes": True}
    found, size = taken_out(Part(data), 100)
    assert found == data
    assert size == 4 + len("linesyes") + 4 + 4 + len("amountcount") + len("12.10") + 4 + 4 + 4


def test_a_list_named_a_thousand_times_is_not_copied_a_thousand_times() -> None:
    """A few letters of an expression do that; it took minutes and gigabytes."""
    line = ["x"] * 1000
    Part.copied = 0
    with pytest.raises(InputError, match="over 1 KB"):
        taken_out(Part([line] * 1000), 1024)
    assert Part.copied < 1024


def test_a_float_is_refused_however_deep_it_lies() -> None:
    with pytest.raises(InputError, match="inexact number"):
        taken_out(Part({"a": [{"b": 0.1}]}), 100)
