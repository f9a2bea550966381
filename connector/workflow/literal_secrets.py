"""Find secrets that somebody wrote into a workflow, where everybody who reads it would see them."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from connector.workflow.source import OPEN
from connector.workflow.wording import join

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = re.compile(
    r"(?i)pass(word|wd|phrase)|secret|(api|access|private|auth)[_-]?key|(access|auth|refresh|"
    r"bearer)[_-]?token|^(x-)?(authorization|auth|token|api-?key|credentials?)$"
)
_PATTERNS = re.compile(
    r"\b(sk|rk|pk)_(live|test)_[0-9A-Za-z]{10,}|\bgh[pousr]_[0-9A-Za-z]{20,}|\bxox[abprs]-[0-9A-Za-z-]"
    r"{10,}|\bAKIA[0-9A-Z]{16}\b|\bpat-(na|eu)[0-9]-[0-9a-f-]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY|"
    r"\beyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}|(?i:\b(bearer|basic) [0-9a-z+/=._-]{16,})|"
    r"://[^/\s:@]+:[^/\s@]+@"
)
_TOKEN = re.compile(r"[0-9A-Za-z+/=_-]{32,}")
_ENTROPY = 4.0  # bits per sign; words of a language stay below, random letters and digits above


def literal_secrets(value: Any, field: str = "") -> Iterator[str]:
    """Yield the places in JSON data that look as if a secret stood there."""
    if isinstance(value, dict):
        for name, item in value.items():
            where = join(field, name)
            if isinstance(item, str) and _NAMES.search(name) and item and OPEN not in item:
                yield where
            else:
                yield from literal_secrets(item, where)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from literal_secrets(item, f"{field}[{index}]")
    elif isinstance(value, str) and _looks_secret(value):
        yield field


def _looks_secret(text: str) -> bool:
    if _PATTERNS.search(text):
        return True
    return any(_is_random(token) for token in _TOKEN.findall(text))


def _is_random(token: str) -> bool:
    kinds = (str.islower, str.isupper, str.isdigit)
    has_all = all(any(kind(sign) for sign in token) for kind in kinds)
    counts = Counter(token)
    entropy = -sum(n / len(token) * math.log2(n / len(token)) for n in counts.values())
    return has_all and entropy > _ENTROPY
