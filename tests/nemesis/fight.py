"""A random run: a stream of won deals under blows, then healing, quiet and one account of it."""

from __future__ import annotations

import itertools
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from connector.runtime import runs
from connector.store import tables
from connector.store.json_text import from_json
from tests.nemesis.blows import ALL, Blow, Scene, fail_at_the_gateway
from tests.nemesis.stream import Stream
from tests.support import checker
from tests.support.far_company import change_books, far_installation
from tests.support.installation import POLL_SECONDS, Installation
from tests.support.workers import workers

LIVENESS = 0.95
QUIET_SECONDS = 300.0
MOST_AT_ONCE = 10
LATENCY_MS = 100  # long enough for a blow to fall in the middle of a call


@dataclass(frozen=True)
class Plan:
    """What is to happen.

    Args:
        seed: Chooses everything; the same seed falls the same blows, at other moments.
        deals: How many deals are won, spread over the blows; 0 for a few before each.
        blows: How many blows fall at least.
        seconds: How long it goes on at least.
        kinds: The blows to choose from; a kind that is named twice falls twice as often.
        crew: How many workers there are besides the supervised ones.
        pause: Between two blows, at most, in seconds.
        is_gateway_bad: Whether the gateway fails some writes before each blow.
        repeated_control_id: What the company does with one.
        settings: Of the installation, beside the scaled waits.
    """

    seed: int
    deals: int = 60
    blows: int = 10
    seconds: float = 0.0
    kinds: tuple[Blow, ...] = ALL
    crew: int = 4
    pause: float = 3.0
    is_gateway_bad: bool = True
    repeated_control_id: str = "error"
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Account:
    """What came of it.

    Args:
        effects: Writes the ledger holds.
        succeeded: Events whose run ended well, as a share of all.
        longest_seconds: The longest a run took from its event to its end.
        quiet_seconds: How long it took from healing until nothing was under way.
        duplicates: A sentence for each record that stands there more than once.
        losses: A sentence for each accepted deal that is not where it should be.
        unwell: How the other runs ended, and how many of them so.
        findings: A sentence for each other promise that does not hold.
    """

    seed: int
    events: int
    effects: int
    succeeded: float
    blows: dict[str, int]
    longest_seconds: float
    quiet_seconds: float
    duplicates: list[str]
    losses: list[str]
    unwell: Counter[str]
    findings: list[str]

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept, with enough work done to mean something."""
        broken = self.duplicates or self.losses or self.findings
        return not broken and self.succeeded >= LIVENESS

    def lines(self) -> list[str]:
        """Return the account as people read it."""
        blows = ", ".join(f"{name} {count}" for name, count in sorted(self.blows.items()))
        return [
            f"seed              {self.seed}",
            f"events, effects   {self.events}, {self.effects}",
            f"succeeded         {self.succeeded:.1%} (at least {LIVENESS:.0%})",
            f"blows             {blows}",
            f"duplicates        {len(self.duplicates)}",
            f"losses            {len(self.losses)}",
            f"other findings    {len(self.findings)}",
            f"longest recovery  {self.longest_seconds:.1f} s from an event to its end",
            f"quiet             {self.quiet_seconds:.1f} s after healing",
            *(f"{count} runs {ended}" for ended, count in self.unwell.items()),
            *self.duplicates,
            *self.losses,
            *self.findings,
        ]


def fight(data_dir: Path, plan: Plan) -> Account:
    """Run it and return what came of it."""
    with (
        far_installation(data_dir, latency_ms=LATENCY_MS, **plan.settings) as (installation, wire),
        workers(installation, plan.crew) as crew,
    ):
        change_books(installation, concurrency=8)
        # Only the protocol may keep the books right: the company itself would let two by.
        installation.policy("unique_invoice_numbers", "false")
        installation.policy("repeated_control_id", plan.repeated_control_id)
        scene = Scene(installation, crew, wire, random.Random(plan.seed))  # noqa: S311 - no secret
        stream = Stream(installation, scene.chance)
        _strike_until_done(scene, stream, plan)
        _heal(scene, stream)
        quiet = _wait_for_quiet(installation)
        return _account(scene, stream, plan.seed, quiet)


def _strike_until_done(scene: Scene, stream: Stream, plan: Plan) -> None:
    ends_at = time.monotonic() + plan.seconds
    for blows in itertools.count():
        has_time = time.monotonic() < ends_at
        if blows >= plan.blows and len(stream.amounts) >= plan.deals and not has_time:
            return
        if plan.is_gateway_bad:
            fail_at_the_gateway(scene)
        stream.win(_next_batch(stream, plan, scene.chance))
        time.sleep(scene.chance.uniform(0.1, plan.pause))  # blows fall at any moment of the work
        blow = scene.chance.choice(plan.kinds)
        blow(scene)
        scene.counts[blow.__name__] += 1
        scene.catch_up()


def _next_batch(stream: Stream, plan: Plan, chance: random.Random) -> int:
    """Return how many deals are won before the next blow: what is left, spread over the blows."""
    if not plan.deals:
        return chance.randint(1, MOST_AT_ONCE)
    share = -(-plan.deals // max(plan.blows, 1))
    return max(0, min(share, plan.deals - len(stream.amounts)))


def _heal(scene: Scene, stream: Stream) -> None:
    scene.catch_up(everything=True)
    scene.wire.restore()
    scene.installation.end_faults()

    def is_delivered() -> bool:
        stream.deliver()
        return stream.is_delivered

    scene.installation.until(is_delivered, "every deal is delivered")


def _wait_for_quiet(installation: Installation) -> float:
    healed_at = time.monotonic()
    deadline = healed_at + QUIET_SECONDS
    while checker.unfinished(installation) and time.monotonic() < deadline:
        installation.machine.supervisor.revive()
        time.sleep(POLL_SECONDS)
    return time.monotonic() - healed_at


def _account(scene: Scene, stream: Stream, seed: int, quiet: float) -> Account:
    installation = scene.installation
    doubled = list(checker.duplicates(installation))
    made = [item.id for item in checker.created(installation) if item.object == "ARINVOICE"]
    states = _states(installation, stream.accepted)
    well = [deal for deal, found in states.items() if runs.SUCCEEDED in found]
    losses = [f"Deal {deal} was accepted and has no run." for deal in states if not states[deal]]
    losses += [
        f"Deal {deal} is done, without invoice." for deal in well if f"HS-{deal}" not in made
    ]
    findings = [line for line in checker.findings(installation) if line not in doubled]
    if unfinished := checker.unfinished(installation):
        findings.append(f"{unfinished} events, runs or writes are still under way.")
    expected = stream.total(well)
    booked = checker.booked(installation, {f"HS-{deal}" for deal in well})
    if booked != expected:
        findings.append(f"Deals worth {expected} are booked as {booked}.")
    run = tables.run
    (longest,) = installation.rows(sa.select(sa.func.max(run.c.finished_at - run.c.created_at)))
    (effects,) = installation.rows(sa.select(sa.func.count()).select_from(tables.effect))
    return Account(
        seed=seed,
        events=len(states),
        effects=effects[0],
        succeeded=len(well) / max(1, len(states)),
        blows=dict(scene.counts),
        longest_seconds=(longest[0] or 0) / 1000,
        quiet_seconds=quiet,
        duplicates=doubled,
        losses=losses,
        unwell=_unwell(installation),
        findings=findings,
    )


def _states(installation: Installation, deals: list[str]) -> dict[str, set[str]]:
    """Return the states of each deal's runs."""
    found: dict[str, set[str]] = {deal: set() for deal in deals}
    event, run = tables.inbox, tables.run
    joined = sa.select(run.c.state, event.c.data).join(event, event.c.id == run.c.inbox_id)
    for row in installation.rows(joined):
        found.setdefault(str(from_json(row.data).get("objectId")), set()).add(row.state)
    return {deal: found[deal] for deal in deals}


def _unwell(installation: Installation) -> Counter[str]:
    """Count the runs that did not end well by how they ended, in the words that people read."""
    run = tables.run
    ended = (runs.SUCCEEDED, runs.DUPLICATE)
    rows = installation.rows(sa.select(run.c.state, run.c.error).where(run.c.state.not_in(ended)))
    said = [(row.state, from_json(row.error) if row.error else {}) for row in rows]
    return Counter(f"{state}: {error.get('title', '')}" for state, error in said)
