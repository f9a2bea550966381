"""What all tests share: databases of both kinds, and installations with real processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.databases import database, postgresql, url
from tests.support.installation import Installation, start_installation

__all__ = ["database", "postgresql", "url"]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that the tests of one module share."""
    found = start_installation(tmp_path_factory.mktemp("installation"))
    yield found
    found.close()
