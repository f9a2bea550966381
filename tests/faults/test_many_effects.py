"""Many writes under many deaths: none is doubled, none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.nemesis.blows import kill
from tests.nemesis.fight import Account, Plan, fight
from tests.nemesis.sabotage import sabotaged

EVERY_ANSWER = ("error", "replay")


def confirm(account: Account, *, events: int, kills: int) -> None:
    assert account.is_clean, "\n".join(account.lines())
    assert account.events == events
    assert account.effects >= events
    assert account.blows["kill"] >= kills


@pytest.mark.accepts("F01", "F02", "F03")
def test_sixty_writes_and_ten_killed_workers_make_sixty_invoices(tmp_path: Path) -> None:
    plan = Plan(seed=60, deals=60, blows=10, kinds=(kill,), pause=1.0, is_gateway_bad=False)
    confirm(fight(tmp_path, plan), events=60, kills=10)


@pytest.mark.slow
@pytest.mark.accepts("F01", "F02", "F03", "F10", "F12")
@pytest.mark.parametrize("repeated", EVERY_ANSWER)
def test_four_hundred_writes_and_sixty_killed_workers_make_four_hundred_invoices(
    tmp_path: Path, url: str, repeated: str
) -> None:
    """With a gateway that is silent, late and garbled meanwhile, on either database."""
    plan = Plan(
        seed=400,
        deals=400,
        blows=60,
        kinds=(kill,),
        pause=1.0,
        repeated_control_id=repeated,
        settings={"INTACCT_DATABASE_URL": url},
    )
    confirm(fight(tmp_path / "data", plan), events=400, kills=60)


@pytest.mark.slow
def test_a_connector_that_sends_again_after_silence_is_caught(tmp_path: Path) -> None:
    """Without this, a nemesis that sees no duplicate might be blind."""
    plan = Plan(seed=7, deals=30, blows=6, kinds=(kill,), pause=0.5)
    with sabotaged(tmp_path / "sabotage", "blind-retry"):
        account = fight(tmp_path / "data", plan)
    assert account.duplicates
    assert not account.is_clean


@pytest.mark.slow
@pytest.mark.parametrize(("url", "seed"), [("sqlite", 12), ("postgresql", 11)], indirect=["url"])
def test_a_short_random_run_keeps_every_promise(tmp_path: Path, url: str, seed: int) -> None:
    """The long one is ``python -m tests.nemesis``; seeds that failed once belong here."""
    settings = {"INTACCT_DATABASE_URL": url}
    plan = Plan(seed=seed, deals=0, blows=20, repeated_control_id="replay", settings=settings)
    account = fight(tmp_path / "data", plan)
    assert account.is_clean, "\n".join(account.lines())
    assert account.events
