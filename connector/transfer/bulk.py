"""Rows in bulk jobs: one request for thousands, and each row still an effect of its own.

The rows are marked as being sent for as long as a job may take, so that nobody looks for them, or
sends them again, while Intacct is still at it. The job's id is kept before it is asked about: a
sync that was killed is resumed by asking how the job ended. A job whose creation got no answer may
run or not; its rows stay as they are until it must be over, and are looked up then.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from connector.errors import (
    ConnectionProblem,
    ConnectorError,
    NotFound,
    OutcomeUnknown,
    Refused,
    SetupError,
)
from connector.intacct.batching import BATCH, Answers, Batch
from connector.intacct.bulk_wire import CREATE_JOB, BulkWire
from connector.intacct.operation import Operation
from connector.intacct.ports import EffectState
from connector.store import clock
from connector.store.database import Database
from connector.store.json_text import from_json, to_json
from connector.store.tables import bulk_job, effect
from connector.transfer.door import Door
from connector.transfer.ledger import RowLedger, Verdict, evidence_of
from connector.transfer.sending import UnderWay, state_of

LOG = logging.getLogger(__name__)

# How long a job's rows are left alone after the last word of it.
JOB_SECONDS = 3600.0
FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 10.0


@dataclass(frozen=True)
class Job:
    """A job that Intacct has taken.

    Args:
        id: Ours.
        job: Intacct's name of it.
        rows: The effects it carries, with their epochs, in the order of its file.
    """

    id: str
    job: str
    rows: Sequence[tuple[str, int]]


class Jobs:
    """The jobs of one run whose results are not read yet.

    Args:
        database: Where they are kept.
        ledger: The effects of the run.
    """

    def __init__(self, database: Database, ledger: RowLedger, connection_id: str) -> None:
        self._database = database
        self._ledger = ledger
        self._connection_id = connection_id

    def keep(self, job: str, rows: Sequence[tuple[str, int]]) -> Job:
        """Keep a job before anything else is done about it."""
        kept = Job(str(uuid.uuid4()), job, rows)

        def insert(connection: sa.Connection) -> int:
            values = {
                "id": kept.id,
                "connection_id": self._connection_id,
                "run_id": self._ledger.run,
                "job": job,
                "rows": to_json([list(row) for row in rows]),
                "created_at": clock.now_ms(connection),
            }
            return connection.execute(bulk_job.insert().values(**values)).rowcount

        self._database.write(insert)
        return kept

    def left(self) -> list[Job]:
        """Return the jobs that an earlier process of this run has left."""
        query = sa.select(bulk_job).where(bulk_job.c.run_id == self._ledger.run)
        rows = self._database.read(lambda c: list(c.execute(query)))
        return [
            Job(row.id, row.job, [(str(k), int(e)) for k, e in from_json(row.rows)]) for row in rows
        ]

    def postpone(self, job: Job) -> None:
        """Let nobody look for the job's rows for another while."""
        keys = [op_key for op_key, _ in job.rows]

        def change(connection: sa.Connection) -> None:
            until = clock.now_ms(connection) + int(JOB_SECONDS * 1000)
            for start in range(0, len(keys), 500):
                connection.execute(
                    effect.update()
                    .where(effect.c.op_key.in_(keys[start : start + 500]))
                    .where(effect.c.state == EffectState.SENDING)
                    .values(call_deadline=until)
                )

        self._database.write(change)

    def forget_judged(self) -> None:
        """Drop the jobs none of whose rows is under way."""
        for job in self.left():
            if not self._ledger.under_way([op_key for op_key, _ in job.rows]):
                statement = bulk_job.delete().where(bulk_job.c.id == job.id)
                self._database.write(lambda c, s=statement: c.execute(s).rowcount)  # type: ignore[misc] # a default binds the loop's value


class BulkDoor:
    """A company whose batches are jobs; the sender's rules hold for them as for requests.

    Args:
        door: The company.
        wire: Its job services.
        jobs: Where jobs under way are kept.
        sleep: Waits the given seconds.
    """

    seconds = JOB_SECONDS

    def __init__(
        self,
        door: Door,
        wire: BulkWire,
        jobs: Jobs,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._door = door
        self._wire = wire
        self._jobs = jobs
        self._sleep = sleep
        self._is_off = False
        self.meter = door.meter

    def send(self, batch: Batch, count: int, is_ours: Callable[[], Batch]) -> Answers:
        """Create a job, wait until it is over and return what became of each row.

        Raises:
            ConnectorError: The job was not taken; nothing was executed.
        """
        if self._is_off:
            return self._door.through(batch, count, is_ours, self._in_parts)
        made: list[tuple[Batch, Job | None]] = []

        def create(going: Batch, whole: Operation) -> Answers:
            try:
                job = self._wire.create(going.operations, going.name, whole.seconds)
            except OutcomeUnknown:
                LOG.warning("The creation of a bulk job got no answer")
                made.append((going, None))
                return ()
            except Refused:
                # Not for this company or object: by requests then, as many rows as those take.
                self._is_off = True
                raise
            for _ in going.operations[1:]:
                self.meter.count(CREATE_JOB)
            made.append((going, self._kept(job, going)))
            return ()

        self._door.through(batch, count, is_ours, create)
        if not made:
            return ()
        ((going, job),) = made
        if job is None:
            return _under_way(len(going.operations))
        return self.ended(job, going.operations)

    def _kept(self, job: str, going: Batch) -> Job | None:
        """Return the job, kept; None where the database does not take it, though it runs."""
        rows = [(o.op_key, going.epochs[o.op_key]) for o in going.operations]
        try:
            return self._jobs.keep(job, rows)
        except ConnectorError as error:
            LOG.warning("A bulk job runs whose name could not be kept: %s", error.title)
            return None

    def _in_parts(self, going: Batch, whole: Operation) -> Answers:
        if len(going.operations) > BATCH[going.api]:
            raise Refused("More rows than a request takes.")  # it is sent again in halves
        return self._door.sent(going, whole)

    def ended(self, job: Job, operations: Sequence[Operation]) -> Answers:
        """Wait until a job is over and return what became of each of its rows."""
        try:
            has_results = self._wait(job)
            answers = self._results(job, operations) if has_results else None
        except (ConnectionProblem, NotFound, SetupError):
            # A job that is not known any more, or not yet everywhere, may run all the same.
            return _under_way(len(operations))
        except Exception:
            LOG.exception("A mistake of ours while a bulk job was under way")
            return _under_way(len(operations))
        if answers is None:
            unclear = OutcomeUnknown("Intacct does not say what became of this record.")
            return (unclear,) * len(operations)
        return answers

    def _wait(self, job: Job) -> bool:
        """Return whether the job, which is over now, has results."""
        pause, asked_at = FIRST_WAIT_SECONDS, time.monotonic()
        while True:
            try:
                state = self._door.reading(lambda: self._wire.state(job.job, self._door.seconds))
            except (ConnectionProblem, NotFound, SetupError):
                raise
            except ConnectorError as error:
                LOG.warning("A bulk job cannot be asked about yet: %s", error.title)
            else:
                if state.is_over:
                    return state.has_results
            if time.monotonic() - asked_at > JOB_SECONDS / 4:
                self._jobs.postpone(job)
                asked_at = time.monotonic()
            self._sleep(pause)
            pause = min(LONGEST_WAIT_SECONDS, 2 * pause)

    def _results(self, job: Job, operations: Sequence[Operation]) -> Answers | None:
        """Return what became of each row, None where that cannot be read."""
        try:
            return self._door.reading(
                lambda: self._wire.results(job.job, operations, self._door.seconds)
            )
        except ConnectorError as error:
            LOG.warning("The results of a bulk job cannot be read: %s", error.title)
            return None


def settle_left(way: BulkDoor, jobs: Jobs, ledger: RowLedger) -> None:
    """Judge the rows of jobs that an earlier process of this run has left."""
    jobs.forget_judged()
    for job in jobs.left():
        operations = ledger.planned([op_key for op_key, _ in job.rows])
        answers = way.ended(job, operations)
        verdicts = [
            Verdict(
                op_key,
                epoch,
                state_of(answer),
                "" if isinstance(answer, ConnectorError) else answer.key,
                evidence_of(answer) if isinstance(answer, ConnectorError) else {"job": job.job},
            )
            for (op_key, epoch), answer in zip(job.rows, answers, strict=True)
            if not isinstance(answer, UnderWay)
        ]
        ledger.judge(verdicts, way.meter)
    jobs.forget_judged()


def _under_way(count: int) -> Answers:
    return (UnderWay("A job that may still run carries this row."),) * count
