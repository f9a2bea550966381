"""``intacct catalog``: what people read, and what machines read."""

from __future__ import annotations

import json

from click.testing import CliRunner

from connector.cli.catalog import catalog
from connector.surfaces.catalog import DOCUMENTATION, changelog


def said(*words: str) -> str:
    result = CliRunner().invoke(catalog, list(words))
    assert result.exit_code == 0, result.output
    return result.output


def test_the_list_ends_with_the_version_and_where_sage_documents_its_apis() -> None:
    text = said()
    assert "createInvoice" in text
    assert f"Version {changelog()[0]['version']}" in text
    assert DOCUMENTATION in text


def test_changes_are_told_version_by_version() -> None:
    lines = said("--changes").splitlines()
    assert lines[0] == changelog()[0]["version"]
    assert [line.removeprefix("- ") for line in lines[1:]] == changelog()[0]["changes"]


def test_machines_get_the_same_document_as_the_surface_makes() -> None:
    component = json.loads(said("--json"))["component"]
    assert component["changelog"] == changelog()
