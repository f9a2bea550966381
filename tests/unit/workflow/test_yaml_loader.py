import json

import pytest

from connector.errors import InputError
from connector.workflow import yaml_loader


def test_scalars_stay_as_they_were_written() -> None:
    """Stock loaders turn 12.10 into a float, no into false and 010 into 8."""
    text = "a: 12.10\nb: no\nc: 010\nd: 2026-01-01\ne: 1_000\nf: 12:30:00\ng: .inf\nh: 'x'\ni: 0x1F"
    assert yaml_loader.load(text) == {
        "a": "12.10",
        "b": "no",
        "c": "010",
        "d": "2026-01-01",
        "e": "1_000",
        "f": "12:30:00",
        "g": ".inf",
        "h": "x",
        "i": "0x1F",
    }


def test_only_plain_null_is_nothing() -> None:
    text = "a: ~\nb:\nc: null\nd: 'null'\ne: '~'\nf: ''"
    assert yaml_loader.load(text) == {
        "a": None,
        "b": None,
        "c": None,
        "d": "null",
        "e": "~",
        "f": "",
    }


def test_json_follows_the_same_rules() -> None:
    text = json.dumps({"name": "Grüße 😀", "ok": True, "none": None})
    assert yaml_loader.load(text) == {"name": "Grüße 😀", "ok": "true", "none": None}
    numbers = '{"a": 12.10, "b": [1e400, NaN, 7]}'
    assert yaml_loader.load(numbers) == {"a": "12.10", "b": ["1e400", "NaN", "7"]}


def test_tabs_and_surrogate_pairs_of_json_are_read() -> None:
    assert yaml_loader.load('{\n\t"a": "\\ud83d\\ude00"\n}') == {"a": "😀"}


def test_a_flow_mapping_is_not_mistaken_for_json() -> None:
    assert yaml_loader.load("{name: x, steps: [a, b]}") == {"name": "x", "steps": ["a", "b"]}


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("a: 1\nb: 2\na: 3", "line 3, column 1", "given twice"),
        ('{"a": 1,\n "a": 2}', "line 2, column 2", "given twice"),
        ("a: &x [1]\nb: *x", "line 1, column 4", "anchors"),
        ("a: *x", "line 1, column 4", "aliases"),
        ("&x a: 1", "line 1, column 1", "anchors"),
        ("a: !!python/object/apply:os.system ['ls']", "line 1, column 4", "tags"),
        ("a: !!str 1", "line 1, column 4", "tags"),
        ("!!map {a: 1}", "line 1, column 1", "tags"),
        ("? [a]\n: b", "line 1, column 3", "key must be text"),
        ("~: a", "line 1, column 1", "key must be text"),
        ("a: 1\n---\nb: 2", "line 2, column 1", "second document"),
        ("a: [1", "line", "not valid YAML"),
        ("a: b: c", "line 1, column 5", "not valid YAML"),
        ("[" * 5000, "line 1, column 65", "deeper than 64"),
        ('{"a":' * 70 + "1" + "}" * 70, "line 1", "deeper than 64"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "line 1", "deeper than 64"),
        ('{"a": "\\ud800"}', "line 1", "not valid YAML"),
        ("a: \x00", "as a whole", "characters"),
    ],
)
def test_refused_with_the_place(text: str, place: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        yaml_loader.load(text)
    assert place in caught.value.title
    assert reason in caught.value.title


def test_large_files_are_refused_unread() -> None:
    with pytest.raises(InputError, match="larger than 256 KiB"):
        yaml_loader.load("a: " + "x" * yaml_loader.MAX_BYTES)


def test_a_tower_of_anchors_is_refused_at_its_first() -> None:
    tower = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    with pytest.raises(InputError, match="line 1, column 5"):
        yaml_loader.load(tower)
