"""What every template may use: times, amounts and documents in words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from flask import Flask

from connector.store.json_text import from_json
from connector.web.words import STATES

_STEPS = (
    (60, 1, "second"),
    (3600, 60, "minute"),
    (86_400, 3600, "hour"),
    (30 * 86_400, 86_400, "day"),
)
_JUST_NOW_SECONDS = 5


def install(app: Flask, now_ms: Callable[[], int]) -> None:
    """Give templates their filters, and ``asset`` for the addresses of our own files."""
    app.add_template_filter(moment, "moment")
    app.add_template_filter(lambda value: ago(value, now_ms()), "ago")
    app.add_template_filter(pretty, "pretty")
    app.add_template_filter(money, "money")
    app.add_template_filter(html_id, "html_id")
    app.add_template_filter(state_words, "state_words")
    folder = Path(str(app.static_folder))
    marks = {path.name: _mark(path) for path in folder.iterdir() if path.is_file()}
    # Browsers may keep a file for long, since a new one has a new address.
    app.add_template_global(lambda name: f"/static/{name}?v={marks[name]}", "asset")


def _mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def moment(milliseconds: int | None) -> str:
    """Return a time as ``2026-03-02 10:00:00 UTC``; empty for none."""
    if milliseconds is None:
        return ""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def ago(milliseconds: int | None, now: int) -> str:
    """Return a time as ``3 minutes ago`` or ``in 3 minutes``, a date where it is far."""
    if milliseconds is None:
        return ""
    seconds = (now - milliseconds) // 1000
    if abs(seconds) <= _JUST_NOW_SECONDS:
        return "just now"
    for limit, size, unit in _STEPS:
        if abs(seconds) < limit:
            count = abs(seconds) // size
            text = f"{count} {unit}{'' if count == 1 else 's'}"
            return f"{text} ago" if seconds > 0 else f"in {text}"
    return moment(milliseconds)[:10]


def pretty(value: Any) -> str:
    """Return a document as people read it; text that is JSON or XML is laid out too."""
    if not isinstance(value, str):
        return _laid_out(value)
    if not value.lstrip().startswith(("{", "[")):
        return _xml_lines(value)
    try:
        return _laid_out(from_json(value))
    except ValueError:
        return value


def _laid_out(value: Any) -> str:
    document: bytes = orjson.dumps(_texts(value), default=str, option=orjson.OPT_INDENT_2)
    return document.decode()


def _texts(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {str(name): _texts(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_texts(item) for item in value]
    return value


def _xml_lines(text: str) -> str:
    """Return XML with one element a line, texts untouched; other text stays as it is."""
    if not text.lstrip().startswith("<"):
        return text
    lines: list[str] = []
    depth = 0
    # An element with its text stays on one line: a line break inside would read as part of it.
    for part in re.findall(r"<[^/?!>][^>]*(?<!/)>[^<]*</[^>]+>|<[^>]+>|[^<]+", text):
        is_end = part.startswith("</")
        depth -= is_end
        if part.strip():
            lines.append("  " * max(depth, 0) + part)
        opens = part.startswith("<") and not part.startswith(("</", "<?", "<!"))
        depth += opens and not part.endswith("/>") and "</" not in part
    return "\n".join(lines)


def money(amount: Decimal | None) -> str:
    """Return an amount with thousands apart and two decimals or more; a question mark for none."""
    if amount is None:
        return "?"
    exponent = amount.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"{amount:,.{places}f}"


def html_id(name: str) -> str:
    """Return a field's name as an id that needs no escaping in selectors."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)


def state_words(state: str) -> str:
    """Return a state in words for people."""
    return STATES.get(state, state.replace("-", " ").replace("_", " "))
