"""Which rows are in Intacct already, by natural key: one query for many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.intacct.client import IntacctClient
from connector.intacct.dialects.object_schema import ObjectSchema
from connector.intacct.operation import Condition

NaturalKey = tuple[str, ...]
# `in` takes 1,000 values over XML (xml-api 6).
MOST_AT_ONCE = 1000


def find(
    client: IntacctClient,
    schema: ObjectSchema,
    match: Sequence[str],
    wanted: Sequence[NaturalKey],
) -> Mapping[NaturalKey, list[str]]:
    """Return the record numbers under each natural key; what is not there is missing.

    Args:
        client: The company.
        schema: The object.
        match: Our names of the fields that make the key; the first narrows the query.
        wanted: The keys looked for.
    """
    found: dict[NaturalKey, list[str]] = {}
    asked = set(wanted)
    firsts = list(dict.fromkeys(each[0] for each in wanted))
    for start in range(0, len(firsts), MOST_AT_ONCE):
        some = tuple(firsts[start : start + MOST_AT_ONCE])
        rows = client.query(
            schema.name, select=[schema.key, *match], where=Condition(match[0], "in", some)
        )
        for row in rows:
            natural = tuple(str(row.get(name) or "") for name in match)
            if natural in asked:
                found.setdefault(natural, []).append(str(row[schema.key]))
    return found
