"""How commands print: JSON for machines, aligned columns for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
import orjson


def say_json(value: Any) -> None:
    """Print a document; amounts stay text."""
    click.echo(orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2))


def say_table(titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows under their titles, each column as wide as its longest entry."""
    lines = [tuple(titles), *(tuple(str(cell) for cell in row) for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(titles))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
