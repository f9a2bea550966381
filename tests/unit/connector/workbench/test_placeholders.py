"""Stand-ins are never mistaken for the truth, and open places of a plan hold nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from connector.runtime.approved_writes import matches
from connector.workbench import placeholders
from connector.workbench.placeholders import ALL, Assumptions
from connector.workflow.steps import Step

KEY = placeholders.key_for("an effect")
ID = placeholders.id_for("an effect")
KNOWN = frozenset({KEY, ID})


def test_stand_ins_depend_on_the_effect_alone() -> None:
    assert placeholders.key_for("an effect") == KEY
    assert placeholders.key_for("another") != KEY
    assert KEY.isdigit()
    assert len(KEY) == 15


def test_only_known_stand_ins_count() -> None:
    assert placeholders.holds({"a": [f"x{KEY}y"]}, KNOWN)
    assert placeholders.holds((ID,), KNOWN)
    assert not placeholders.holds({"a": ["990000000000000", "NEW-000000000", 7, None]}, KNOWN)
    assert placeholders.fields_with({"key": KEY, "id": "N-1", "more": {"of": ID}}, KNOWN) == (
        "key",
        "more",
    )
    assert placeholders.fields_with(KEY, KNOWN) == ALL


@pytest.mark.parametrize(
    ("path", "is_assumed"),
    [
        ("steps.made.key", True),
        ("steps.made", True),
        ("steps.made.id", False),
        ("steps.example.anything", True),
        ("steps.read.key", False),
        ("item.key", True),
        ("input.key", False),
    ],
)
def test_a_step_is_doubtful_where_it_names_what_is_assumed(path: str, is_assumed: bool) -> None:
    assumed = Assumptions({"made": ("key",), "example": ALL}, frozenset({"item"}))
    config = {"lines": [{"a": f"{{{{ {path} }}}}"}]}
    assert assumed.touch(Step("s", "sage-intacct.getBill", config=config)) is is_assumed


def test_what_becomes_known_is_doubtful_no_more() -> None:
    assumed = Assumptions()
    assumed.note("a", ALL)
    assumed.note("a", ())
    assert assumed.outputs == {}


def pieces(payload: str) -> list[list[Any]]:
    return [list(piece) for piece in placeholders.parts_of(payload, KNOWN)]


PAYLOAD = f"<a>{KEY}</a><b>fixed (1.00)</b><c>{KEY}</c><d>{ID}</d>"


@pytest.mark.parametrize(
    ("sent", "is_same"),
    [
        ("<a>160</a><b>fixed (1.00)</b><c>160</c><d>INV-9</d>", True),
        ("<a>160</a><b>fixed (1.00)</b><c>161</c><d>INV-9</d>", False),
        ("<a>160</a><b>fixed (1.01)</b><c>160</c><d>INV-9</d>", False),
        ("<a>160</a><b>fixed (1.00)</b><c>160</c><d></d>", False),
        ("<a>160</a><b>fixed (1.00)</b><c>160</c><d>x</d><e>y</e>", False),
        ("<a>1<x/></a><b>fixed (1.00)</b><c>1<x/></c><d>INV-9</d>", False),
    ],
)
def test_an_open_place_takes_a_number_and_no_more(sent: str, is_same: bool) -> None:
    assert matches(pieces(PAYLOAD), sent) is is_same


def test_a_long_payload_with_many_open_places_is_compared_quickly() -> None:
    text = "".join(f"<l>{KEY}</l>" for _ in range(500))
    assert matches(pieces(text), text.replace(KEY, "7"))
    assert not matches(pieces(text), text.replace(KEY, "7") + "x")
