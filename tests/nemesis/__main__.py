"""``python -m tests.nemesis``: a random run over everything that can go wrong, with its account."""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.nemesis.fight import Plan, fight
from tests.nemesis.sabotage import SABOTAGES, sabotaged

REPEATED = ("error", "replay")


def main() -> int:
    """Run and return 0 when every promise was kept."""
    given = _given()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    plan = Plan(
        seed=seed,
        deals=0,
        blows=0,
        seconds=60 * given.minutes,
        repeated_control_id=REPEATED[seed % len(REPEATED)],
        settings={"INTACCT_DATABASE_URL": given.database} if given.database else {},
    )
    with tempfile.TemporaryDirectory(prefix="nemesis-") as folder:
        place = Path(folder)
        with sabotaged(place / "sabotage", given.sabotage):
            account = fight(place / "data", plan)
    sys.stdout.write("\n".join(account.lines()) + "\n")
    return 0 if account.is_clean else 1


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.nemesis", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long blows fall")
    parser.add_argument("--seed", type=int, help="chooses the blows; a new one when left out")
    parser.add_argument("--sabotage", choices=SABOTAGES, help="spoil a promise on purpose")
    parser.add_argument("--database", help="an empty PostgreSQL database; SQLite when left out")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
