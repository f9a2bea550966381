"""Answers in JSON or CSV, which travel without any envelope."""

import csv
import io
import json
from collections.abc import Iterable

from connector.sandbox.functions.answer import Bare
from connector.sandbox.refusal import Fault, Refusal

FORMATS = ("xml", "json", "csv")


def asked(text: str, errorno: str) -> str:
    """Return the format that a request asks for, xml by default; raises Refusal for another."""
    form = text.strip().lower() or "xml"
    if form not in FORMATS:
        raise Refusal(Fault(errorno, f"The format {form} is not one of {', '.join(FORMATS)}."))
    return form


def bare(form: str, titles: list[str], rows: Iterable[list[str]]) -> Bare:
    """Return rows without any envelope, every value a text."""
    if form == "json":
        objects = [dict(zip(titles, row, strict=True)) for row in rows]
        return Bare("application/json", json.dumps(objects, ensure_ascii=False).encode())
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([titles, *rows])
    return Bare("text/csv; charset=UTF-8", written.getvalue().encode())
