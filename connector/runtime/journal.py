"""What a run writes down while it is carried forward: few transactions, each under its epoch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from connector.runtime import meter as metering
from connector.runtime import runs
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

    def keep_input(
        self, workflow_id: str, filled: Mapping[str, Any], once: str
    ) -> sa.Row[Any] | None:
        """Keep what the trigger brought, and return an earlier run that already did the work."""
        row = self._claim.row
        if row.input is None or row.once != once:
            self._waiting.append(
                lambda c: self._change_run(c, input=to_json(dict(filled)), once=once)
            )
            self._waiting.append(lambda c: self._change_step(c, runs.TRIGGER_PATH, _DONE))
            self._write()
        return self._database.read(
            lambda c: c.execute(
                sa.select(run)
                .where(
                    run.c.workflow_id == workflow_id,
                    run.c.once == once,
                    run.c.state == runs.SUCCEEDED,
                    run.c.id != self._claim.run_id,
                )
                .limit(1)
            ).one_or_none()
        )

    def start(self, path: str, inputs: Any, kept: sa.Row[Any] | None) -> None:
        """Keep a step's inputs before it runs; a step that only waited has them already."""
        text = to_json(inputs)
        if kept is not None and kept.inputs == text:
            return
        self._waiting.append(lambda c: self._insert_step(c, path, {"inputs": text}))
        self._write()

    def count(self, connection_id: str, calls: Counter[str]) -> None:
        """Count the calls of a step for its run and its connection's month."""
        if not calls:
            return
        used = metering.transactions(calls)
        self._waiting.append(lambda c: metering.keep(c, connection_id, calls))
        self._waiting.append(
            lambda c: self._change_run(c, api_transactions=run.c.api_transactions + used)
        )

    def succeed(self, path: str, output: Any) -> None:
        """Note what a step produced."""
        values = {**_DONE, "output": to_json(output), "attempts": step.c.attempts + 1}
        self._waiting.append(lambda c: self._change_step(c, path, values))

    def fail(self, path: str, outcome: Outcome, attempts: int) -> None:
        """Note how a step ended, and how many attempts were spent on it."""
        values = {
            "state": outcome.state,
            "error": to_json(dict(outcome.error or {})),
            "attempts": attempts,
        }
        self._waiting.append(lambda c: self._insert_step(c, path, values))

    def finish(self, outcome: Outcome) -> None:
        """End the attempt, with everything that waits to be written."""
        self._waiting.append(
            lambda c: runs.finish(
                c,
                self._claim,
                outcome.state,
                wait_ms=outcome.wait_ms,
                output=outcome.output,
                error=outcome.error,
                duplicate_of=outcome.duplicate_of,
            )
        )
        self._write()

    def _write(self) -> None:
        changes, self._waiting = self._waiting, []

        def write(connection: sa.Connection) -> None:
            runs.check(connection, self._claim)
            for change in changes:
                change(connection)

        self._database.write(write)

    def _change_run(self, connection: sa.Connection, **values: Any) -> None:
        connection.execute(run.update().where(run.c.id == self._claim.run_id).values(**values))

    def _insert_step(self, connection: sa.Connection, path: str, values: Mapping[str, Any]) -> None:
        now = clock.now_ms(connection)
        first = {"run_id": self._claim.run_id, "path": path, "started_at": now}
        values = {"state": runs.RUNNING, "error": None, **values}
        if not insert_once(connection, step, {**first, **values}):
            self._change_step(connection, path, values)

    def _change_step(self, connection: sa.Connection, path: str, values: Mapping[str, Any]) -> None:
        given = dict(values)
        if given.get("state") == runs.SUCCEEDED:
            given["finished_at"] = clock.now_ms(connection)
        connection.execute(
            step.update()
            .where(step.c.run_id == self._claim.run_id, step.c.path == path)
            .values(**given)
        )


_DONE: Mapping[str, Any] = {"state": runs.SUCCEEDED, "error": None}
