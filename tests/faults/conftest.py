"""After every fault the books have to agree, whatever the test itself was about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support import checker
from tests.support.installation import Installation


def pytest_configure(config: pytest.Config) -> None:
    """Name the mark of what takes too long for every change."""
    config.addinivalue_line("markers", "slow: left out of the fast set")


@pytest.fixture(autouse=True)
def _everything_adds_up(request: pytest.FixtureRequest) -> Iterator[None]:
    """Hold the shared installation's books against the company's after each test on it."""
    failed = request.session.testsfailed
    found: Installation | None = None
    if "installation" in request.fixturenames:
        found = request.getfixturevalue("installation")
    yield
    if found and request.session.testsfailed == failed:
        checker.check(found)
