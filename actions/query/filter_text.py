"""The filter of a query as people write it, put into the form Intacct reads."""

from __future__ import annotations

import re

from connector.errors import InputError

# Text in single quotes (a quote inside is escaped by a backslash), a word, or anything else.
_PIECE = re.compile(r"'(?:[^'\\]|\\.)*'|[A-Za-z_][A-Za-z0-9_.]*|.", re.DOTALL)
_KEYWORDS = frozenset({"and", "or", "not", "in", "like", "is", "null", "rownum"})


def normalised(text: str) -> str:
    """Return the filter with its field names in upper case; quoted text and words like AND stay.

    Raises:
        InputError: A quote or a bracket is left open.
    """
    pieces = _PIECE.findall(text.strip())
    if "'" in pieces:
        raise InputError(
            "query holds a single quote that is not closed.",
            advice=r"Put text between two single quotes; write a quote inside it as \'.",
            field="query",
        )
    _require_closed_brackets(pieces)
    return "".join(_upper_field(piece) for piece in pieces)


def _upper_field(piece: str) -> str:
    is_word = piece[0].isalpha() or piece[0] == "_"
    return piece.upper() if is_word and piece.lower() not in _KEYWORDS else piece


def _require_closed_brackets(pieces: list[str]) -> None:
    depth = 0
    for piece in pieces:
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if depth < 0:
            break
    if depth:
        raise InputError(
            "query holds a bracket without its partner.",
            advice="Close every bracket that is opened.",
            field="query",
        )
