"""Events name their object as REST does, whichever object it is."""

import pytest

from connector.sandbox.events.definitions import rest_name
from connector.sandbox.rest.catalogue import CATALOGUE


@pytest.mark.parametrize("path", CATALOGUE)
def test_every_object_of_rest_has_its_name_in_events(path: str) -> None:
    assert rest_name(CATALOGUE[path].described.name) == path


def test_an_object_that_rest_does_not_have_has_no_name() -> None:
    assert rest_name("SMARTEVENTLOG") == ""
