"""How far a sync or an export is: told while it goes, whole at every moment, and forgivable."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connector.errors import InputError, Unreachable
from connector.transfer import progress
from connector.transfer.progress import Kind, Progress, Transfer
from connector.transfer.rows import Outcome, Told

SYNC = Kind("sync-1", "sync", "customer", "books", "out.csv", expected=100)


class Clock:
    """Milliseconds that a test turns."""

    def __init__(self) -> None:
        self.now = 1_000_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def found(folder: Path, clock: Clock, kind: Kind = SYNC) -> Transfer:
    one = progress.one(folder, progress.id_of(kind.name), clock.now)
    assert one is not None
    return one


def test_a_transfer_is_seen_as_soon_as_it_begins(tmp_path: Path, clock: Clock) -> None:
    with Progress(tmp_path, SYNC, clock):
        one = found(tmp_path, clock)
        assert (one.state, one.rows, one.kind) == ("running", 0, SYNC)
        assert (one.share, one.remaining_seconds) == (0.0, None)


def test_rows_pace_and_rest_are_told(tmp_path: Path, clock: Clock) -> None:
    with Progress(tmp_path, SYNC, clock) as seen:
        for number in range(1, 26):
            seen.row(Told(number, Outcome.CREATED))
        clock.now += 5_000
        seen._write("running", "")
        one = found(tmp_path, clock)
    assert (one.rows, one.rate, one.share, one.remaining_seconds) == (25, 5.0, 0.25, 15)


def test_every_kind_of_outcome_is_counted_and_errors_are_kept_newest_first(
    tmp_path: Path, clock: Clock
) -> None:
    with Progress(tmp_path, SYNC, clock) as seen:
        for number in range(1, 151):
            seen.row(Told(number, Outcome.REFUSED, error=InputError(f"Row {number}.")))
        seen.row(Told(151, Outcome.UPDATED))
    one = found(tmp_path, clock)
    assert (one.state, one.counts, one.failed) == ("done", {"refused": 150, "updated": 1}, 150)
    assert [error.row for error in one.errors[:2]] == [150, 149]
    assert len(one.errors) == progress.MOST_ERRORS


def test_pages_of_an_export_say_how_many_there_are(tmp_path: Path, clock: Clock) -> None:
    kind = Kind("export-1", "export", "invoice", "books", "out.jsonl")
    with Progress(tmp_path, kind, clock) as seen:
        seen.page(2000, 5000)
        seen.page(2000, 5000)
        seen._write("running", "")
        one = found(tmp_path, clock, kind)
    assert (one.rows, one.kind.expected, one.share) == (4000, 5000, 0.8)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (Unreachable("Intacct does not answer."), "Intacct does not answer."),
        (KeyboardInterrupt(), "It was interrupted."),
    ],
)
def test_an_end_by_an_error_says_why(
    tmp_path: Path, clock: Clock, error: BaseException, sentence: str
) -> None:
    with pytest.raises(type(error)), Progress(tmp_path, SYNC, clock):
        raise error
    one = found(tmp_path, clock)
    assert (one.state, one.sentence) == ("stopped", sentence)


def test_a_process_that_was_killed_is_called_silent(tmp_path: Path, clock: Clock) -> None:
    with Progress(tmp_path, SYNC, clock):
        clock.now += progress.SILENT_AFTER_MS + 1
        assert found(tmp_path, clock).state == "silent"


def test_a_broken_or_foreign_file_is_passed_over(tmp_path: Path, clock: Clock) -> None:
    with Progress(tmp_path, SYNC, clock):
        pass
    folder = tmp_path / progress.FOLDER
    (folder / "broken.json").write_text("{")
    (folder / "other.json").write_text(json.dumps({"state": "running"}))
    (folder / "list.json").write_text("[]")
    assert [one.kind.name for one in progress.listed(tmp_path, clock.now)] == ["sync-1"]
    assert progress.listed(tmp_path / "nowhere", clock.now) == []


def test_only_the_owner_reads_what_rows_said(tmp_path: Path, clock: Clock) -> None:
    with Progress(tmp_path, SYNC, clock):
        pass
    folder = tmp_path / progress.FOLDER
    assert folder.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.iterdir())


def test_old_transfers_are_forgotten(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / progress.FOLDER
    folder.mkdir()
    for number in range(progress.MOST_KEPT + 5):
        (folder / f"{number}.json").write_text("{}")
    with Progress(tmp_path, SYNC, clock):
        pass
    assert len(list(folder.glob("*.json"))) == progress.MOST_KEPT + 1


def test_a_disk_that_takes_nothing_does_not_end_the_transfer(tmp_path: Path, clock: Clock) -> None:
    with Progress(tmp_path, SYNC, clock) as seen:
        folder = tmp_path / progress.FOLDER
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        seen.row(Told(1, Outcome.CREATED))
