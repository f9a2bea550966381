"""An action that takes its worker along: it harms itself, and in the end a person hears of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.runtime.runs import MOST_DEATHS
from tests.faults.poison.end_the_process import POISON
from tests.support import checker, extensions
from tests.support.installation import Installation, start_installation

OTHERS = 30
WORKFLOW = f"""
name: With an extension
trigger: {{type: hubspot.deal, connection: hubspot, config: {{stages: [closedwon]}}}}
once: "{{{{ input.deal.id }}}}"
steps:
  - id: extension
    type: sage-intacct.endTheProcess
    connection: books
    config:
      customerId: "{{{{ input.deal.name == 'Poison' ? '{POISON}' : input.deal.id }}}}"
"""


@pytest.fixture
def with_extension(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Give an installation with a third party's package, used by a workflow of its own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("extension")
        extensions.install(folder, "tests.faults.poison", patch)
        installation = start_installation(tmp_path_factory.mktemp("installation"))
        try:
            file = folder / "workflow.yaml"
            file.write_text(WORKFLOW)
            done = installation.command("workflow", "apply", str(file))
            assert done.returncode == 0, done.stderr
            yield installation
        finally:
            installation.close()


@pytest.mark.slow
@pytest.mark.accepts("F07")
def test_a_run_that_kills_its_worker_is_parked_and_the_others_finish(
    with_extension: Installation,
) -> None:
    """Each claim is counted before any work, so the third death is the last one."""
    poison = with_extension.new_deal(name="Poison")
    others = [with_extension.new_deal() for _ in range(OTHERS)]
    deals = [*others[:10], poison, *others[10:]]
    for deal in deals:
        with_extension.move(deal, deliver=False)
    with_extension.events_of(deals)

    def all_finished() -> bool:
        return with_extension.states_of(others)["succeeded"] == 2 * OTHERS

    with_extension.until(all_finished, "the others are done in both workflows")
    for deal in others:
        assert len(with_extension.invoices(deal)) == 1
    with_extension.until(
        lambda: with_extension.states_of([poison]) == {"parked": 1, "succeeded": 1},
        "the poisonous run is parked, and the same event's other run is done",
    )
    runs = with_extension.runs_for(poison)
    (parked,) = [run for run in runs if run.line.state == "parked"]
    assert f"ended {MOST_DEATHS} times" in parked.error["title"]
    checker.check(with_extension)
