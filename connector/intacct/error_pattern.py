"""One line of the table of errors: which error it is, and what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass

from connector.errors import ConnectorError


@dataclass(frozen=True)
class Rule:
    """One line of the table.

    Args:
        code: A pattern for the whole error number; empty fits every number.
        level: ``control``, ``authentication`` or ``function``; empty fits each.
        text: A pattern to be found in any text of the error; empty fits all.
        kind: The error to raise.
        title: What happened; empty means that Intacct's own sentence tells it best.
        advice: What to do; empty means Intacct's own correction, else the type's default.
        field: The input it is about, where it can be about one only.
        is_last_resort: It counts only where nothing in the reply tells a cause.
    """

    code: str
    level: str
    text: str
    kind: type[ConnectorError]
    title: str = ""
    advice: str = ""
    field: str = ""
    is_last_resort: bool = False

    def fits(self, number: str, level: str, evidence: str) -> bool:
        """Say whether the rule speaks of an error with this number, place and text."""
        return (
            (not self.code or re.fullmatch(self.code, number) is not None)
            and self.level in {"", level}
            and (not self.text or re.search(self.text, evidence, re.IGNORECASE) is not None)
        )

    def worded(self, said: str) -> str:
        """Return the title around Intacct's own sentence, or without it where it is silent."""
        if said:
            return self.title.replace("{said}", said)
        return f"{self.title.partition(':')[0]}." if "{said}" in self.title else self.title

    def named_in(self, evidence: str) -> str:
        """Return the kind of record that the text speaks of, or nothing."""
        found = re.search(self.text, evidence, re.IGNORECASE) if self.text else None
        groups = found.groupdict().values() if found else ()
        return next((group for group in groups if group), "")
