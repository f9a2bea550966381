"""A workflow as a file: the same bytes each time, no secrets, and no accident goes unnoticed."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from connector.errors import InputError
from connector.workbench import portable
from connector.workflow import yaml_loader

ID = "3f2b8a9c-0000-4000-8000-000000000001"
FLOW: dict[str, Any] = {
    "name": "Aufträge: 010",
    "trigger": {"type": "hubspot.deal", "connection": "hubspot"},
    "steps": [
        {
            "id": "a",
            "type": "http",
            "config": {
                "url": "https://example.com/{{ input.id }}",
                "headers": {"X": "no", "Y": "12.10", "Z": "", "E": "a\nb\n", "N": "null"},
                "json": {"same": ["1"], "other": ["1"], "nothing": None},
            },
        }
    ],
}
KEY = b"a key that both sides have"


@pytest.mark.parametrize("form", ["yaml", "json"])
@pytest.mark.parametrize("key", [b"", KEY])
def test_a_round_trip_gives_the_same_bytes(form: str, key: bytes) -> None:
    text = portable.write(ID, FLOW, form=form, key=key)
    found = portable.read(text, key=key)
    assert (found.workflow_id, found.document) == (ID, FLOW)
    assert (found.is_checked, found.is_signed) == (True, bool(key))
    assert portable.write(found.workflow_id, found.document, form=form, key=key) == text


def test_the_order_of_fields_does_not_change_the_file() -> None:
    turned = dict(reversed(FLOW.items()))
    assert portable.write(ID, turned) == portable.write(ID, FLOW)


def test_lists_that_are_the_same_object_are_written_out() -> None:
    shared = ["1"]
    document = {"name": "x", "tables": {"a": shared, "b": shared}}
    text = portable.write(ID, document)
    assert "&" not in text
    assert portable.read(text).document == document


def test_yes_no_and_numbers_survive_in_json_and_are_refused_in_yaml() -> None:
    document = {"name": "x", "steps": [{"config": {"json": {"paid": True, "count": 5}}}]}
    assert portable.read(portable.write(ID, document, form="json")).document == document
    with pytest.raises(InputError) as refused:
        portable.write(ID, document)
    assert "--format json" in refused.value.advice


def test_a_file_that_was_changed_is_refused() -> None:
    text = portable.write(ID, FLOW)
    with pytest.raises(InputError, match="checksum does not fit"):
        portable.read(text.replace("12.10", "12.11"))
    with pytest.raises(InputError, match="checksum does not fit"):
        portable.read(text.replace("0000-4000", "0000-4001"))


def test_a_key_refuses_what_is_not_signed_with_it() -> None:
    """The checksum anybody can write; the signature needs the key."""
    for text in (
        portable.write(ID, FLOW),
        portable.write(ID, FLOW, key=b"another key of others"),
        yaml.safe_dump(FLOW),
    ):
        with pytest.raises(InputError, match="not signed with this key"):
            portable.read(text, key=KEY)
    assert portable.read(portable.write(ID, FLOW, key=KEY)).is_checked


def test_secrets_are_neither_written_nor_read() -> None:
    secret = {
        "name": "x",
        "steps": [{"config": {"headers": {"Authorization": "Bearer " + "x1" * 20}}}],
    }
    with pytest.raises(InputError, match=r"steps\[0\]\.config\.headers\.Authorization"):
        portable.write(ID, secret)
    with pytest.raises(InputError, match="password or key"):
        portable.read(json.dumps(secret))


def test_a_file_written_by_hand_is_taken_as_it_is() -> None:
    found = portable.read("name: x\nsteps: [{id: a}]\n")
    assert (found.workflow_id, found.is_checked) == ("", False)
    assert found.document == {"name": "x", "steps": [{"id": "a"}]}


def _head(**changes: Any) -> str:
    found = json.loads(portable.write(ID, {"name": "x"}, form="json"))
    return json.dumps({name: value for name, value in (found | changes).items() if value != "-"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_head(format="zip"), "no workflow"),
        (_head(schemaVersion="2"), "newer program"),
        (_head(schemaVersion=1), "newer program"),
        (_head(more="1"), "unknown field"),
        (_head(checksum="-"), "no 'checksum'"),
        (_head(workflow="-"), "no 'workflow'"),
        (_head(id="../../etc"), "id is none"),
        (_head(id=["a"]), "id is none"),
        (_head(checksum="sha256:é"), "checksum does not fit"),
        ('{"format": "intacct-workflow", "format": "x"}', ""),
        ('{"format": NaN}', ""),
        ('{"format": ' + "[" * 5_000, ""),
        ("{" * 100_000, ""),
        ("a: &a [*a]", ""),
        ("x" * 300_000, "larger than 256 KB"),
        ("!!python/object:os.system x", ""),
    ],
)
def test_bad_files_are_refused_in_a_sentence(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words or None):
        portable.read(text)


def test_the_file_holds_nothing_but_what_it_needs() -> None:
    found = yaml_loader.load(portable.write(ID, FLOW))
    assert sorted(found) == ["checksum", "format", "id", "schemaVersion", "workflow"]
