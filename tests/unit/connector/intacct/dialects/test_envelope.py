from __future__ import annotations

import pytest

from connector.errors import InputError
from connector.intacct.dialects.xml import Control, Login, SessionToken, XmlDialect
from connector.intacct.operation import Frozen

READ = Frozen("xml", "read", "<read><object>X</object><keys>1</keys></read>", is_write=False)
WRITE = Frozen("xml", "create", "<create><X/></create>", is_write=True)
TOKEN = SessionToken("SE&SSION", "https://x.intacct.com/ia/xml/xmlgw.phtml", "100", 0)


def _control(*, is_unique: bool) -> Control:
    return Control("sender", "pass<word", "req-1", is_unique=is_unique)


def test_a_read_under_a_session() -> None:
    control = _control(is_unique=False)
    assert XmlDialect().request(READ, "fn-1", TOKEN, control).decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<request><control><senderid>sender</senderid><password>pass&lt;word</password>"
        "<controlid>req-1</controlid><uniqueid>false</uniqueid><dtdversion>3.0</dtdversion>"
        "<includewhitespace>false</includewhitespace>"
        "<showadditionalerrorinfo>true</showadditionalerrorinfo></control>"
        '<operation transaction="false"><authentication><sessionid>SE&amp;SSION</sessionid>'
        '</authentication><content><function controlid="fn-1"><read><object>X</object>'
        "<keys>1</keys></read></function></content></operation></request>"
    )


def test_a_write_is_unique_and_its_own_transaction() -> None:
    body = XmlDialect().request(WRITE, "fn-2", TOKEN, _control(is_unique=True)).decode()
    assert "<uniqueid>true</uniqueid>" in body
    assert '<operation transaction="true">' in body


@pytest.mark.accepts("A4", "C5", "C6", "E13")
def test_signing_in_stands_alone_with_the_login_in_order() -> None:
    login = Login("company", "user", "pass", entity_id="100", client_id="client")
    control = _control(is_unique=False)
    body = XmlDialect().sign_in_request("fn-3", login, control).decode()
    assert (
        '<operation transaction="false"><authentication><login><userid>user</userid>'
        "<companyid>company</companyid><password>pass</password><clientid>client</clientid>"
        '<locationid>100</locationid></login></authentication><content><function controlid="fn-3">'
        "<getAPISession/></function></content></operation>"
    ) in body


@pytest.mark.accepts("C6")
def test_a_login_without_entity_names_none() -> None:
    control = _control(is_unique=False)
    body = XmlDialect().sign_in_request("fn-3", Login("c", "u", "p"), control).decode()
    assert "locationid" not in body
    assert "clientid" not in body


def test_secrets_stay_out_of_representations() -> None:
    shown = repr((TOKEN, _control(is_unique=True), Login("c", "u", "pass<word")))
    assert "SE&SSION" not in shown
    assert "pass<word" not in shown


@pytest.mark.parametrize("control_id", ["", "x" * 257])
def test_a_control_id_that_intacct_would_not_keep_is_a_mistake(control_id: str) -> None:
    with pytest.raises(ValueError, match="256"):
        XmlDialect().request(READ, control_id, TOKEN, _control(is_unique=False))


def test_a_control_id_cannot_break_out_of_its_attribute() -> None:
    body = XmlDialect().request(READ, 'a"><x/>\n', TOKEN, _control(is_unique=False)).decode()
    assert 'controlid="a&quot;&gt;&lt;x/&gt;&#10;"' in body


def test_a_credential_with_a_control_character_is_named() -> None:
    with pytest.raises(InputError) as caught:
        XmlDialect().sign_in_request("f", Login("c", "u", "a\x00"), _control(is_unique=False))
    assert caught.value.field == "userPassword"
