"""The batches that transactions of receivables and payables have in the general ledger.

They are written when somebody first reads the general ledger after a change, so that a company
that only takes invoices does not pay for them. One transaction has one batch, and a second one
when it is reversed.
"""

import hashlib
import json
from functools import cache

from connector.sandbox.objects import OBJECTS
from connector.sandbox.postings import SOURCES, Posting
from connector.sandbox.reader import closest
from connector.sandbox.store import Body, Record, Store
from connector.sandbox.writer import FIRST_NUMBERS, with_defaults

POSTED, REVERSED = "posted", "reversed"
_BATCH, _ENTRY = "GLBATCH", "GLENTRY"
FIRST_ENTRY = 50000
Batches = dict[str, tuple[Body, list[Body]]]  # header and entries by part


def bring_up_to_date(store: Store) -> None:
    """Write, change and remove the batches of every transaction that changed since the last time.

    Batches are no client's doing: the ledger of changes and the events do not tell them.
    """
    waiting = store.execute("SELECT object, recordno FROM unposted ORDER BY seq")
    if not waiting:
        return
    store.execute("DELETE FROM unposted")
    books = _Books(store)
    for object_name, number in waiting:
        books.post(object_name, number)


def post_everything(store: Store) -> None:
    """Let every transaction of a company that was kept without its batches be posted."""
    marks = ",".join("?" * len(SOURCES))
    store.execute(
        "INSERT OR IGNORE INTO unposted (object, recordno) SELECT object, recordno FROM record"  # noqa: S608 # only question marks
        f" WHERE object IN ({marks}) AND NOT EXISTS (SELECT 1 FROM posting)",
        tuple(SOURCES),
    )


class _Books:
    """One round of posting; what is read of masters is read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._find = cache(self._read)
        self._account = cache(self._described_account)

    def _read(self, object_name: str, identifier: str) -> Record | None:
        return closest(self._store.by_id(object_name, identifier), "") if identifier else None

    def _described_account(self, number: str) -> Body:
        account = self._find("GLACCOUNT", number)
        if account is None:
            return {"ACCOUNTNO": number}
        title = account.body.get("TITLE", "")
        return {"ACCOUNTNO": number, "ACCOUNTKEY": str(account.recordno), "ACCOUNTTITLE": title}

    def post(self, object_name: str, number: int) -> None:
        """Let the batches of one transaction follow it."""
        record = self._store.get(object_name, number)
        wanted = self._wanted(record) if record is not None else {}
        kept = self._kept(object_name, number)
        for part, (batch, _) in kept.items():
            if part not in wanted:
                self._remove(batch)
                self._store.execute(
                    "DELETE FROM posting WHERE object = ? AND recordno = ? AND part = ?",
                    (object_name, number, part),
                )
        if record is not None:
            self._follow(record, wanted, kept)

    def _follow(self, record: Record, wanted: Batches, kept: dict[str, tuple[int, str]]) -> None:
        """Write the batches whose contents are new; one that was kept keeps its number."""
        numbers = {
            part: kept[part][0]
            if part in kept
            else self._store.next_number(_BATCH, FIRST_NUMBERS[_BATCH])
            for part in wanted
        }
        if REVERSED in wanted:
            first, second = wanted[POSTED][0], wanted[REVERSED][0]
            first |= {"REVERSEDKEY": str(numbers[REVERSED]), "REVERSED": second["BATCH_DATE"]}
            second["REVERSEDFROM"] = str(numbers[POSTED])
        for part, (header, entries) in wanted.items():
            text = json.dumps([header, entries], sort_keys=True)
            digest = hashlib.sha256(text.encode()).hexdigest()
            if kept.get(part, (0, ""))[1] != digest:
                self._write(record, numbers[part], header, entries)
                self._store.execute(
                    "INSERT OR REPLACE INTO posting VALUES (?, ?, ?, ?, ?)",
                    (record.object, record.recordno, part, numbers[part], digest),
                )

    def _kept(self, object_name: str, number: int) -> dict[str, tuple[int, str]]:
        """Return the batches that a transaction has had so far, by part, with their contents."""
        rows = self._store.execute(
            "SELECT part, batch, digest FROM posting WHERE object = ? AND recordno = ?",
            (object_name, number),
        )
        return {part: (batch, digest) for part, batch, digest in rows}

    def _wanted(self, record: Record) -> Batches:
        """Return the batches that a transaction has now, by part."""
        posting = Posting(record, self._find, self._store.owned, self._account)
        entries = posting.entries()
        if not entries:
            return {}
        source = SOURCES[record.object]
        day = record.body.get(source.day, "")
        title = record.body.get("PRBATCH") or f"{source.title}: {day} Batch"
        wanted = {POSTED: (_header(record, title, day), entries)}
        reversed_on, taken_back = posting.reversal(entries)
        if taken_back:
            header = _header(record, f"Reversed - {title}", reversed_on)
            wanted[REVERSED] = (header, taken_back)
        return wanted

    def _write(self, record: Record, number: int, header: Body, entries: list[Body]) -> None:
        kept = self._store.get(_BATCH, number)
        if kept is not None:
            title_number = kept.body["BATCHNO"]
            self._remove(number)
        else:
            counter = f"batch of {header['JOURNAL']}"
            title_number = str(self._store.next_number(counter))
        audit: Body = {
            str(name): record.body[name]
            for name in ("WHENMODIFIED", "AUWHENCREATED", "CREATEDBY", "MODIFIEDBY")
            if name in record.body
        }
        audit["WHENCREATED"] = audit.get("AUWHENCREATED", "")
        stamps = {"MODIFIED": record.body["WHENMODIFIED"], "BATCHNO": title_number}
        body = with_defaults(OBJECTS[_BATCH], {**header, **audit, **stamps})
        self._store.put(Record(_BATCH, number, str(number), record.entity, None, body))
        for position, entry in enumerate(entries, start=1):
            own = self._store.next_number(_ENTRY, FIRST_ENTRY)
            more = {"BATCHNO": str(number), "LINE_NO": str(position)}
            line = {**entry, **more, "WHENMODIFIED": record.body["WHENMODIFIED"]}
            self._store.put(Record(_ENTRY, own, str(own), record.entity, number, line))

    def _remove(self, number: int) -> None:
        for entry in self._store.owned(_ENTRY, number):
            self._store.remove(entry)
        batch = self._store.get(_BATCH, number)
        if batch is not None:
            self._store.remove(batch)


def _header(record: Record, title: str, day: str) -> Body:
    source = SOURCES[record.object]
    return {
        "BATCH_TITLE": title,
        "JOURNAL": source.journal,
        "BATCH_DATE": day,
        "MODULE": source.module,
        "REFERENCENO": record.id,
        "STATE": "Posted",
        "PRBATCHRECTYPE": record.body.get("RECORDTYPE", ""),
        "ADJ": "false",
        "STATISTICAL": "false",
    }
