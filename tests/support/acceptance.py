"""Prints which acceptance points tests prove: ``python -m tests.support.acceptance``.

A point counts when a test that carries it is collected; that it passes is what the suites say.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
from collections.abc import Iterator

import pytest

NUMBERS = {"A": 58, "B": 18, "C": 95, "D": 47, "E": 42}
FAULTS = 45


class _Collector:
    """Keeps the marks of every test, running none."""

    def __init__(self) -> None:
        self.tests: dict[str, list[str]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            for mark in item.iter_markers("accepts"):
                for point in mark.args:
                    self.tests.setdefault(str(point), []).append(item.nodeid)


def proved() -> dict[str, list[str]]:
    """Return the tests of each point that any test carries."""
    collector = _Collector()
    with contextlib.redirect_stdout(io.StringIO()):  # pytest lists every file it collects
        code = pytest.main(["--collect-only", "-qqq", "--no-header", "tests"], [collector])
    if code != pytest.ExitCode.OK:
        raise SystemExit(f"The tests cannot be collected (pytest ended with {code}).")
    return collector.tests


def _ranges(numbers: list[int]) -> Iterator[str]:
    start = previous = None
    for number in [*numbers, None]:
        if previous is not None and number != previous + 1:
            yield str(start) if start == previous else f"{start}-{previous}"
            start = None
        start = number if start is None else start
        previous = number


def _line(letter: str, numbers: list[int], of: int) -> str:
    open_points = [number for number in range(1, of + 1) if number not in numbers]
    missing = ", ".join(_ranges(open_points)) or "none"
    return f"{letter}: {len(numbers)} of {of} proved; open: {missing}"


def main() -> None:
    """Print a line for each group of points, the faults last."""
    tests = proved()
    total = 0
    for letter, of in [*NUMBERS.items(), ("F", FAULTS)]:
        found = (re.fullmatch(rf"{letter}0*([0-9]+)", point) for point in tests)
        numbers = sorted({int(each[1]) for each in found if each})
        if letter != "F":
            total += len(numbers)
        sys.stdout.write(_line(letter, numbers, of) + "\n")
    sys.stdout.write(f"{total} of {sum(NUMBERS.values())} points proved\n")


if __name__ == "__main__":
    main()
