"""Workflows as files from the terminal: out, across, back in, and what differs on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import commands, workflow_files, workflow_states
from connector.cli import workflow as publishing
from connector.runtime import workflows
from connector.store import from_json
from connector.workbench import drafts
from tests.support.office import WORKFLOW, Books, Office, office

FLOW = WORKFLOW.replace("input.number", "input.deal.id").replace(
    "input.amount", "input.deal.amount"
)
NAME = "Order to invoice"


def intacct(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(commands, ["workflow", *words], input=given)


def use(monkeypatch: pytest.MonkeyPatch, here: Office) -> None:
    for module in (workflow_files, workflow_states, publishing):
        monkeypatch.setattr(module, "open_installation", lambda: here.services)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'intacct.db'}", tmp_path, Books(), FLOW) as found:
        use(monkeypatch, found)
        yield found


def document(here: Office) -> object:
    return from_json(here.database.read(workflows.published)[0].document)


def test_a_workflow_moves_to_another_installation_and_back_without_a_byte_of_difference(
    here: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "flow.yaml"
    assert intacct("export", NAME, "--output", str(file)).exit_code == 0
    other = tmp_path / "other"
    other.mkdir()
    empty = FLOW.replace(NAME, "Something else")
    with office(f"sqlite:///{other / 'intacct.db'}", other, Books(), empty) as second:
        use(monkeypatch, second)
        done = intacct("import", str(file), "--publish", "--note", "Moved.", "--as", "ada")
        assert done.output.splitlines()[-1] == f"{NAME} is published as version 1."
        again = intacct("export", NAME).output
    assert again.encode() == file.read_bytes()


def test_an_import_is_a_draft_that_nothing_starts(here: Office, tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text(FLOW.replace("Net 30", "Net 15"))
    before = document(here)
    done = intacct("import", str(file), "--as", "ada")
    assert done.exit_code == 0
    assert "~ termName of the step 'invoice' was changed from 'Net 30' to 'Net 15'." in done.output
    assert document(here) == before
    (draft,) = drafts.all_drafts(here.database)
    assert (draft.author, draft.base_version) == ("ada", 1)


def test_a_dry_import_shows_the_changes_and_changes_nothing(here: Office, tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text(FLOW.replace("Net 30", "Net 15"))
    done = intacct("import", str(file), "--dry")
    assert done.output.splitlines()[-1] == "Nothing was changed."
    assert drafts.all_drafts(here.database) == []


def test_a_draft_of_somebody_is_not_overwritten_by_an_import(here: Office, tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text(FLOW.replace("Net 30", "Net 15"))
    intacct("import", str(file), "--as", "bob")
    done = intacct("import", str(file), "--as", "ada")
    assert (done.exit_code, "bob changed this draft" in done.output) == (2, True)
    assert intacct("import", str(file), "--as", "ada", "--over-draft").exit_code == 0
    assert drafts.all_drafts(here.database)[0].changed_by == "ada"


def test_connections_are_bound_by_name_and_unknown_ones_are_named(
    here: Office, tmp_path: Path
) -> None:
    file = tmp_path / "flow.yaml"
    file.write_text(FLOW.replace("connection: books", "connection: live"))
    done = intacct("import", str(file))
    assert (done.exit_code, "There is no connection 'live' here." in done.output) == (2, True)
    assert drafts.all_drafts(here.database) == []
    wrong = intacct("import", str(file), "--bind", "live=books", "--bind", "typo=books")
    assert "names no connection 'typo'" in wrong.output
    assert "bound as OLD=NEW" in intacct("import", str(file), "--bind", "live").output
    done = intacct("import", str(file), "--bind", "live=books", "--publish", "--as", "ada")
    assert done.exit_code == 0
    assert document(here)["steps"][0]["connection"] == "books"  # type: ignore[index]


def test_a_signed_file_is_asked_for_with_a_key(here: Office, tmp_path: Path) -> None:
    key, other = tmp_path / "key", tmp_path / "other"
    key.write_text("sixteen characters at least\n")
    other.write_text("another key of somebody else")
    file = tmp_path / "flow.json"
    intacct("export", NAME, "--format", "json", "--output", str(file), "--key-file", str(key))
    assert intacct("import", str(file), "--dry", "--key-file", str(key)).exit_code == 0
    done = intacct("import", str(file), "--dry", "--key-file", str(other))
    assert (done.exit_code, "not signed with this key" in done.output) == (2, True)
    key.write_text("short")
    assert "less than 16" in intacct("export", NAME, "--key-file", str(key)).output


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff\xfe\x00",
        b"PK\x03\x04 not a workflow",
        b"name: x\nsteps: 5\n",
        b"name: [unclosed",
        b"steps: [{id: a, type: http, config: {headers: {password: hunter2}}}]",
        b"x" * 2_000_000,
    ],
)
def test_files_that_are_no_workflow_never_publish(
    here: Office, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "flow.yaml.exe"
    file.write_bytes(content)
    before = document(here)
    done = intacct("import", str(file), "--publish")
    assert done.exit_code == 2
    assert "Traceback" not in done.output
    assert document(here) == before


def test_diff_answers_as_diff_does(here: Office, tmp_path: Path) -> None:
    same, other = tmp_path / "same.yaml", tmp_path / "other.yaml"
    same.write_text(FLOW)
    other.write_text(FLOW.replace("Net 30", "Net 15"))
    assert (intacct("diff", str(same)).exit_code, intacct("diff", str(same)).output) == (0, "")
    done = intacct("diff", str(other))
    assert done.exit_code == 1
    assert done.output == (
        "~ termName of the step 'invoice' was changed from 'Net 30' to 'Net 15'.\n"
    )
    back = json.loads(intacct("diff", str(other), str(same), "--json").stdout)
    assert [(change["old"], change["new"]) for change in back] == [("Net 15", "Net 30")]
    assert intacct("diff", "nobody").exit_code == 2


def test_diff_knows_versions_and_drafts(here: Office, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(FLOW.replace("Net 30", "Net 15"))
    assert intacct("diff", NAME).exit_code == 0
    intacct("import", str(other), "--as", "ada")
    assert intacct("diff", NAME).exit_code == 1
    assert intacct("diff", f"{NAME}@draft", str(other)).exit_code == 0
    intacct("apply", str(other), "--as", "ada", "--note", "Shorter terms.")
    assert intacct("diff", f"{NAME}@1", f"{NAME}@2").exit_code == 1
    assert intacct("diff", f"{NAME}@1").exit_code == 1
    assert intacct("diff", f"{NAME}@2").exit_code == 0
    assert intacct("diff", f"{NAME}@9").exit_code == 2


def test_history_tells_who_published_what_and_restores_it(here: Office, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(FLOW.replace("Net 30", "Net 15"))
    intacct("apply", str(other), "--as", "ada", "--note", "Shorter terms.")
    lines = intacct("history", NAME).stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["VERSION", "2", "1"]
    assert lines[1].endswith("ada   published  Shorter terms.")
    assert "Which version?" in intacct("restore", NAME).output
    done = intacct("restore", f"{NAME}@1", "--publish", "--as", "bob")
    assert done.output == f"{NAME} is published as version 3.\n"
    newest = json.loads(intacct("history", NAME, "--json").stdout)[0]
    assert (newest["author"], newest["note"]) == ("bob", "Version 1 restored.")
    assert intacct("diff", f"{NAME}@1", f"{NAME}@3").exit_code == 0


def test_a_workflow_is_disabled_enabled_unpublished_and_deleted(here: Office) -> None:
    assert intacct("list").stdout.splitlines()[1].startswith(f"{NAME}  published  1")
    assert intacct("disable", NAME).exit_code == 0
    assert here.database.read(workflows.published) == []
    assert "disabled" in intacct("list").stdout
    assert intacct("enable", NAME).output == f"{NAME} works again with version 1.\n"
    assert intacct("unpublish", NAME).exit_code == 0
    assert intacct("enable", NAME).exit_code == 2
    assert intacct("delete", NAME, given="n\n").exit_code == 1
    assert NAME in intacct("list").stdout
    assert intacct("delete", NAME, given="y\n").exit_code == 0
    assert json.loads(intacct("list", "--json").stdout) == []
    assert intacct("history", NAME).exit_code == 2


def test_an_exported_file_is_read_by_validate_and_apply(here: Office, tmp_path: Path) -> None:
    file = tmp_path / "flow.yaml"
    intacct("export", NAME, "--output", str(file))
    assert intacct("validate", str(file)).exit_code == 0
    assert intacct("apply", str(file)).output.endswith(f"{NAME} is published as version 1.\n")
    file.write_text(file.read_text().replace("Net 30", "Net 15"))
    assert "checksum does not fit" in intacct("apply", str(file)).output
