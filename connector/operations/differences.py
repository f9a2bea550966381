"""How Intacct and the ledger can differ about a day's records, in words for accountants."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Difference(StrEnum):
    """How Intacct and our ledger differ about one write."""

    MISSING = "missing"
    EXTRA = "extra"
    OTHER = "other content"
    THERE = "there after all"


@dataclass(frozen=True)
class Finding:
    """One difference.

    Args:
        kind: Which.
        connection: Over which the record was written.
        object_name: Our name of its kind.
        number: What people call it; its record number where it has none.
        key: The record number in Intacct, where there is one.
        run_id: The run that wrote it; empty where a person did.
        sentence: What it is about.
    """

    kind: Difference
    connection: str
    object_name: str
    number: str
    key: str
    run_id: str
    sentence: str


@dataclass(frozen=True)
class Comparison:
    """What came of comparing a day.

    Args:
        compared: How many records were looked for.
        agreed: How many are there, once and as written.
        findings: What differs.
        unasked: Sentences about what could not be looked at.
        transactions: What it cost.
    """

    compared: int
    agreed: int
    findings: list[Finding]
    unasked: list[str]
    transactions: int
