"""The page of promises names tests that are there, and faults that they carry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "reliability.md"
FAULTS = 45
_LINK = re.compile(r"\[[^\]]+\]\(([^)]+)\)")
_FAULT = re.compile(r"\| (F[0-9]{2}) ")
_MARK = re.compile(r"accepts\(([^)]*)\)")


def rows() -> list[str]:
    """Return the rows of the page's tables, without their titles."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    is_title = re.compile(r"\| (Promise|Fault) \||\|-")
    return [line for line in lines if line.startswith("|") and not is_title.match(line)]


def linked(line: str) -> list[Path]:
    return [(PAGE.parent / target).resolve() for target in _LINK.findall(line)]


def test_every_link_leads_to_a_test() -> None:
    targets = linked(PAGE.read_text(encoding="utf-8"))
    assert targets
    missing = [str(target) for target in targets if not target.is_file()]
    assert missing == []
    assert [target for target in targets if "def test_" not in target.read_text("utf-8")] == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[2:50])
def test_every_promise_names_its_test(row: str) -> None:
    assert linked(row)


FAULT_ROWS = {found[1]: row for row in rows() if (found := _FAULT.match(row))}


@pytest.mark.parametrize("fault", FAULT_ROWS)
def test_every_test_that_is_named_for_a_fault_carries_it(fault: str) -> None:
    for target in linked(FAULT_ROWS[fault]):
        marks = " ".join(_MARK.findall(target.read_text(encoding="utf-8")))
        assert f'"{fault}"' in marks, f"{target.name} does not carry {fault}"


def test_no_fault_is_passed_over() -> None:
    text = PAGE.read_text(encoding="utf-8")
    names = [f"F{number:02}" for number in range(1, FAULTS + 1)]
    assert [name for name in names if name not in text] == []
