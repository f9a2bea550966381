"""Which API an operation takes, and what is said where none can."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import schemas
from connector.errors import ConnectionProblem, InputError
from connector.intacct.layers.idempotency import Idempotency
from connector.intacct.operation import Frozen, Operation, Result, Verb
from connector.intacct.ports import Effect, EffectState
from connector.intacct.router import REST, XML, Route, Router, apis_of
from connector.intacct.stack import by_api

CUSTOMER = {"customerId": "C-1", "customerName": "Acme"}
CREATE = Operation(Verb.CREATE, "customer", CUSTOMER)
# XML has a place for this text, REST is not known to have one.
ONLY_XML = Operation(
    Verb.CREATE, "customer", {**CUSTOMER, "printOptionOeQuoteTemplateName": "Plain"}
)
BOTH = (XML, REST)


@pytest.mark.parametrize("preferred", BOTH)
def test_what_both_can_do_takes_the_one_the_connection_prefers(preferred: str) -> None:
    route = Router(BOTH, preferred).route(CREATE)
    assert route.api == preferred
    assert "prefers" in route.why


@pytest.mark.accepts("E2")
def test_a_connection_that_says_nothing_prefers_rest_and_keeps_xml_for_the_rest() -> None:
    form = schemas.load("connections/sage-intacct.json")
    router = Router(BOTH, form["properties"]["preferredApi"]["default"])
    assert router.route(CREATE).api == REST
    assert router.route(ONLY_XML).api == XML


def test_what_one_cannot_do_takes_the_other_and_says_why() -> None:
    assert Router(BOTH, REST).route(ONLY_XML) == Route(
        XML, "The REST API has no place for printOptionOeQuoteTemplateName."
    )


@pytest.mark.parametrize(
    ("api", "credentials"), [(XML, "Web Services credentials"), (REST, "an OAuth application")]
)
def test_a_connection_with_one_pair_of_credentials_takes_what_it_has(
    api: str, credentials: str
) -> None:
    other = REST if api == XML else XML
    assert Router((api,), other).route(CREATE) == Route(
        api, f"This connection has {credentials} only."
    )


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (ONLY_XML, "The REST API has no place for printOptionOeQuoteTemplateName."),
        (Operation(Verb.RAW, body="<read/>"), "A function written in XML is XML only."),
        (
            Operation(Verb.READ_BY_QUERY, "customer", expression="NAME = 'x'"),
            "A filter written as text is XML only.",
        ),
        (
            Operation(Verb.INVOKE, "arPayment", {}, function="apply"),
            "The REST API has no way to apply this.",
        ),
    ],
)
def test_a_refusal_says_what_is_missing_and_who_could_do_it(operation: Operation, why: str) -> None:
    with pytest.raises(InputError) as refused:
        Router((REST,)).freeze(operation)
    assert refused.value.title == f"{why} This connection has an OAuth application only."
    assert refused.value.advice == (
        "Add Web Services credentials to the connection, or choose another one."
    )
    assert refused.value.field == "connection"


def test_a_step_gets_the_api_it_asks_for_or_a_refusal() -> None:
    router = Router(BOTH, XML).asking_for(REST)
    assert router.route(CREATE) == Route(REST, "The step asks for the REST API.")
    with pytest.raises(InputError) as impossible:
        router.route(ONLY_XML)
    assert impossible.value.field == "api"
    with pytest.raises(InputError) as missing:
        Router((XML,)).asking_for(REST).route(CREATE)
    assert "cannot sign in to the REST API" in missing.value.title


def test_the_bytes_carry_the_api_and_the_reason() -> None:
    frozen = Router(BOTH, REST).freeze(CREATE)
    assert (frozen.api, frozen.function) == (REST, "POST /objects/accounts-receivable/customer")
    assert frozen.why == "The connection prefers the REST API."
    assert Router(BOTH, XML).freeze(CREATE).api == XML


@pytest.mark.parametrize(
    ("operation", "is_needed"),
    [
        (Operation(Verb.READ_BY_ID, "customer", keys=("C-1",)), True),
        (Operation(Verb.READ_BY_ID, "customer", keys=("C-1",), fields=("customerName",)), False),
        (Operation(Verb.READ, "customer", keys=("1",)), False),
        (Operation(Verb.UPDATE, "customer", CUSTOMER), True),
        (Operation(Verb.UPDATE, "customer", {**CUSTOMER, "recordNo": "1"}), False),
        (CREATE, False),
    ],
)
def test_rest_alone_has_to_know_the_record_number_first(
    operation: Operation, is_needed: bool
) -> None:
    assert Router((REST,)).needs_key(operation) is is_needed
    assert Router((XML,)).needs_key(operation) is False


def test_an_object_tells_who_can_read_it() -> None:
    assert apis_of("customer", "create") == BOTH
    assert apis_of("CUSTOMOBJECT", "create") == (XML,)


def test_a_request_takes_the_way_of_the_api_it_was_frozen_for() -> None:
    ways = by_api({XML: lambda operation: f"xml {operation.object_name}"})
    xml = CREATE.with_frozen(Frozen(XML, "create", "<create/>", is_write=True))
    assert ways(xml) == "xml customer"
    with pytest.raises(ConnectionProblem, match="no longer signs in"):
        ways(CREATE.with_frozen(Frozen(REST, "POST /x", "POST /x", is_write=True)))


class _Ledger:
    """Knows one effect that was planned for one API before."""

    def __init__(self, effect: Effect) -> None:
        self.effect = effect

    def plan(self, _operation: Operation) -> Effect:
        return self.effect

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


@pytest.mark.parametrize("state", [EffectState.PLANNED, EffectState.SUCCEEDED])
def test_a_changed_preference_does_not_make_another_request_of_a_write(state: EffectState) -> None:
    """The effect was planned for REST; the connection prefers XML since."""
    planned = Router(BOTH, REST).freeze(CREATE)
    effect = Effect("op", "aic-1", state, planned.payload, key="7", is_own=True)
    sent: list[Operation] = []

    def send(operation: Operation) -> Result:
        sent.append(operation)
        return Result("f", "aic-1", key="7")

    now = Router(BOTH, XML)
    layer = Idempotency(send, _Ledger(effect), now.frozen_in)
    result = layer(CREATE.with_frozen(now.freeze(CREATE)))
    assert result.key == "7"
    assert [each.frozen.payload for each in sent if each.frozen] == (
        [planned.payload] if state is EffectState.PLANNED else []
    )


def test_names_of_operations_stay_what_they_were_for_xml() -> None:
    values: Mapping[str, Any] = CUSTOMER
    assert Router().freeze(Operation(Verb.CREATE, "customer", values)).function == "create"
