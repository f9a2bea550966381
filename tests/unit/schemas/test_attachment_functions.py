from __future__ import annotations

import pytest

import schemas


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("create_supdoc", "supdocid supdocname supdocfoldername supdocdescription attachments"),
        (
            "create_supdocfolder",
            "supdocfoldername supdocfolderdescription supdocparentfoldername",
        ),
    ],
)
def test_function_places_follow_the_documented_order(name: str, order: str) -> None:
    document = schemas.load(f"functions/{name}.json")
    assert [child["element"] for child in document["children"]] == order.split()


def test_a_file_is_told_by_name_type_and_data() -> None:
    files = schemas.load("functions/create_supdoc.json")["children"][-1]
    [item] = files["items"]
    names = [child["element"] for child in item["children"]]
    assert (item["element"], names) == (
        "attachment",
        ["attachmentname", "attachmenttype", "attachmentdata"],
    )
