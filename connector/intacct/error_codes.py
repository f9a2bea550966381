"""What Intacct's error numbers and texts amount to: the only place that reads them.

The numbers come from Sage's documents, recorded replies and code of others (xml-api 2.3 and 5.2).
One number often means several things, so a rule may also ask for the level and the text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    RateLimited,
    Refused,
)
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.error_rules import RULES, TOO_MANY, Rule

_TOO_MANY = 429
_SIGN_IN_STATUSES = {401, 403}
_LONGEST_SENTENCE = 400
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]+")
_SUPPORT = re.compile(r"\[(?:Support|Request) ID:\s*([^\]]{0,200})\]\s*\.?", re.IGNORECASE)
_NUMBER = re.compile(r"[A-Z][A-Z0-9]*[-_]?[A-Z]*[0-9]{2,10}")
_RATE_LIMIT = re.compile(r"rate limit exceeded|too many requests", re.IGNORECASE)
# Errors that only say that something else went wrong (xml-api 5.1: cause first, then wrappers).
_WRAPPER = re.compile(
    r"^(could not (create|update|delete|save)\b|currently, we can't (create|update|delete)\b"
    r"|the entire transaction\b|there was an error processing the (request|transaction)\b)",
    re.IGNORECASE,
)
# What messages call an object that we call otherwise.
_KINDS = {"accountnumber": "account", "glaccount": "account"}
_EMPTY_CORRECTION = re.compile(
    r"check the transaction for errors or inconsistencies", re.IGNORECASE
)


@dataclass(frozen=True)
class ErrorEntry:
    """One error of a reply, as it came.

    Args:
        number: ``errorno``; sometimes a sentence instead of a number.
        description: Rarely the text for people.
        description2: Usually the text for people, with the support id at its end.
        correction: What Intacct advises.
        error_id: The error's own id, where additional information came (``GL-0493``).
        message_id: The text's id, where additional information came.
        object_name: Whose field it is about, where additional information came.
        field: Intacct's name of that field.
    """

    number: str = ""
    description: str = ""
    description2: str = ""
    correction: str = ""
    error_id: str = ""
    message_id: str = ""
    object_name: str = ""
    field: str = ""

    @property
    def sentence(self) -> str:
        """The best text for a person, cleaned; empty where nothing is said."""
        texts = (self.description2, self.description, "" if self._is_number else self.number)
        return next((text for text in map(clean, texts) if text), "")

    @property
    def _is_number(self) -> bool:
        return bool(_NUMBER.fullmatch(self.number))

    @property
    def code(self) -> str:
        """The number, or the id that came with it where the number is prose."""
        if self._is_number:
            return self.number
        return self.error_id or self.message_id

    @property
    def support_id(self) -> str:
        """What Sage's support asks for, exactly as it came."""
        texts = (self.description2, self.description, self.correction)
        found = next((match for match in map(_SUPPORT.search, texts) if match), None)
        return found[1].strip() if found else ""

    @property
    def evidence(self) -> str:
        """Every text of the error in one, for the rules to look at."""
        parts = (self.number, self.description, self.description2, self.correction)
        return " | ".join([clean(part) for part in parts] + [self.error_id, self.message_id])


def classify(
    errors: Sequence[ErrorEntry],
    level: str,
    http_status: int,
    *,
    retry_after: float | None = None,
) -> ConnectorError:
    """Return what a failure amounts to; the caller raises it.

    Args:
        errors: The reply's errors, in their order.
        level: ``control``, ``authentication`` or ``function``: where the failure stood.
        http_status: The status line's number.
        retry_after: Seconds the reply asked us to wait, if it said so.
    """
    shown = _shown(errors)
    support_id = shown.support_id or next((e.support_id for e in errors if e.support_id), "")
    rule, matched = _rule(errors, level)
    if http_status == _TOO_MANY or (rule and rule.kind is RateLimited):
        return RateLimited(
            TOO_MANY[0],
            advice=TOO_MANY[1],
            retry_after=retry_after,
            code=matched.code,
            support_id=support_id,
        )
    kind = rule.kind if rule else _kind_of(level, http_status)
    sentence = _ended(shown.sentence)
    return kind(
        (rule.worded(sentence) if rule else "") or sentence or _silent(level),
        advice=(rule.advice if rule else "") or _correction(shown),
        field=_field(rule, matched, shown),
        code=(matched if rule and rule.title else shown).code,
        support_id=support_id,
    )


def is_rate_limit(text: str) -> bool:
    """Say whether a text that is no XML reports the limit of calls (xml-api 5.3)."""
    return bool(_RATE_LIMIT.search(text))


def _shown(errors: Sequence[ErrorEntry]) -> ErrorEntry:
    """Return the first error that tells a person something."""
    told = [entry for entry in errors if entry.sentence]
    causes = (entry for entry in told if not _WRAPPER.search(entry.sentence))
    return next(causes, next(iter(told), next(iter(errors), ErrorEntry())))


def _rule(errors: Sequence[ErrorEntry], level: str) -> tuple[Rule | None, ErrorEntry]:
    """Return the first rule that fits any of the errors, and the error that it fits."""
    shown = _shown(errors)
    tells_cause = shown.sentence and not _WRAPPER.search(shown.sentence)
    for rule in RULES:
        if rule.is_last_resort and tells_cause:
            continue
        for entry in errors:
            if rule.fits(entry.number, level, entry.evidence):
                return rule, entry
    return None, shown


def _field(rule: Rule | None, matched: ErrorEntry, shown: ErrorEntry) -> str:
    """Return the input an error is about, as the user knows it; empty where it is not told."""
    for entry in (matched, shown):
        schema = _object(entry.object_name)
        found = schema.fields.find(entry.field) if schema and entry.field else None
        if found:
            return found.name
    if rule is None:
        return ""
    kind = rule.named_in(matched.evidence).replace(" ", "").lower()
    named = _object(_KINDS.get(kind, kind))
    return (named.id if named else "") or rule.field


def _object(name: str) -> ObjectSchema | None:
    try:
        return ObjectSchema.find(name)
    except ConnectorError:  # no name at all
        return None


def _kind_of(level: str, http_status: int) -> type[ConnectorError]:
    if level == "authentication" or http_status in _SIGN_IN_STATUSES:
        return ConnectionProblem
    return Refused


def _silent(level: str) -> str:
    if level == "authentication":
        return "Intacct did not accept the sign-in and gave no reason."
    return "Intacct declined the request and gave no reason."


def _correction(entry: ErrorEntry) -> str:
    correction = clean(entry.correction)
    return "" if _EMPTY_CORRECTION.search(correction) else _ended(correction)


def clean(text: str) -> str:
    """Return a text for people: no tags, no entities, no support id, one line, not endless."""
    text = _SUPPORT.sub(" ", text)
    text = _TAG.sub(" ", html.unescape(text))
    text = " ".join(_CONTROL.sub(" ", text).split())
    return text if len(text) <= _LONGEST_SENTENCE else text[:_LONGEST_SENTENCE].rstrip() + "…"


def _ended(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."
