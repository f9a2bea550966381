"""Filters as people write them."""

from __future__ import annotations

import pytest

from actions.query.filter_grammar import NumberText, parse
from connector.errors import InputError
from connector.intacct.operation import AllOf, AnyOf, Condition, Filter

A = Condition("A", "equalTo", ("1",))
B = Condition("B", "like", ("x%",))


@pytest.mark.accepts("A37")
@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("A = 1", A),
        ("A=1 and B like 'x%'", AllOf((A, B))),
        ("A=1 or B like 'x%' and A=1", AnyOf((A, AllOf((B, A))))),
        ("(A=1 or B like 'x%') and A=1", AllOf((AnyOf((A, B)), A))),
        ("not A=1", Condition("A", "notEqualTo", ("1",))),
        (
            "not (A=1 and B like 'x%')",
            AnyOf((Condition("A", "notEqualTo", ("1",)), Condition("B", "notLike", ("x%",)))),
        ),
        ("not not A=1", A),
        (
            "A not between 1 and 2",
            AnyOf((Condition("A", "lessThan", ("1",)), Condition("A", "greaterThan", ("2",)))),
        ),
        ("A between 1 and 2", Condition("A", "between", ("1", "2"))),
        ("A not in (1, 'two')", Condition("A", "notIn", ("1", "two"))),
        ("A is null", Condition("A", "isNull")),
        ("A IS NOT NULL", Condition("A", "isNotNull")),
        ("A <> 'x'", Condition("A", "notEqualTo", ("x",))),
        ("VENDOR.A = 1", A),
        ("DISPLAYCONTACT.A = 1", Condition("DISPLAYCONTACT.A", "equalTo", ("1",))),
        (r"A = 'O\'Hara'", Condition("A", "equalTo", ("O'Hara",))),
        ("A = 'O''Hara'", Condition("A", "equalTo", ("O'Hara",))),
        ("A = ' AND B = 2'", Condition("A", "equalTo", (" AND B = 2",))),
        ("A = ''", Condition("A", "equalTo", ("",))),
        ("A = active", Condition("A", "equalTo", ("active",))),
    ],
)
def test_a_filter_means_what_it_says(text: str, meant: Filter) -> None:
    assert parse(text, prefix="vendor") == meant


def test_a_number_stays_a_number_and_a_quoted_one_stays_text() -> None:
    number, text = parse("A = 10"), parse("A = '10'")
    assert isinstance(number, Condition)
    assert isinstance(text, Condition)
    assert isinstance(number.values[0], NumberText)
    assert not isinstance(text.values[0], NumberText)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A =", "at position 4, a value is expected, not the end"),
        ("A 3", "at position 3, a comparison such as =, LIKE or IN is expected, not '3'"),
        ("(A=1", "at position 5, ')' is expected, not the end"),
        ("A=1)", "at position 4, AND, OR or the end is expected, not ')'"),
        ("A = 'x", "opens a quote at position 5 that it never closes"),
        ("A ~ 3", "cannot be read from position 3 on: '~ 3'"),
        ("A in ()", "at position 7, a value is expected"),
        ("A between 1", "at position 12, AND is expected"),
        ("and = 1", "at position 1, a field's name is expected"),
        ("A = 1; drop", "cannot be read from position 6 on"),
        ("A = 12abc", "cannot be read from position 5 on"),
        ("A is 3", "at position 6, NULL is expected"),
    ],
)
def test_a_broken_filter_names_the_place(text: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        parse(text)
    assert said in refused.value.title
    assert refused.value.field == "filter"


@pytest.mark.parametrize("text", ["(" * 5000 + "A=1" + ")" * 5000, "NOT " * 4000 + "A=1"])
def test_deep_nesting_is_refused_instead_of_exhausting_the_interpreter(text: str) -> None:
    with pytest.raises(InputError):
        parse(text)
