"""Spoils a promise of the workers that are started inside, without a switch in the product."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import extensions

SABOTAGES = {"blind-retry": "tests.nemesis.blind_retry"}


@contextmanager
def sabotaged(folder: Path, name: str | None) -> Iterator[None]:
    """Let every worker started inside load one spoiling package; without a name, none.

    Args:
        folder: Gets what an installer of the package would write.
        name: One of ``SABOTAGES``.
    """
    with pytest.MonkeyPatch.context() as patch:
        if name:
            extensions.install(folder, SABOTAGES[name], patch)
        yield
