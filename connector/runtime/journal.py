"""What a run writes down while it is carried forward: few transactions, each under its epoch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from connector.runtime import children, runs, telling
from connector.runtime import meter as metering
from connector.runtime.outcomes import Outcome
from connector.runtime.runs import Claim
from connector.store import clock
from connector.store.database import Database
from connector.store.insert import insert_once
from connector.store.json_text import to_json
from connector.store.tables import run, step

Change = Callable[[sa.Connection], None]


class Journal:
    """The words of one claimed attempt.

    A step's outcome waits for the next thing that has to be durable, the start of the following
    step or the end of the run, and goes with it. Losing it loses nothing: the effect ledger knows
    what was written to Intacct, and the step finds it there.

    Every method that writes raises ``LostRun`` when another worker has claimed the run since.
    """

    def __init__(self, database: Database, claim: Claim) -> None:
        self._database = database
        self._claim = claim
        self._waiting: list[Change] = []
        self._used = 0  # API transactions that the run's row does not know of yet

    def keep_input(
        self, workflow_id: str, filled: Mapping[str, Any], once: str
    ) -> sa.Row[Any] | None:
        """Keep what the trigger brought, and return an earlier run that already did the work."""
        row = self._claim.row
        given = {"of_workflow": workflow_id, "of_once": once, "of_run": row.id}

        def earlier(connection: sa.Connection) -> sa.Row[Any] | None:
            return connection.execute(_EARLIER, given).one_or_none()

        if row.input is not None and row.once == once:
            return self._database.read(earlier)
        if self._claim.epoch > 1:  # an attempt before this one may have failed at it
            self._waiting.append(lambda c: self._change_step(c, runs.TRIGGER_PATH, _DONE))
        rows: list[sa.Row[Any] | None] = []
        self._waiting.append(lambda c: rows.append(earlier(c)))
        self._write(input=to_json(dict(filled)), once=once)
        return rows[0]

    def start(self, path: str, inputs: Any, kept: sa.Row[Any] | None) -> None:
        """Keep a step's inputs before it runs; a step that only waited has them already."""
        text = to_json(inputs)
        if kept is not None and kept.inputs == text:
            return
        self._waiting.append(lambda c: self._insert_step(c, path, {"inputs": text}))
        self._write()

    def count(self, path: str, connection_id: str, calls: Counter[str]) -> None:
        """Count the calls of a step that has started, for it, its run and its connection."""
        if not calls:
            return
        used = metering.transactions(calls)
        self._used += used
        self._waiting.append(lambda c: self._change_step(c, path, {"used": used}, _STEP_USED))
        self._waiting.append(lambda c: metering.keep(c, connection_id, calls))

    def succeed(self, path: str, output: Any) -> None:
        """Note what a step produced."""
        values = {**_DONE, "output": to_json(output)}
        self._waiting.append(lambda c: self._change_step(c, path, values, _STEP_DONE))

    def fail(self, path: str, outcome: Outcome, attempts: int, retries: int = 0) -> None:
        """Note how a step ended, and how many attempts and retries were spent on it."""
        values = {
            "state": outcome.state,
            "error": to_json(dict(outcome.error or {})),
            "attempts": attempts,
            "retries": retries,
        }
        self.note(path, values)

    def note(self, path: str, values: Mapping[str, Any]) -> None:
        """Note anything about a step, with the next thing that is written."""
        self._waiting.append(lambda c: self._insert_step(c, path, values))

    def write_now(self) -> None:
        """Make durable what waits to be written."""
        self._write()

    def finish(self, outcome: Outcome, failure_run: Change | None = None) -> list[str]:
        """End the attempt, with everything that waits to be written.

        Args:
            outcome: How it ended.
            failure_run: Starts what the workflow does after a failure, in the same transaction.

        Returns:
            The other runs that are due now, to be rung for.
        """
        woken: list[str] = []

        def end(connection: sa.Connection) -> None:
            wait_ms = outcome.wait_ms
            if outcome.state == runs.WAITING and self._is_over(connection, outcome):
                # It came while this attempt was ending: nobody will wake the run any more.
                wait_ms = 0
                woken.append(self._claim.run_id)
            runs.finish(
                connection,
                self._claim,
                outcome.state,
                wait_ms=wait_ms,
                output=outcome.output,
                error=outcome.error,
                duplicate_of=outcome.duplicate_of,
            )
            telling.tell_end(connection, self._claim.row, outcome.state, outcome.error)
            if failure_run is not None:
                failure_run(connection)
            woken.extend(children.ended(connection, self._claim.row, outcome.state))

        # Siblings that end at once do so one after the other; the parent's row always comes first.
        self._waiting.append(end)
        self._write(before=lambda c: children.lock_parent(c, self._claim.row))
        return woken

    def _is_over(self, connection: sa.Connection, outcome: Outcome) -> bool:
        """Say whether what the run is about to wait for has come, or its end was asked for."""
        if outcome.still_waits is not None and not outcome.still_waits(connection):
            return True
        return runs.cancelled_by(connection, self._claim.run_id) is not None

    def _write(self, before: Change = lambda _: None, **values: Any) -> None:
        changes, self._waiting = self._waiting, []
        used, self._used = self._used, 0

        def write(connection: sa.Connection) -> None:
            before(connection)
            runs.check(connection, self._claim, used=used, **values)
            for change in changes:
                change(connection)

        self._database.write(write)

    def _insert_step(self, connection: sa.Connection, path: str, values: Mapping[str, Any]) -> None:
        first = {"run_id": self._claim.run_id, "path": path, "started_at": clock.NOW}
        values = {"state": runs.RUNNING, "error": None, **values}
        stamp = {"finished_at": clock.NOW} if values["state"] in _ENDS else {}
        if not insert_once(connection, step, {**first, **values, **stamp}):
            self._change_step(connection, path, values)

    def _change_step(
        self,
        connection: sa.Connection,
        path: str,
        values: Mapping[str, Any],
        statement: sa.Update | None = None,
    ) -> None:
        if statement is None:
            statement = _STEP_ENDED if values.get("state") in _ENDS else _STEP
        given = {"of_run": self._claim.run_id, "of_path": path}
        connection.execute(statement, {**given, **values})


# Built once, since every run passes here and building one takes longer than running it. What else
# changes is given with the parameters.
_EARLIER: sa.Select[Any] = (
    sa.select(run.c.id, run.c.output)
    .where(
        run.c.workflow_id == sa.bindparam("of_workflow"),
        run.c.once == sa.bindparam("of_once"),
        run.c.state == runs.SUCCEEDED,
        run.c.id != sa.bindparam("of_run"),
        run.c.parent_id.is_(None),
    )
    .limit(1)
)
_STEP = step.update().where(
    step.c.run_id == sa.bindparam("of_run"), step.c.path == sa.bindparam("of_path")
)
_STEP_USED = _STEP.values(
    api_transactions=step.c.api_transactions + sa.bindparam("used", type_=sa.Integer)
)
_STEP_ENDED = _STEP.values(finished_at=clock.NOW)
_STEP_DONE = _STEP_ENDED.values(attempts=step.c.attempts + 1)
_ENDS = (runs.SUCCEEDED, runs.PASSED)
_DONE: Mapping[str, Any] = {"state": runs.SUCCEEDED, "error": None}
