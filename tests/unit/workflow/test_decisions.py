from typing import Any

import pytest

from connector.errors import InputError
from connector.workflow import engine
from connector.workflow.engine import Scene
from connector.workflow.steps import Case, Step
from connector.workflow.web_calls import web_call_of

NOW = 1_772_409_600_000  # 2026-03-02T00:00:00Z


def scene(**event: Any) -> Scene:
    return Scene(event, {})


def step(type_: str, **config: Any) -> Step:
    return Step("s", type_, config=config)


def test_a_filter_needs_a_yes_or_no() -> None:
    wanted = step("filter", condition="{{ input.a == 'x' }}")
    assert engine.is_wanted(wanted, scene(a="x"))
    assert not engine.is_wanted(wanted, scene(a="y"))
    with pytest.raises(InputError, match="yes or no, and this is 'x'"):
        engine.is_wanted(step("filter", condition="{{ input.a }}"), scene(a="x"))


def test_the_first_case_that_holds_is_taken() -> None:
    inner = (step("delay"),)
    cases = (Case("{{ input.a == '1' }}", ()), Case("{{ input.a != '2' }}", (), "b"))
    found = Step("s", "switch", cases=cases, otherwise=inner)
    assert engine.chosen(found, scene(a="1")).name == "case 1"
    assert engine.chosen(found, scene(a="3")).name == "b"
    assert engine.chosen(found, scene(a="2")).steps == inner


def loop(key: str = "{{ item.id }}") -> Step:
    return step("forEach", items="{{ input.l }}", key=key)


def test_items_carry_their_business_id() -> None:
    items = engine.items_of(loop(), scene(l=[{"id": "b"}, {"id": 7}]))
    assert [item.key for item in items] == ["b", "7"]
    assert [i.key for i in engine.items_of(loop("position"), scene(l=["x", "y"]))] == ["1", "2"]


@pytest.mark.parametrize(
    ("items", "title"),
    [
        ([{"id": "a"}, {"id": "a"}], "Two items have the key 'a'"),
        ([{"id": "a"}, {}], "Of item 2"),
        ([{"id": " "}], "cannot tell one item from another"),
        ([{"id": ["a"]}], "cannot tell one item from another"),
        ([{"id": str(n)} for n in range(10_001)], "at most 10,000"),
        ({"id": "a"}, "needs a list"),
        ("abc", "needs a list"),
        (None, "needs a list"),
    ],
)
def test_items_that_cannot_be_told_apart_are_refused(items: Any, title: str) -> None:
    with pytest.raises(InputError, match=title):
        engine.items_of(loop(), scene(l=items))


def test_ten_thousand_items_are_worked_out() -> None:
    items = engine.items_of(loop(), scene(l=[{"id": str(n), "t": "x" * 60} for n in range(10_000)]))
    assert len({item.key for item in items}) == 10_000


def test_a_delay_ends_at_its_moment() -> None:
    hours = {"days": "1", "hours": 2}
    assert engine.due_at(step("delay", **{"for": hours}), scene(), NOW) == NOW + 26 * 3_600_000
    until = step("delay", until="{{ input.d }}", zone="Europe/Berlin")
    assert engine.due_at(until, scene(d="2026-03-03"), NOW) == NOW + 23 * 3_600_000
    assert engine.due_at(until, scene(d="2026-03-02T00:00:01Z"), NOW) == NOW + 1000


@pytest.mark.parametrize("moment", ["2126-03-02", "tomorrow", "02/03/2026", 5, None, "2026-02-30"])
def test_a_delay_needs_a_moment_within_a_year(moment: Any) -> None:
    with pytest.raises(InputError):
        engine.due_at(step("delay", until="{{ input.d }}"), scene(d=moment), NOW)


@pytest.mark.parametrize(
    ("amount", "needed"), [("999.99", 0), ("1000", 0), ("1000.01", 1), ("10000.01", 2)]
)
def test_larger_amounts_need_more_people(amount: str, needed: int) -> None:
    thresholds = [{"above": "1000"}, {"above": "10000", "approvals": "2"}]
    asked = step("approval", title="x", amount="{{ input.a }}", thresholds=thresholds)
    assert engine.approval_of(asked, scene(a=amount), {}).needed == needed


def test_an_approval_is_about_everything_it_shows() -> None:
    asked = step("approval", title="Pay {{ input.a }}", payload={"to": "{{ input.b }}"})

    def fingerprint(covered: Any, **event: Any) -> str:
        return engine.approval_of(asked, scene(**event), covered).fingerprint

    known = fingerprint({"pay": {"x": "1"}}, a="1", b="2")
    assert fingerprint({"pay": {"x": "1"}}, b="2", a="1") == known
    assert fingerprint({"pay": {"x": "2"}}, a="1", b="2") != known
    assert fingerprint({"pay": {"x": "1"}}, a="1", b="3") != known
    assert fingerprint({"pay": {"x": "1"}}, a="2", b="2") != known


def test_an_approval_of_no_amount_is_refused() -> None:
    asked = step("approval", title="x", payload={}, amount="{{ input.a }}", thresholds=[])
    with pytest.raises(InputError, match="not an amount"):
        engine.approval_of(asked, scene(a="a lot"), {})


def test_a_request_is_made_of_its_parts() -> None:
    call = web_call_of(
        step(
            "http",
            method="POST",
            url="https://a.example/{{ input.id }}",
            query={"q": "a b&c", "n": "{{ input.n }}"},
            headers={"X-One": "1"},
            json={"n": "{{ input.n }}", "t": "ü"},
        ),
        scene(id="7", n=5),
    )
    assert call.url == "https://a.example/7?q=a+b%26c&n=5"
    assert call.body == '{"n": 5, "t": "ü"}'
    assert call.headers == {"X-One": "1", "Content-Type": "application/json"}
    assert call.is_write
    assert not call.may_repeat


@pytest.mark.parametrize("part", ["query", "headers"])
def test_only_text_travels_outside_the_body(part: str) -> None:
    with pytest.raises(InputError, match="only text"):
        web_call_of(step("http", url="https://a", **{part: {"x": "{{ input.l }}"}}), scene(l=[1]))
