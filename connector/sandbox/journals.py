"""Journal entries: lines that balance, drafts, automatic reversals and counted things."""

from collections import defaultdict
from decimal import Decimal

from connector.sandbox import ledger
from connector.sandbox.books import check_period, entity_of
from connector.sandbox.company import Call
from connector.sandbox.journal_lines import make_lines
from connector.sandbox.ledger_lines import opposite
from connector.sandbox.objects import OBJECTS
from connector.sandbox.refusal import Refusal, could_not, rule
from connector.sandbox.store import Body, Record
from connector.sandbox.values import money, stamp
from connector.sandbox.writer import (
    Given,
    accepted,
    add_record,
    check_reference,
    check_required,
    save,
    with_defaults,
)

CHAIN_TITLE = "GLBatch"  # what the chain of errors calls an entry
_LEAST_LINES = 2
_POSTING = "BATCH_DATE"
_OWN_MODULE = "2.GL"
_SUBLEDGERS = {"3.AP": "Accounts Payable", "4.AR": "Accounts Receivable"}


def create(call: Call, given: Given, lines: list[Given]) -> Record:
    """Create a journal entry, posted unless STATE is Draft; raises Refusal."""
    try:
        body = _header(call, given)
        made = make_lines(call, body, lines)
        _check_lines(call, body, made)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("create", CHAIN_TITLE)) from None
    return _reversed_later(call, _add(call, body, made), made)


def update(call: Call, record: Record, given: Given, lines: list[Given]) -> Record:
    """Change a journal entry: its lines are replaced, so send them. STATE Posted posts a draft."""
    try:
        _check_changeable(record)
        if not lines:
            raise rule("Send all lines of the journal entry: an update replaces them.")
        body = _header(call, given, kept=record.body)
        made = make_lines(call, body, lines)
        _check_lines(call, body, made)
    except Refusal as refusal:
        raise refusal.wrapped(could_not("update", CHAIN_TITLE)) from None
    changed = save(call, record, body)
    for old in call.store.owned("GLENTRY", record.recordno):
        call.store.remove(old)
    _write_lines(call, changed, made)
    return _reversed_later(call, changed, made)


def delete(call: Call, record: Record) -> None:
    """Delete a journal entry of an open period, unless it was reversed."""
    _check_changeable(record)
    check_period(call, record.body[_POSTING], field=_POSTING)
    for line in call.store.owned("GLENTRY", record.recordno):
        call.store.remove(line)
    call.store.remove(record)
    ledger.note(call.store, call.cause, "delete", record)


def _check_changeable(record: Record) -> None:
    state = record.body["STATE"]
    if record.body.get("MODULE") != _OWN_MODULE:
        source = _SUBLEDGERS.get(record.body.get("MODULE", ""), "another module")
        text = f"The journal entry comes from {source}. Change or reverse the transaction there."
        raise rule(text, object_name="GLBATCH")
    if state not in ("Draft", "Posted") or record.body.get("REVERSEDKEY"):
        what = "it was reversed" if record.body.get("REVERSEDKEY") else f"it is {state}"
        raise rule(f"The journal entry cannot be changed because {what}.", object_name="GLBATCH")


def _header(call: Call, given: Given, kept: Body | None = None) -> Body:
    described = OBJECTS["GLBATCH"]
    fields = {n: text for n, text in given.items() if n not in ("STATE", "RECORDNO")}
    own = accepted(call, described, fields)
    body = with_defaults(described, {**(kept or {}), **own})
    for name in (name for name, value in own.items() if not value):
        body.pop(name, None)
    check_required(described, body)
    _settle_journal(call, body)
    body["STATE"] = _state(given.get("STATE", ""), (kept or {}).get("STATE", ""))
    check_period(call, body[_POSTING], field=_POSTING)
    if body.get("REVERSEDATE", "9999") <= body[_POSTING]:
        raise rule("The reversal date must be after the date of the entry.", field="REVERSEDATE")
    body["MODIFIED"] = stamp(call.at)
    return body


def _settle_journal(call: Call, body: Body) -> None:
    """Find the journal: one of money or one of counted things."""
    symbol = body["JOURNAL"]
    is_counted = bool(call.store.by_id("STATJOURNAL", symbol))
    journal = check_reference(
        call, "STATJOURNAL" if is_counted else "GLJOURNAL", symbol, field="JOURNAL"
    )
    body["STATISTICAL"] = "true" if is_counted else "false"
    body["ADJ"] = journal.body.get("ADJ", "false")


def _state(asked: str, current: str) -> str:
    word = asked.lower()
    if word == "posted" or (not word and not current):
        return "Posted"
    if word == "draft" and current != "Posted":
        return "Draft"
    if not word:
        return current
    if word == "draft":
        raise rule("A posted journal entry cannot become a draft again.", field="STATE")
    raise rule(f"'{asked}' is not a valid state. Use Posted or Draft.", field="STATE")


def _check_lines(call: Call, body: Body, lines: list[Body]) -> None:
    if body["STATISTICAL"] == "true":
        if not lines:
            raise rule("A statistical journal entry needs at least one line.")
        return
    if len(lines) < _LEAST_LINES:
        raise rule("A journal entry needs at least two lines.", field="ENTRIES")
    if body["STATE"] != "Draft":
        _check_balance(call, body, lines)


def _check_balance(call: Call, body: Body, lines: list[Body]) -> None:
    """Debits equal credits per currency, and per entity unless the entry names a base entity."""
    per_entity = call.company.policies["journal_balance"] == "entity"
    sums: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(
        lambda: {"1": Decimal(0), "-1": Decimal(0)}
    )
    for line in lines:
        is_split = per_entity and not body.get("BASELOCATION_NO")
        entity = entity_of(call, line.get("LOCATION", "")) if is_split else ""
        sums[line["CURRENCY"], entity][line["TR_TYPE"]] += Decimal(line["TRX_AMOUNT"])
    for (currency, entity), sides in sorted(sums.items()):
        debits, credits_ = sides["1"], sides["-1"]
        if debits != credits_:
            where = f" at entity {entity}" if entity else ""
            raise rule(
                f"Debits and credits do not balance in {currency}{where}: debits {money(debits)},"
                f" credits {money(credits_)}, difference {money(debits - credits_)}.",
                object_name="GLBATCH",
                message_id="IA.ENTRIES_DO_NOT_BALANCE",
            )


def _add(call: Call, body: Body, lines: list[Body]) -> Record:
    number = call.store.next_number(f"batch of {body['JOURNAL']}", 1)
    record = add_record(call, OBJECTS["GLBATCH"], {**body, "BATCHNO": str(number)})
    _write_lines(call, record, lines)
    return record


def _write_lines(call: Call, record: Record, lines: list[Body]) -> None:
    for position, line in enumerate(lines, start=1):
        number = call.store.next_number("GLENTRY", 50000)
        own = {
            "BATCHNO": str(record.recordno),
            "LINE_NO": str(position),
            "ENTRY_DATE": record.body[_POSTING],
            "WHENMODIFIED": record.body["WHENMODIFIED"],
        }
        entry = Record(
            "GLENTRY", number, str(number), record.entity, record.recordno, {**line, **own}
        )
        call.store.put(entry)


def _reversed_later(call: Call, record: Record, made: list[Body]) -> Record:
    """Make the entry that reverses a posted one on its reversal date."""
    day = record.body.get("REVERSEDATE", "")
    if not day or record.body["STATE"] != "Posted" or record.body.get("REVERSEDKEY"):
        return record
    lines = [opposite(line) for line in made]
    body = {n: value for n, value in record.body.items() if n not in ("REVERSEDATE", "BATCHNO")}
    title = f"Reversed - {record.body['BATCH_TITLE']}"
    more = {_POSTING: day, "BATCH_TITLE": title, "REVERSEDFROM": str(record.recordno)}
    second = _add(call, body | more, lines)
    record.body |= {"REVERSEDKEY": str(second.recordno), "REVERSED": day}
    call.store.put(record)
    return record
