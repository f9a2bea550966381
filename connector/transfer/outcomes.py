"""The outcome file: one line for each row, for people and for the next program."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Self

from connector.errors import InputError
from connector.transfer.rows import Outcome, Told

COLUMNS = ("row", "outcome", "key", "id", "error", "advice")
_UNSAFE_IN_A_SHEET = ("=", "+", "-", "@", "\t", "\r")


class OutcomeFile:
    """Writes outcomes as they become known, and counts them.

    Rows whose outcome is only known later stand at the end. A run that is resumed writes the file
    anew, with what the rows of the run before became.

    Args:
        path: A CSV file; None to count only.

    Raises:
        InputError: The file cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self.counts: Counter[Outcome] = Counter()
        try:
            self._file = path.open("w", encoding="utf-8", newline="") if path else None
        except OSError as error:
            raise InputError(
                f"{path} cannot be written: {error.strerror}.",
                advice="Name another file with --outcomes.",
            ) from error
        self._writer = csv.writer(self._file) if self._file else None
        if self._writer:
            self._writer.writerow(COLUMNS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()

    def write(self, told: Told) -> None:
        """Write one row's line."""
        self.counts[told.outcome] += 1
        if self._writer is None:
            return
        title = advice = ""
        if told.error is not None:
            field = told.error.field
            named = f" [{field}]" if field and field not in told.error.title else ""
            title, advice = f"{told.error.title}{named}", told.error.advice
        cells = (told.number, told.outcome.value, told.key, told.id, title, advice)
        self._writer.writerow([_safe(str(cell)) for cell in cells])

    def flush(self) -> None:
        """Put what was written where other programs see it."""
        if self._file:
            self._file.flush()


def _safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_UNSAFE_IN_A_SHEET) else cell
