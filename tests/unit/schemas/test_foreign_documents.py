"""Another package brings an action with inputs of its own, as the example of the docs does."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

import schemas
from connector.component import Action
from connector.errors import InputError
from connector.surfaces.needs import needs_of

PAGE = Path(__file__).parents[3] / "docs/extending.md"


@pytest.fixture
def action(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Action:
    """The action of the page, installed from a folder."""
    text = PAGE.read_text(encoding="utf-8")
    code, inputs = (
        re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)[0] for kind in ("python", "json")
    )
    package = tmp_path / "acme_steps"
    (package / "inputs").mkdir(parents=True)
    (package / "__init__.py").write_text('"""Steps of Acme."""\n')
    (package / "create_supplier.py").write_text(code)
    (package / "inputs/create_supplier.json").write_text(inputs)
    monkeypatch.syspath_prepend(tmp_path)
    found: Any = importlib.import_module("acme_steps.create_supplier")
    assert isinstance(found.ACTION, Action)
    return found.ACTION


def test_an_action_of_another_package_checks_its_own_inputs(action: Action) -> None:
    assert action.form.check({"name": "Tea", "vendor_id": "V-1"}) == {
        "vendorName": "Tea",
        "vendorId": "V-1",
    }
    with pytest.raises(InputError, match="city is not an input here"):
        action.form.check({"vendorName": "Tea", "city": "York"})


def test_its_fields_are_ours_where_it_refers_to_them(action: Action) -> None:
    ours = schemas.resolve("objects/vendor.json")["properties"]["vendorId"]
    assert action.form.schema["properties"]["vendorId"] == ours
    assert needs_of(action).permission == "Vendors"


def test_a_document_that_its_package_lacks_is_named() -> None:
    assert not schemas.exists("schemas:actions/nothing.json")
    with pytest.raises(FileNotFoundError):
        schemas.load("schemas:actions/nothing.json")
    assert schemas.load("schemas:needs.json") == schemas.load("needs.json")
