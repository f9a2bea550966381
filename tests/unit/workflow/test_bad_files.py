"""What people and attackers write into workflow files: one sentence, one place, no harm."""

from typing import Any

import pytest

from connector.errors import InputError
from connector.workflow import expressions, model, yaml_loader
from connector.workflow.expressions import evaluate

HEAD = "name: W\ntrigger: {type: hubspot.deal}\n"
STEP = "{id: a, type: sage-intacct.createBill, connection: books}"


def nested_flow(depth: int) -> str:
    return f"{HEAD}steps: {'[' * depth}{']' * depth}"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"{HEAD}steps: [", "not valid YAML"),
        (f"{HEAD}steps: [{STEP}", "not valid YAML"),
        (f"{HEAD}\tsteps: x", "cannot be read"),
        ("a: &a [x]\nb: [*a, *a]", "anchors"),
        ("\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)), "anchors"),
        ("name: !!python/object/apply:os.system ['true']", "tags"),
        (f"{HEAD}steps: [{STEP}]\nname: again", "given twice"),
        (f"{HEAD}steps: [{STEP}]\n---\nname: two", "second document"),
        (f"{HEAD}steps: [{STEP}]\ntrigger: {{type: a.b}}", "given twice"),
        ("? [a, b]\n: c", "a key must be text"),
        (nested_flow(100), "deeper than 64"),
        ("x" * (256 * 1024 + 1), "larger than 256 KiB"),
        ("", "this is nothing"),
        ("just a text", "this is 'just a text'"),
        ("[1, 2]", "a list of 2"),
        (f"{HEAD}steps: [{STEP}]\nversion: 99", "schema version '99'"),
        (f"{HEAD}steps: [{STEP}]\n__proto__: {{a: b}}", "no field '__proto__'"),
        (f"{HEAD}steps: [{STEP}]\nconstructor: {{}}", "no field 'constructor'"),
        (f'name: "a\\u202e\\x07b"\ntrigger: {{type: a.b}}\nsteps: [{STEP}]', "name cannot be"),
        (f"{HEAD}steps: [{{id: ../a, type: delay, config: {{for: {{days: 1}}}}}}]", "cannot be"),
        (f"{HEAD}steps: [{{id: a, type: delay, config: {{for: {{days: .nan}}}}}}]", "cannot be"),
        (f"{HEAD}steps: [{{id: a, type: delay, config: {{for: {{days: 1e9}}}}}}]", "cannot be"),
        (f"{HEAD}steps: [{{id: a, type: rm -rf}}]", "cannot be 'rm -rf'"),
        (f"{HEAD}steps: []", "at least one"),
        (f"{HEAD}steps: {{}}", "must be a list"),
        ("name: W\nsteps: [" + STEP + "]", "no 'trigger'"),
        (f"name: W\ntrigger: [{{type: a.b}}]\nsteps: [{STEP}]", "must be a group"),
        (f"{HEAD}once: '{{{{ input.a'\nsteps: [{STEP}]", "never closed"),
        (f"{HEAD}tables: {{a: {{b: {{c: d}}}}}}\nsteps: [{STEP}]", "must be text"),
        (f"{HEAD}tables: {{'a/b': {{}}}}\nsteps: [{STEP}]", "tables"),
    ],
)
def test_a_bad_file_is_refused_in_a_sentence(text: str, title: str) -> None:
    with pytest.raises(InputError) as caught:
        model.parse(yaml_loader.load(text))
    assert title in caught.value.title
    assert len(caught.value.title) < 400
    assert caught.value.title.isprintable()


@pytest.mark.parametrize(
    "source",
    [
        "a" * 4097,
        "input." + ".".join("a" * 1500),
        "(" * 500 + "1" + ")" * 500,
        "input.l.map(a, input.l.map(b, input.l.map(c, input.l.map(d, a + b + c + d))))",
        "input.l.map(a, [a, a, a].map(b, [b, b, b]))[0][0][0].x",
        "''.__class__",
        "input.__class__.__mro__",
        "input.deal.constructor.prototype",
        "{'a': 1}.a.b",
        "1.0 / 0.0",
        "9223372036854775807 + 1",
        "input.l[10000000]",
        "input.l.filter(x, x > 'a').exists(y, input.l.exists(z, z == y)) && input.nope",
        "duration('1s')",
        "matches(input.t, '(a+)+$')",
        "input.t.matches('(a+)+$')",
        "b'abc'",
        "1.5",
        "{1: 'a'}",
    ],
)
def test_a_hostile_expression_ends_in_a_sentence(source: str) -> None:
    data = {"input": {"l": ["x" * 50] * 2000, "t": "a" * 5000, "deal": {}}, "steps": {}}
    with pytest.raises(InputError) as caught:
        evaluate(f"{{{{ {source} }}}}", data, "field")
    assert caught.value.field == "field"
    assert "Traceback" not in caught.value.title


@pytest.mark.parametrize(
    "text", ["{{ steps.x }}", "${7*7}", "{{ input.__class__ }}", "{{7*7}}", "=HYPERLINK('x')"]
)
def test_what_stands_in_the_data_is_never_evaluated(text: str) -> None:
    given: dict[str, Any] = {"input": {"a": text, "l": [text]}}
    assert evaluate("{{ input.a }}", given) == text
    assert evaluate({"each": "{{ input.l }}", "as": "x", "value": "{{ x }}"}, given) == [text]
    assert evaluate("{{ upper(input.a) }}", given) == text.upper()


def test_more_items_than_allowed_are_counted_not_tried() -> None:
    many = {"each": "{{ input.l }}", "as": "x", "value": "{{ x }}"}
    roots = {"input": {"l": ["x"] * (expressions.MAX_ITEMS + 1)}}
    with pytest.raises(InputError, match="at most 10,000"):
        evaluate(many, roots)
