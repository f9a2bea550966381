"""The admin interface, the page, the settings and the seed."""

import pathlib
from collections.abc import Callable

import httpx
import pytest

from connector.sandbox.app import create_app
from connector.sandbox.config import SandboxConfig
from connector.sandbox.hubspot import HubspotSettings

PATH = "/ia/xml/xmlgw.phtml"
CLASS = "<create><CLASS><CLASSID>{}</CLASSID><NAME>{}</NAME></CLASS></create>"
Write = Callable[..., str]


def _client(config: SandboxConfig) -> httpx.Client:
    transport = httpx.WSGITransport(create_app(config))
    return httpx.Client(transport=transport, base_url="http://sandbox.test")


def test_health_says_that_this_is_not_intacct(client: httpx.Client) -> None:
    health = client.get("/_sandbox/health").json()
    assert health["status"] == "ok"
    assert health["intacct"] is False
    assert health["records"]["CUSTOMER"] == 40


def test_a_reset_starts_over(
    client: httpx.Client, request_text: Write, policy: Callable[..., None]
) -> None:
    policy(number_invoices="blank")
    before = client.get("/_sandbox/records/CLASS").json()
    client.post(PATH, content=request_text(CLASS.format("A", "N")))
    assert client.get("/_sandbox/records/CLASS").json() != before
    client.post("/_sandbox/reset")
    assert client.get("/_sandbox/records/CLASS").json() == before
    assert client.get("/_sandbox/ledger").json() == []
    assert client.get("/_sandbox/requests").json() == []
    assert client.get("/_sandbox/policies").json()["number_invoices"]["value"] == "made"


def test_requests_are_remembered_without_secrets(client: httpx.Client, request_text: Write) -> None:
    client.post(PATH, content=request_text(CLASS.format("A", "N"), ids="my-id"))
    client.post(PATH, content=request_text("<getAPISession/>", session="secret-session"))
    client.post(PATH, content="no xml at all")
    seen = client.get("/_sandbox/requests")
    assert [entry["functions"] for entry in seen.json()] == [["create"], ["getAPISession"], []]
    assert seen.json()[0]["control_ids"] == ["my-id"]
    assert seen.json()[0]["status"] == 200
    for secret in ("password", "secret-session"):
        assert secret not in seen.text


def test_only_the_last_200_requests_are_remembered(client: httpx.Client) -> None:
    for _ in range(205):
        client.post(PATH, content="<x/>")
    assert len(client.get("/_sandbox/requests").json()) == 200


@pytest.mark.parametrize("change", [{"no_such_policy": "true"}, {"number_invoices": "perhaps"}, []])
def test_an_unknown_policy_or_value_is_refused(client: httpx.Client, change: object) -> None:
    assert client.post("/_sandbox/policies", json=change).status_code == 400


def test_records_of_an_unknown_object_are_not_found(client: httpx.Client) -> None:
    assert client.get("/_sandbox/records/SPACESHIP").status_code == 404


def test_the_page_says_what_it_is_and_escapes_what_it_shows(
    client: httpx.Client, request_text: Write
) -> None:
    client.post(
        PATH, content=request_text(CLASS.format("A", "&lt;script&gt;alert(1)&lt;/script&gt;"))
    )
    page = client.get("/?object=CLASS").text
    assert "This is not Sage Intacct." in page
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_same_seed_makes_the_same_company() -> None:
    def company(seed: int) -> str:
        with _client(SandboxConfig(seed=seed)) as client:
            names = ("CUSTOMER", "CONTACT", "ARINVOICE", "ARINVOICEITEM")
            return "".join(client.get(f"/_sandbox/records/{name}").text for name in names)

    assert company(3) == company(3)
    assert company(3) != company(4)


def test_a_file_keeps_the_company(tmp_path: pathlib.Path, request_text: Write) -> None:
    config = SandboxConfig(data=str(tmp_path / "sandbox.db"))
    with _client(config) as client:
        reply = client.post(PATH, content=request_text(CLASS.format("KEPT", "N"), unique="true"))
        assert "success" in reply.text
    with _client(config) as client:
        records = client.get("/_sandbox/records/CLASS").json()
        assert [record["CLASSID"] for record in records] == ["C1", "C2", "KEPT"]
        reply = client.post(PATH, content=request_text(CLASS.format("X", "N"), unique="true"))
        assert "SANDBOX-DUPLICATE-CONTROLID" in reply.text


def test_settings_travel_through_the_environment() -> None:
    config = SandboxConfig(
        data="/tmp/x.db",  # noqa: S108 # only a text here
        seed=7,
        policies={"number_invoices": "blank"},
        hubspot=HubspotSettings(target_url="http://127.0.0.1:1/hook"),
    )
    assert SandboxConfig.from_environment(config.to_environment()) == config
    assert SandboxConfig.from_environment({}) == SandboxConfig()


def test_chosen_policies_hold_from_the_start() -> None:
    with _client(SandboxConfig(policies={"number_invoices": "blank"})) as client:
        assert client.get("/_sandbox/policies").json()["number_invoices"]["value"] == "blank"
    with pytest.raises(ValueError, match="There is no policy named typo"):
        create_app(SandboxConfig(policies={"typo": "x"}))


def test_the_hubspot_portal_is_part_of_the_sandbox(client: httpx.Client) -> None:
    assert client.get("/crm/v3/objects/deals/1").status_code == 401
