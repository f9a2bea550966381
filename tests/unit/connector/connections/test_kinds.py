"""The form of a connection: sets of credentials, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

import schemas
from connector.connections.kinds import kind_named
from connector.errors import InputError

COMPANY = {"companyId": "ACME_INC"}
SENDER = {"senderId": "ACME_CORP", "senderPassword": "s"}
USER = {"userId": "apiuser", "userPassword": "u"}
APPLICATION = {"clientId": "0123.app.sage.com", "clientSecret": "c"}


@pytest.mark.accepts("E13", "D8")
@pytest.mark.parametrize(
    ("values", "complete"),
    [
        (SENDER | USER, {"webServices"}),
        (APPLICATION, {"oauth"}),
        (APPLICATION | {"oauthUserId": "apiuser"}, {"oauth"}),
        (SENDER | USER | APPLICATION, {"webServices", "oauth"}),
        (SENDER | APPLICATION, {"webServices", "oauth"}),
    ],
)
def test_one_whole_set_is_enough_and_two_are_welcome(
    values: dict[str, str], complete: set[str]
) -> None:
    settings, secrets = kind_named("sage-intacct").split(COMPANY | values)
    assert kind_named("sage-intacct").complete(settings | secrets) == complete
    assert set(secrets) == {name for name in values if name.endswith(("Password", "Secret"))}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "senderId"),
        (SENDER, "userId"),
        (USER, "senderId"),
        (SENDER | USER | {"clientId": "x"}, "clientSecret"),
        (APPLICATION | USER, "senderId"),
        (APPLICATION | SENDER | {"userId": "u"}, "userPassword"),
        (APPLICATION | {"senderId": "s"}, "senderPassword"),
        (APPLICATION | {"oauthUserId": "user@COMPANY"}, "oauthUserId"),
        (APPLICATION | {"restUrl": "ftp://x"}, "restUrl"),
        (APPLICATION | {"preferredApi": "soap"}, "preferredApi"),
        (APPLICATION | {"environment": "moon"}, "environment"),
    ],
)
def test_half_a_set_is_refused_by_what_is_missing(values: dict[str, str], field: str) -> None:
    with pytest.raises(InputError) as refused:
        kind_named("sage-intacct").split(COMPANY | values)
    assert refused.value.field == field


@pytest.mark.accepts("E15")
def test_copies_are_told_apart_from_real_books_and_addresses_can_be_set() -> None:
    fields = schemas.load("connections/sage-intacct.json")["properties"]
    assert fields["environment"]["enum"] == ["production", "sandbox"]
    assert fields["restUrl"]["default"] == "https://api.intacct.com/ia/api/v1"
    assert fields["endpoint"]["default"] == "https://api.intacct.com/ia/xml/xmlgw.phtml"


@pytest.mark.accepts("D2", "D3", "E42", "C7")
def test_the_help_leads_through_every_step() -> None:
    form = schemas.load("connections/sage-intacct.json")["x-form"]
    groups = {group["key"]: group for group in form["groups"]}
    steps = " ".join(groups["webServices"]["steps"] + groups["oauth"]["steps"])
    for path in (
        "Company > Admin > Subscriptions",
        "Web Services authorizations",
        "Company > Setup > Company > Company info",
        "Company > Admin > Web Services users",
        "Company > Setup > Entities",
        "Authorized client applications",
        "developer console",
        "/oauth/callback",
        "14 days before",
    ):
        assert path in steps
    needs = " ".join(line["for"] for line in form["rights"])
    for mode in ("Connection test", "insert", "update", "upsert", "entities"):
        assert mode in needs
    live = " ".join(form["goLive"])
    for topic in ("Register as a developer", "sender ID", "sandbox", "real company"):
        assert topic in live


def test_every_field_stands_in_exactly_one_part_of_the_form() -> None:
    schema = schemas.load("connections/sage-intacct.json")
    placed = [name for group in schema["x-form"]["groups"] for name in group["fields"]]
    assert sorted(placed) == sorted(schema["properties"])
    assert all(part["description"] for part in schema["properties"].values())


@pytest.mark.accepts("D2", "D3", "E16")
def test_the_page_about_connections_says_what_the_form_says() -> None:
    page = Path(__file__).parents[4].joinpath("docs/connections.md").read_text(encoding="utf-8")
    schema = schemas.load("connections/sage-intacct.json")
    form = schema["x-form"]
    fields = schema["properties"].values()
    said = [part[word] for part in fields for word in ("title", "description")]
    said += [step for group in form["groups"] for step in group.get("steps", ())]
    said += [line[word] for line in form["rights"] for word in ("for", "needs")]
    said += form["goLive"]
    assert [sentence for sentence in said if sentence not in page] == []


@pytest.mark.accepts("A3")
def test_the_form_says_what_is_needed_before_anything_else() -> None:
    help_text = schemas.resolve("connections/sage-intacct.json")["description"]
    page = Path(__file__).parents[4].joinpath("docs/connections.md").read_text(encoding="utf-8")
    for text in (help_text, " ".join(page.split())):
        for needed in (
            "active Sage Intacct subscription",
            "Web Services subscription switched on",
            "sender ID and its password",
            "Sessions need no set-up of their own",
        ):
            assert needed in text
