"""A rehearsal beside a real run: what each step was given, and what it sent."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from connector.errors import NotFound
from connector.runtime import runs
from connector.runtime.services import Services
from connector.store.json_text import from_json
from connector.store.tables import effect, run, workflow
from connector.workbench.changes import differences
from connector.workbench.report import Rehearsal, StepReport, Trail

_MOST_DIFFERENCES = 50


@dataclass(frozen=True)
class Difference:
    """One place where the two differ."""

    place: str
    rehearsed: str
    real: str


@dataclass(frozen=True)
class StepComparison:
    """One step of both.

    Args:
        place: The step, with the loops and calls it stands in.
        rehearsed: What would become of it now; empty where it would not be reached.
        real: What became of it then; empty where it was not reached.
        inputs: Where its inputs differ.
        output: What it gave then.
        requests: Whether it would send the same bytes; None where either sent nothing.
    """

    place: str
    rehearsed: str
    real: str
    inputs: tuple[Difference, ...]
    output: Any
    requests: bool | None

    @property
    def is_same(self) -> bool:
        """Whether both were given the same and send the same."""
        return bool(self.rehearsed and self.real) and not self.inputs and self.requests is not False


@dataclass(frozen=True)
class Comparison:
    """A rehearsal beside a run.

    Args:
        run_id: The run.
        run_state: What became of it.
        version: The version it ran.
        steps: The steps of both, in the order of the rehearsal.
    """

    run_id: str
    run_state: str
    version: int
    steps: tuple[StepComparison, ...]

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON data."""
        steps = [{**dataclasses.asdict(step), "same": step.is_same} for step in self.steps]
        return {
            "run": self.run_id,
            "state": self.run_state,
            "version": self.version,
            "steps": steps,
        }


def compare(services: Services, rehearsal: Rehearsal, run_id: str) -> Comparison:
    """Put a rehearsal beside a run of the same workflow.

    Raises:
        NotFound: There is no such run of this workflow.
    """

    def read(connection: sa.Connection) -> Comparison:
        row = connection.execute(
            sa.select(run, workflow.c.name)
            .join(workflow, workflow.c.id == run.c.workflow_id)
            .where(run.c.id == run_id)
        ).one_or_none()
        if row is None or row.name != rehearsal.workflow:
            raise NotFound(
                f"There is no run {run_id} of '{rehearsal.workflow}'.",
                advice="'intacct runs list' names them.",
            )
        found = _Past(connection, run_id)
        steps = [found.beside(report) for report in rehearsal.steps if found.has_room(report.trail)]
        return Comparison(run_id, row.state, row.version, (*steps, *found.unmatched(rehearsal)))

    return services.database.read(read)


def past_run(services: Services, rehearsal: Rehearsal) -> str:
    """Return the newest run of the same business identity that has ended; empty for none."""
    if not rehearsal.workflow_id or not rehearsal.once:
        return ""
    ended = (runs.SUCCEEDED, runs.PARTIAL, runs.FAILED)
    found = (
        sa.select(run.c.id)
        .where(
            run.c.workflow_id == rehearsal.workflow_id,
            run.c.once == rehearsal.once,
            run.c.parent_id.is_(None),
            run.c.state.in_(ended),
        )
        .order_by(run.c.created_at.desc())
        .limit(1)
    )
    row = services.database.read(lambda c: c.execute(found).scalar_one_or_none())
    return str(row or "")


class _Past:
    """One run and the runs inside it, read as far as they are asked for."""

    def __init__(self, connection: sa.Connection, run_id: str) -> None:
        self._connection = connection
        self._runs: dict[Trail, str] = {Trail(): run_id}
        self._steps: dict[str, dict[str, sa.Row[Any]]] = {}

    def has_room(self, trail: Trail) -> bool:
        """Say whether there is a run of that place, the outermost one among them."""
        return bool(self._at(trail))

    def beside(self, report: StepReport) -> StepComparison:
        """Return a step of the rehearsal beside what became of it then."""
        run_id = self._at(report.trail)
        row = self._rows(run_id).get(report.id)
        inputs: tuple[Difference, ...] = ()
        if row is not None and row.inputs and report.inputs is not None:
            found = list(differences(report.inputs, from_json(row.inputs)))
            inputs = tuple(Difference(*each) for each in found[:_MOST_DIFFERENCES])
        return StepComparison(
            place=_named(report.trail, report.id),
            rehearsed=report.state,
            real=row.state if row is not None else "",
            inputs=inputs,
            output=from_json(row.output) if row is not None and row.output else None,
            requests=self._same_requests(run_id, report),
        )

    def unmatched(self, rehearsal: Rehearsal) -> list[StepComparison]:
        """Return the outermost steps of the run that the rehearsal did not reach."""
        known = {report.id for report in rehearsal.steps if not report.trail.parts}
        return [
            StepComparison(path, "", row.state, (), None, None)
            for path, row in self._rows(self._runs[Trail()]).items()
            if path not in known and path != runs.TRIGGER_PATH
        ]

    def _rows(self, run_id: str) -> Mapping[str, sa.Row[Any]]:
        if run_id not in self._steps:
            self._steps[run_id] = runs.steps_of(self._connection, run_id)
        return self._steps[run_id]

    def _at(self, trail: Trail) -> str:
        """Return the run that stands at a place; empty where there was none."""
        if trail not in self._runs:
            outer = self._at(Trail(trail.parts[:-1]))
            block, item = trail.parts[-1]
            inside = sa.select(run.c.id).where(
                run.c.parent_id == outer, run.c.block == block, run.c.item_key == item
            )
            found = self._connection.execute(inside).scalar_one_or_none() if outer else None
            self._runs[trail] = str(found or "")
        return self._runs[trail]

    def _same_requests(self, run_id: str, report: StepReport) -> bool | None:
        mine = (effect.c.run_id == run_id) & (effect.c.step_path == report.id)
        sent = sa.select(effect.c.payload_hash).where(mine)
        hashes = set(self._connection.execute(sent).scalars())
        if not hashes or not report.writes:
            return None
        return hashes == {write.payload_hash for write in report.writes}


def _named(trail: Trail, step_id: str) -> str:
    return f"{trail} / {step_id}" if trail.parts else step_id
