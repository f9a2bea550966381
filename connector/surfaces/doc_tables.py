"""Tables for the handbook of actions: of inputs and their lines, and what goes into cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_FORMATS = {"date": "date", "money": "amount", "decimal": "number", "password": "secret"}
_KINDS = {
    "boolean": "yes or no",
    "integer": "whole number",
    "object": "names with values",
    "array": "list",
    "string": "text",
}
_MOST_WORDS = 12


def input_tables(schema: Mapping[str, Any]) -> list[str]:
    """Return a table of the inputs, and below it one for each input that has fields inside."""
    if not schema["properties"]:
        return ["There are none.\n"]
    found = [_input_table(schema)]
    for name, stanza in schema["properties"].items():
        for inner, title in ((stanza.get("items"), "each line of"), (stanza, "inside")):
            if isinstance(inner, Mapping) and inner.get("properties"):
                found += [f"### {stanza.get('title', name)}: {title} `{name}`\n"]
                found += [_input_table(inner)]
    return found


def _input_table(schema: Mapping[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = [
        (
            f"`{name}`",
            cell(stanza.get("title", name)),
            cell(kind_of(stanza)),
            "yes" if name in required else "",
            cell(stanza.get("description", "")),
            _example(stanza),
        )
        for name, stanza in schema["properties"].items()
    ]
    return table(("Key", "Label", "Kind", "Required", "Help", "Example"), rows)


def kind_of(stanza: Mapping[str, Any]) -> str:
    """Return what a field holds, in words: its fixed list, its format or its type."""
    words = [str(word) for word in stanza.get("enum", ())]
    if words:
        shown = ", ".join(words[:_MOST_WORDS]) + (" ..." if len(words) > _MOST_WORDS else "")
        return f"one of: {shown}"
    kinds = stanza.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    named = _FORMATS.get(stanza.get("format", "")) or _KINDS.get(kind, kind)
    source = stanza.get("x-form", {}).get("dataSource")
    return f"{named}, picklist `{source}`" if source else named


def _example(stanza: Mapping[str, Any]) -> str:
    examples = stanza.get("examples", ())
    if not examples:
        return ""
    example = examples[0]
    text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)
    return f"`{cell(text)}`"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; cells have to be fit for one (``cell``)."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(text: str) -> str:
    """Return a text that fits a cell: one line, without what would end it or start a tag."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def spoken(pattern: str) -> str:
    """Return roughly which words a pattern looks for, for people who read no patterns."""
    text = re.sub(r"\(\?P<\w+>", "(", pattern)
    text = re.sub(r"\([^()]*\)\?|\\b", "", text)  # what may be missing
    text = re.sub(r"\(([^()|]*)[^()]*\)", r"\1", text)  # the first of several
    text = re.sub(r"(\[[^]]*\][*+]?|\\\w[*+]?|\.\{[^}]*\}|\.\*)+", "...", text)
    text = re.sub(r"[\\()?]", "", text)
    return " or ".join(" ".join(part.split()) for part in text.split("|"))
