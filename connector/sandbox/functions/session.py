"""getAPISession: a session at the top level or at an entity."""

from connector.sandbox.company import Call
from connector.sandbox.functions.answer import Answer, Function
from connector.sandbox.refusal import Fault, Refusal
from connector.sandbox.sessions import expire_all, is_entity, open_session
from connector.sandbox.wire.tree import Element, add, element, text_of


def get_api_session(call: Call, request: Element) -> Answer:
    """Open a session; without locationid it stays at the caller's entity, empty goes to the top."""
    entity = text_of(request, "locationid", call.scope.entity)
    if not is_entity(call.company, entity):
        text = f"The entity {entity} does not exist or is not active."
        raise Refusal(Fault("Get API Session Failed", text, "Use the ID of an entity."))
    if call.scope.session and entity != call.scope.entity:
        _switch(call)
    data = element("data")
    api = add(data, "api")
    add(api, "sessionid", open_session(call.company, call.scope, entity))
    add(api, "endpoint", call.company.config.endpoint)
    add(api, "locationid", entity)
    return Answer(data)


def _switch(call: Call) -> None:
    """End what a policy says that the change of the entity ends."""
    switch = call.company.policies["entity_switch"]
    if switch != "keeps":
        call.company.drop_cursors(call.scope.session)
    if switch == "ends_session":
        expire_all(call.company, call.scope.session)


FUNCTIONS: dict[str, Function] = {"getAPISession": get_api_session}
