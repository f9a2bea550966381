"""What came from elsewhere is what its page says it is: C39."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "console.md").read_text()
VENDORED = ("connector/web/static/htmx.min.js", "tests/browser/vendor/axe.min.js")


@pytest.mark.parametrize("path", VENDORED)
def test_vendored_files_are_unchanged_and_bring_their_licence(path: str) -> None:
    file = ROOT / path
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest in re.findall(r"[0-9a-f]{64}", PAGE)
    assert file.with_name(f"{file.name.split('.')[0]}.LICENSE").read_text().strip()
