from __future__ import annotations

from pathlib import Path

from connector.cli.supervisor import put_aside


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_log_is_put_aside_when_it_is_too_long(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for words in ("first", "second", "third", "fourth"):
        log.write_text(words)
        put_aside(log, most_bytes=4, kept=2)
    assert contents(tmp_path) == {"web.log": "", "web.log.1": "fourth", "web.log.2": "third"}


def test_a_log_that_is_short_stays(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    put_aside(log, most_bytes=4)
    log.write_text("abcd")
    put_aside(log, most_bytes=4)
    assert contents(tmp_path) == {"web.log": "abcd"}


def test_a_process_writes_on_into_the_same_file(tmp_path: Path) -> None:
    """Its descriptor is open for good, so the file must not be renamed under it."""
    path = tmp_path / "web.log"
    with path.open("ab", buffering=0) as written:
        written.write(b"before")
        put_aside(path, most_bytes=4)
        written.write(b"after")
    assert contents(tmp_path) == {"web.log": "after", "web.log.1": "before"}


def test_a_log_that_cannot_be_kept_is_cut_all_the_same(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("too long")
    (tmp_path / "web.log.1").mkdir()
    put_aside(log, most_bytes=4, kept=1)
    assert log.read_text() == ""
