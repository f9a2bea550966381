from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.store import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'intacct.db'}")
    database.upgrade()
    yield database
    database.close()
