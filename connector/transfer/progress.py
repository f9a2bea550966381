"""How far a sync or an export is, for whoever watches it from elsewhere.

Kept in a file of its own in the installation's folder, whole at every moment: what happened to
each row is in the ledger and in the outcome file, and this may be lost without harm.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from connector.errors import ConnectorError
from connector.transfer.rows import Outcome, Told

FOLDER = "transfers"
RUNNING, DONE, STOPPED, SILENT = "running", "done", "stopped", "silent"
MOST_KEPT = 200
MOST_ERRORS = 100
SILENT_AFTER_MS = 60_000
_EVERY_SECONDS = 1.0
_GOOD = (Outcome.CREATED, Outcome.UPDATED, Outcome.CHECKED)


@dataclass(frozen=True)
class Kind:
    """What is transferred.

    Args:
        name: What a sync is resumed under, or an export is called.
        verb: ``sync`` or ``export``.
        object_name: Of which kind of record.
        connection: Over which connection, by name.
        other_end: The file or table on the other side, without passwords.
        expected: About how many rows there are; 0 where nobody knows.
        is_dry_run: Whether nothing is written.
    """

    name: str
    verb: str
    object_name: str
    connection: str
    other_end: str
    expected: int = 0
    is_dry_run: bool = False


@dataclass(frozen=True)
class RowError:
    """What went wrong with one row."""

    row: int
    outcome: str
    title: str
    advice: str


@dataclass(frozen=True)
class Transfer:
    """A sync or an export as it stood when it last said so.

    Args:
        id: Its short name in addresses.
        kind: What is transferred.
        state: ``running``, ``done``, ``stopped``, or ``silent`` where it ended without a word.
        rows: How many rows or records are through.
        counts: Rows by outcome; empty for exports.
        errors: The newest rows that went wrong, newest first.
        sentence: Why it stopped.
        began_at: Milliseconds since 1970, by the clock of its machine.
        seen_at: When it last said how far it is.
    """

    id: str
    kind: Kind
    state: str
    rows: int
    counts: Mapping[str, int]
    errors: tuple[RowError, ...]
    sentence: str
    began_at: int
    seen_at: int

    @property
    def rate(self) -> float:
        """Rows a second since it began."""
        seconds = max(0.001, (self.seen_at - self.began_at) / 1000)
        return self.rows / seconds

    @property
    def share(self) -> float | None:
        """How much of it is through, 0 to 1; None where nobody knows how much there is."""
        if self.state == DONE:
            return 1.0
        return min(1.0, self.rows / self.kind.expected) if self.kind.expected else None

    @property
    def remaining_seconds(self) -> int | None:
        """How long the rest takes at this pace; None where that cannot be said."""
        left = self.kind.expected - self.rows
        if self.state != RUNNING or left <= 0 or self.rows == 0:
            return None
        return round(left / self.rate)

    @property
    def failed(self) -> int:
        """How many rows did not go through."""
        return sum(count for outcome, count in self.counts.items() if outcome not in _GOOD)


class Progress:
    """Says how far a transfer is, once a second while it is under way.

    Args:
        data_dir: The installation's folder.
        kind: What is transferred.
        now: Milliseconds since 1970.
    """

    def __init__(self, data_dir: Path, kind: Kind, now: Callable[[], int] | None = None) -> None:
        self._folder = data_dir / FOLDER
        self._kind = kind
        self._now = now or _now
        self._began_at = self._now()
        self._rows = 0
        self._expected = kind.expected
        self._counts: dict[str, int] = {}
        self._why_stopped = ""
        self._errors: deque[RowError] = deque(maxlen=MOST_ERRORS)
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._teller = threading.Thread(target=self._tell, name="progress", daemon=True)

    def __enter__(self) -> Self:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _prune(self._folder)
        self._write(RUNNING, "")
        self._teller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._teller.join()
        why = self._why_stopped
        if error is not None:
            why = error.title if isinstance(error, ConnectorError) else "It was interrupted."
        self._write(STOPPED if why else DONE, why)

    def stop(self, sentence: str) -> None:
        """Take note of why it ends before its last row."""
        self._why_stopped = sentence

    def row(self, told: Told) -> None:
        """Take note of one row of a sync."""
        with self._lock:
            self._rows += 1
            self._counts[told.outcome] = self._counts.get(told.outcome, 0) + 1
            if told.error is not None:
                error = told.error
                self._errors.appendleft(
                    RowError(told.number, told.outcome, error.title, error.advice or "")
                )

    def page(self, records: int, total: int) -> None:
        """Take note of one page of an export."""
        with self._lock:
            self._rows += records
            self._expected = total

    def _tell(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            self._write(RUNNING, "")

    def _write(self, state: str, sentence: str) -> None:
        with self._lock:
            document = {
                "kind": {**vars(self._kind), "expected": self._expected},
                "state": state,
                "rows": self._rows,
                "counts": dict(self._counts),
                "errors": [vars(error) for error in self._errors],
                "sentence": sentence,
                "beganAt": self._began_at,
                "seenAt": self._now(),
            }
        path = self._folder / f"{id_of(self._kind.name)}.json"
        # A full disk must not end a transfer: this is for those who watch.
        with contextlib.suppress(OSError):
            new = path.with_suffix(".new")
            new.write_text(json.dumps(document), encoding="utf-8")
            new.chmod(0o600)
            new.replace(path)


def id_of(name: str) -> str:
    """Return the short name of a transfer, whatever characters its name holds."""
    return hashlib.sha256(name.encode()).hexdigest()[:24]


def listed(data_dir: Path, now: int, limit: int = 50) -> list[Transfer]:
    """Return the transfers that this machine knows of, the one that spoke last first."""
    found = [_read(path, now) for path in _newest(data_dir / FOLDER)[:limit]]
    known = [transfer for transfer in found if transfer is not None]
    return sorted(known, key=lambda transfer: -transfer.began_at)


def one(data_dir: Path, transfer_id: str, now: int) -> Transfer | None:
    """Return a transfer; None where there is none of that id."""
    if not (transfer_id.isascii() and transfer_id.isalnum()):
        return None
    return _read(data_dir / FOLDER / f"{transfer_id}.json", now)


def _newest(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"), key=_changed, reverse=True)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _prune(folder: Path) -> None:
    for path in _newest(folder)[MOST_KEPT:]:
        path.unlink(missing_ok=True)


def _read(path: Path, now: int) -> Transfer | None:
    try:
        return _transfer(path.stem, json.loads(path.read_text(encoding="utf-8")), now)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _transfer(transfer_id: str, document: dict[str, Any], now: int) -> Transfer:
    state = document["state"]
    if state == RUNNING and now - document["seenAt"] > SILENT_AFTER_MS:
        state = SILENT
    return Transfer(
        id=transfer_id,
        kind=Kind(**document["kind"]),
        state=state,
        rows=document["rows"],
        counts=document["counts"],
        errors=tuple(RowError(**error) for error in document["errors"]),
        sentence=document["sentence"],
        began_at=document["beganAt"],
        seen_at=document["seenAt"],
    )


def _now() -> int:
    return time.time_ns() // 1_000_000
