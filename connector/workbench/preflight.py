"""Looks at a write before it is sent: what Intacct would refuse, seen by reading alone.

Every check says what it found, and those that cannot be made say so: whether the books of a day are
open cannot be read over either API, as far as Sage's documents tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from actions.journal_entry.sides import sides_of
from connector.errors import ConnectorError
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Operation, Verb
from connector.workbench.lookups import Lookups
from connector.workbench.named_records import Named, lines_of, named_records
from connector.workbench.report import Check, Finding

_POSTING_DAYS = ("postingDate", "glDatePosted", "glPostingDate", "dateCreated", "transactionDate",
                 "paymentDate", "receiptDate")  # fmt: skip
_JOURNAL_ENTRY = "journalEntry"
_SHOWN = 5
_LONGEST = 300


def checks_of(operation: Operation, lookups: Lookups) -> tuple[Check, ...]:
    """Return what can be seen of one write before it is sent; never raises for what it finds."""
    if not operation.object_name or operation.verb not in _LOOKED_AT:
        return (Check("request", Finding.UNCHECKED, "What this request does is not looked into."),)
    schema = ObjectSchema.find(operation.object_name)
    found: list[Check] = []
    for look in _LOOKED_AT[operation.verb]:
        try:
            found += look(operation, schema, lookups)
        except ConnectorError as error:
            name = look.__name__.removeprefix("_")
            sentence = f"This could not be looked at: {error.title}"
            found.append(Check(name, Finding.UNCHECKED, sentence, error.advice))
    return tuple(found)


def _references(operation: Operation, schema: ObjectSchema, lookups: Lookups) -> Iterator[Check]:
    """Every record that is named exists and is active."""
    del schema
    wanted = [each for each in named_records(operation) if not lookups.is_stand_in(each.id)]
    lookups.load(wanted)
    troubled = 0
    for each in wanted:
        problem = _reference_problem(each, lookups)
        troubled += problem is not None
        if problem is not None and troubled <= _SHOWN:
            yield problem
    if troubled > _SHOWN:
        sentence = f"{troubled - _SHOWN} more records are missing or inactive."
        yield Check("references", Finding.PROBLEM, sentence)
    if wanted and not troubled:
        names = dict.fromkeys(_named(each, lookups) for each in wanted)
        sentence = f"Exists and is active: {', '.join(names)[:_LONGEST]}."
        yield Check("references", Finding.FINE, sentence)


def _named(each: Named, lookups: Lookups) -> str:
    maker = lookups.made_by(each)
    made = f" (once '{maker}' has made it)" if maker else ""
    return f"{each.object_name} {each.id}{made}"


def _reference_problem(each: Named, lookups: Lookups) -> Check | None:
    maker = lookups.made_by(each)
    if maker or not each.id:
        return None
    found = lookups.found(each)
    if found is None:
        return Check(
            "references",
            Finding.PROBLEM,
            f"There is no {each.object_name} {each.id}.",
            "Correct the ID, or create the record first.",
            each.field,
        )
    if not found.is_active:
        return Check(
            "references",
            Finding.PROBLEM,
            f"The {each.object_name} {each.id} is inactive.",
            "Make it active in Intacct, or name another one.",
            each.field,
        )
    return None


def _dimensions(operation: Operation, schema: ObjectSchema, lookups: Lookups) -> Iterator[Check]:
    """Each line has the dimensions that its account asks for."""
    del schema
    lines = [line for line in lines_of(operation) if line.values.get("accountNumber")]
    missing = 0
    for line in lines:
        account = Named("account", str(line.values["accountNumber"]), line.place)
        record = lookups.found(account)
        for name, title in record.demands.items() if record else ():
            if line.values.get(name):
                continue
            missing += 1
            if missing <= _SHOWN:
                yield Check(
                    "dimensions",
                    Finding.PROBLEM,
                    f"Account {account.id} asks for a {title}, and {line.place} names none.",
                    f"Fill in {name}.",
                    f"{line.place}.{name}",
                )
    if missing > _SHOWN:
        sentence = f"{missing - _SHOWN} more dimensions are missing."
        yield Check("dimensions", Finding.PROBLEM, sentence)
    if lines and not missing:
        sentence = "Every line has the dimensions that its account asks for."
        yield Check("dimensions", Finding.FINE, sentence)


def _own_fields(operation: Operation, schema: ObjectSchema, lookups: Lookups) -> Iterator[Check]:
    """Fields that the company added and demands are filled in."""
    live = lookups.live(schema.wire)
    if live is None:
        sentence = "Which fields the company itself demands could not be read."
        yield Check("own fields", Finding.UNCHECKED, sentence)
        return
    given = {str(name).upper() for name in operation.values}
    for group in ("customFields", "additionalFields"):
        inner = operation.values.get(group)
        given |= {str(name).upper() for name in inner} if isinstance(inner, Mapping) else set()
    for field in live.own_fields:
        if field.is_required and field.name not in given:
            label = field.label or field.name
            yield Check(
                "own fields",
                Finding.PROBLEM,
                f"The company demands {label}, and it is not given.",
                f"Add {field.name} to the custom fields.",
                "customFields",
            )


def _balance(operation: Operation, schema: ObjectSchema, lookups: Lookups) -> Iterator[Check]:
    """Debits equal credits, and the lines add up to the total that is given."""
    del lookups
    if schema.name == _JOURNAL_ENTRY:
        sides = sides_of(operation.values.get("lines", []))
        debits = sum((side.amount for side in sides if side.is_debit), Decimal())
        credits_ = sum((side.amount for side in sides if not side.is_debit), Decimal())
        is_even = debits == credits_
        finding = Finding.FINE if is_even else Finding.WARNING
        yield Check("balance", finding, f"Debits are {debits:f}, credits are {credits_:f}.")
    if schema.total:
        yield from _total(operation, schema.total)


def _total(operation: Operation, total: Mapping[str, str]) -> Iterator[Check]:
    amounts = [
        line.get(total["amount"])
        for line in _list(operation.values.get(total["lines"]))
        if isinstance(line, Mapping)
    ]
    if not amounts or None in amounts:
        return
    added = sum((Decimal(str(amount)) for amount in amounts), Decimal())
    header = operation.values.get(total["field"])
    if header is not None and Decimal(str(header)) != added:
        sentence = f"The lines add up to {added:f}, and {total['field']} says {header}."
        advice = "Correct the lines or the total."
        yield Check("balance", Finding.PROBLEM, sentence, advice, total["field"])
        return
    yield Check("balance", Finding.FINE, f"The lines add up to {added:f}.")


def _period(operation: Operation, schema: ObjectSchema, lookups: Lookups) -> Iterator[Check]:
    """Say that nobody can tell whether the books of the day are open."""
    del lookups
    is_posted = bool(schema.total) or schema.name == _JOURNAL_ENTRY
    days = (str(operation.values.get(name) or "") for name in _POSTING_DAYS)
    day = next((day for day in days if day), "")
    if is_posted and day:
        sentence = f"Whether the books are open on {day} cannot be read from Intacct."
        advice = "Look under General Ledger in Intacct, where periods are closed."
        yield Check("period", Finding.UNCHECKED, sentence, advice)


def _target(operation: Operation, schema: ObjectSchema, lookups: Lookups) -> Iterator[Check]:
    """The record that is to change exists."""
    for key, known_as in _targets(operation, schema):
        if lookups.is_stand_in(key or known_as):
            continue
        if lookups.version(schema.name, key, known_as) is None:
            sentence = f"There is no {schema.name} {known_as or key}."
            advice = "Name a record that exists."
            yield Check("target", Finding.PROBLEM, sentence, advice, schema.key)


def _targets(operation: Operation, schema: ObjectSchema) -> list[tuple[str, str]]:
    if operation.verb is Verb.DELETE:
        return [(key, "") for key in operation.keys]
    key = operation.keys[0] if operation.keys else str(operation.values.get(schema.key) or "")
    known_as = str(operation.values.get(schema.id) or "") if schema.id else ""
    return [(key, "" if key else known_as)] if key or known_as else []


def version_of(operation: Operation, lookups: Lookups) -> str:
    """Return what the record that a write changes is changed from, as one text; empty for none."""
    if operation.verb not in {Verb.UPDATE, Verb.DELETE, Verb.INVOKE}:
        return ""
    schema = ObjectSchema.find(operation.object_name)
    try:
        versions = [lookups.version(schema.name, *target) for target in _targets(operation, schema)]
    except ConnectorError:
        return ""
    return " ".join(version or "missing" for version in versions)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


_CHANGES = (_target, _references, _balance)
_LOOKED_AT = {
    Verb.CREATE: (_references, _dimensions, _own_fields, _balance, _period),
    Verb.UPDATE: _CHANGES,
    Verb.DELETE: (_target,),
    Verb.INVOKE: _CHANGES,
}
