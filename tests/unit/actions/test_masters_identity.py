"""How a lost answer about a customer, vendor, contact or project is settled."""

from __future__ import annotations

import pytest

from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.identity import identity_of, identity_of_change
from connector.intacct.operation import Aim, Identity

NAMED = [
    ("customer", "customerId", "customerName"),
    ("vendor", "vendorId", "vendorName"),
    ("project", "projectId", "projectName"),
    ("contact", "contactName", "printAs"),
]


@pytest.mark.parametrize(("object_name", "id_field", "name_field"), NAMED)
def test_a_lost_creation_is_looked_up_by_id_and_has_to_agree_in_its_name(
    object_name: str, id_field: str, name_field: str
) -> None:
    schema = ObjectSchema.named(object_name)
    values = {id_field: "X-1", name_field: "Acme", "active": True}
    assert identity_of(schema, values) == Identity({id_field: "X-1"}, {name_field: "Acme"})


@pytest.mark.parametrize(("object_name", "id_field", "name_field"), NAMED[:3])
def test_without_an_id_a_person_has_to_look(
    object_name: str, id_field: str, name_field: str
) -> None:
    """Names are not unique: a record of that name may have been there before."""
    schema = ObjectSchema.named(object_name)
    assert id_field in schema.fields.by_name
    assert identity_of(schema, {name_field: "Acme"}) is None


@pytest.mark.parametrize(("object_name", "id_field", "_name"), NAMED)
def test_a_lost_change_is_looked_up_and_compared(
    object_name: str, id_field: str, _name: str
) -> None:
    schema = ObjectSchema.named(object_name)
    found = identity_of_change(schema, {id_field: "X-1", "active": False})
    assert found == Identity({id_field: "X-1"}, {"active": "False"}, Aim.CHANGED)
