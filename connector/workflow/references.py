"""Check what the steps of a workflow name: each other, items, failures, tables."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from connector.errors import InputError
from connector.workflow import steps as kinds
from connector.workflow.expressions import Template, is_mapping_form, placed, templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.workflow.model import Workflow
    from connector.workflow.steps import Block, Step

MOST_STEPS = 200
DEEPEST_BLOCK = 5
LONGEST_WAIT_MS = 366 * 86_400_000
# What is sent as it stands: values of the event go beside it, so that none can change its meaning.
_LITERAL = {"sql.readRows": "query"}


@dataclass(frozen=True)
class _Reach:
    """What the expressions of a step may name."""

    every: frozenset[str]
    tables: frozenset[str]
    earlier: tuple[str, ...] = ()
    has_item: bool = False
    has_failure: bool = False
    depth: int = 1
    seen: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)

    def inside(self, block: Block) -> _Reach:
        return replace(
            self,
            has_item=self.has_item or block.has_item,
            has_failure=self.has_failure or block.has_failure,
            depth=self.depth + 1,
        )


def check(workflow: Workflow) -> None:
    """Check every step of the workflow.

    Raises:
        InputError: Two steps share an id, a step names what it cannot see, or its settings
            contradict each other; ``field`` tells where.
    """
    every = frozenset(step.id for _, step in workflow.every_step())
    reach = _Reach(every, frozenset(workflow.tables))
    if sum(1 for _ in workflow.every_step()) > MOST_STEPS:
        raise InputError(
            f"The workflow has more than {MOST_STEPS} steps.",
            advice="Move some of them into a workflow of their own and call it.",
            field="steps",
        )
    for block in workflow.blocks():
        _check_block(block, replace(reach, has_failure=block.has_failure))


def _check_block(block: Block, reach: _Reach) -> None:
    if reach.depth > DEEPEST_BLOCK:
        raise InputError(
            f"Steps stand inside steps more than {DEEPEST_BLOCK} deep.",
            advice="Move the inner ones into a workflow of their own and call it.",
            field=block.place,
        )
    for index, step in enumerate(block.steps):
        place = f"{block.place}[{index}]"
        _check_step(step, place, reach, block.steps[index + 1 :])
        for inner in step.blocks(place):
            _check_block(inner, reach.inside(inner))
        reach.done.add(step.id)
        reach = replace(reach, earlier=(*reach.earlier, step.id))


def _check_step(step: Step, place: str, reach: _Reach, later: tuple[Step, ...]) -> None:
    if step.id in reach.seen:
        raise InputError(
            f"Two steps have the id '{step.id}'.",
            advice="Give each step an id of its own.",
            field=f"{place}.id",
        )
    reach.seen.add(step.id)
    if is_mapping_form(step.config):
        raise InputError(
            "A step's settings cannot be a list mapping as a whole.",
            advice="Map the list inside the field that takes it.",
            field=f"{place}.config",
        )
    for where, template, has_item in _templates(step, place, reach):
        try:
            _check_template(template, reach, has_item=has_item)
        except InputError as error:
            raise placed(error, where) from error
    _check_kind(step, place, reach, later)


def _templates(step: Step, place: str, reach: _Reach) -> Iterator[tuple[str, Template, bool]]:
    for where, template in templates(step.config, field=f"{place}.config"):
        is_key = step.type == kinds.FOR_EACH and where == f"{place}.config.key"
        is_bound = _binds_item(step.config)
        yield where, template, reach.has_item or is_key or is_bound
    for index, case in enumerate(step.cases):
        where = f"{place}.cases[{index}].when"
        for at, template in templates(case.when, field=where):
            yield at, template, reach.has_item


def _binds_item(value: Any) -> bool:
    """Say whether some list mapping calls its item ``item``."""
    if isinstance(value, dict):
        is_bound = is_mapping_form(value) and value.get("as") == "item"
        return is_bound or any(_binds_item(inner) for inner in value.values())
    return isinstance(value, list) and any(_binds_item(inner) for inner in value)


def _check_template(template: Template, reach: _Reach, *, has_item: bool) -> None:
    for root, *rest in template.paths:
        if root == "steps":
            _check_step_name(rest, reach)
        elif root == "item" and not has_item:
            raise InputError(
                "There is no 'item' here.", advice="It exists only for the steps of a forEach."
            )
        elif root == "failure" and not reach.has_failure:
            raise InputError(
                "There is no 'failure' here.",
                advice="It exists only in onFailure and in the branch of an onError.",
            )
        elif root == "tables" and rest and rest[0] not in reach.tables:
            known = ", ".join(sorted(reach.tables)) or "none yet"
            raise InputError(
                f"There is no lookup table '{rest[0]}'.", advice=f"The tables are: {known}."
            )


def _check_step_name(rest: list[str], reach: _Reach) -> None:
    earlier = ", ".join(reach.earlier)
    known = f"Earlier steps are: {earlier}." if earlier else "No step comes before it."
    if not rest:
        raise InputError("'steps' needs the id of a step.", advice=f"Write steps.id. {known}")
    if rest[0] in reach.earlier:
        return
    if rest[0] in reach.done:
        raise InputError(
            f"The step '{rest[0]}' stands inside another one and cannot be seen from here.",
            advice=f"Use the result of the step around it. {known}",
        )
    what = "does not come before this one" if rest[0] in reach.every else "does not exist"
    raise InputError(f"The step '{rest[0]}' {what}.", advice=known)


def _check_kind(step: Step, place: str, reach: _Reach, later: tuple[Step, ...]) -> None:
    if step.type == kinds.FOR_EACH:
        _check_loop(step, place, reach)
    elif step.type == kinds.DELAY:
        _check_wait(step.config.get("for", {}), f"{place}.config.for")
    elif step.type == kinds.APPROVAL:
        _check_approval(step, place, reach, later)
    elif step.type == kinds.HTTP and "json" in step.config and "body" in step.config:
        raise InputError(
            "A request has one body: 'json' or 'body'.",
            advice="Remove one of them.",
            field=f"{place}.config.body",
        )
    _check_literal(step, place)
    if step.on_error.steps and step.on_error.then != kinds.BRANCH:
        raise InputError(
            "The steps of 'onError' are run only with 'then: branch'.",
            advice="Add it, or remove the steps.",
            field=f"{place}.onError.steps",
        )
    _check_wait(step.on_error.wait, f"{place}.onError.wait")


def _check_literal(step: Step, place: str) -> None:
    name = _LITERAL.get(step.type, "")
    for where, _ in templates(step.config.get(name, ""), field=f"{place}.config.{name}"):
        raise InputError(
            "A query holds no expressions: its values could change what it asks.",
            advice="Write :name in the query, and the expression under 'parameters'.",
            field=where,
        )


def _check_loop(step: Step, place: str, reach: _Reach) -> None:
    if reach.has_item:
        raise InputError(
            "A forEach cannot stand inside another one.",
            advice="Map the inner list with 'each', or call a workflow for each item.",
            field=place,
        )
    key = step.config["key"]
    if key == kinds.BY_POSITION:
        return
    paths = [path for _, template in templates(key) for path in template.paths]
    if not any(path[0] == "item" for path in paths):
        raise InputError(
            "The key is the same for every item, so it cannot tell them apart.",
            advice="Name the item's own id, such as {{ item.id }}, or write position.",
            field=f"{place}.config.key",
        )


def _check_wait(duration: Any, place: str) -> None:
    if kinds.duration_ms(duration) > LONGEST_WAIT_MS:
        raise InputError("A wait can last 366 days at most.", field=place)


def _check_approval(step: Step, place: str, reach: _Reach, later: tuple[Step, ...]) -> None:
    config = step.config
    if "payload" not in config and "covers" not in config:
        raise InputError(
            "The approval shows nothing: it needs 'payload' or 'covers'.",
            advice="Name the later steps it is about in 'covers'.",
            field=f"{place}.config",
        )
    if "thresholds" in config and "amount" not in config:
        raise InputError(
            "Thresholds need an amount to compare with.",
            advice="Add it, such as amount: '{{ input.amount }}'.",
            field=f"{place}.config.amount",
        )
    _check_wait(config.get("expires", {}), f"{place}.config.expires")
    by_id = {other.id: other for other in later}
    for index, step_id in enumerate(config.get("covers", ())):
        where = f"{place}.config.covers[{index}]"
        covered = by_id.get(step_id)
        if covered is None or not (covered.is_action or covered.type == kinds.HTTP):
            raise InputError(
                f"'{step_id}' is no action or request that comes later in the same block.",
                advice=f"Those are: {', '.join(by_id) or 'none'}.",
                field=where,
            )
        _check_covered(covered, where, reach)


def _check_covered(covered: Step, where: str, reach: _Reach) -> None:
    for _, template in templates(covered.config):
        for root, *rest in template.paths:
            if root == "steps" and rest and rest[0] not in reach.earlier:
                raise InputError(
                    f"The inputs of '{covered.id}' come from the step '{rest[0]}', which has not "
                    "run when the approval is asked for.",
                    advice="Put the approval after that step.",
                    field=where,
                )
