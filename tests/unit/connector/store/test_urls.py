from __future__ import annotations

from pathlib import Path

import pytest

from connector.errors import SetupError
from connector.store import Database


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "books.db", ""])
def test_other_databases_are_refused_in_words(url: str) -> None:
    with pytest.raises(SetupError, match="INTACCT_DATABASE_URL"):
        Database(url)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="cannot be made"):
        Database(f"sqlite:///{tmp_path / 'file' / 'intacct.db'}")


def test_a_damaged_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "intacct.db").write_bytes(b"no database at all, " * 500)
    database = Database(f"sqlite:///{tmp_path / 'intacct.db'}")
    with pytest.raises(Exception, match="damaged"):
        database.upgrade()
    database.close()
