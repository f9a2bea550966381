"""The gateway accepts and refuses what the official schema accepts and refuses."""

import json
import pathlib

import pytest

from connector.sandbox.wire.document import parse

HERE = pathlib.Path(__file__).parent
VERDICTS: dict[str, str] = json.loads((HERE / "verdicts.json").read_text(encoding="utf-8"))


def test_every_document_of_the_corpus_has_a_recorded_verdict() -> None:
    assert {path.stem for path in (HERE / "corpus").glob("*.xml")} == set(VERDICTS)
    assert len(VERDICTS) >= 60


@pytest.mark.parametrize(("name", "verdict"), VERDICTS.items())
def test_the_verdict_is_that_of_the_official_schema(name: str, verdict: str) -> None:
    document = parse((HERE / "corpus" / f"{name}.xml").read_bytes())
    assert ("refused" if document.complaints else "accepted") == verdict, document.complaints


@pytest.mark.parametrize("name", [name for name, said in VERDICTS.items() if said == "refused"])
def test_a_complaint_says_where_it_is(name: str) -> None:
    document = parse((HERE / "corpus" / f"{name}.xml").read_bytes())
    for complaint in document.complaints:
        assert complaint.startswith("XML Parse schema error: ")
        assert " Line: " in complaint
        assert ", column: " in complaint
