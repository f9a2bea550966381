"""The frame that families of actions share: what each says, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypedDict, Unpack

from connector.component import (
    ALL_FORMS,
    Action,
    Context,
    Effect,
    Envelope,
    Inputs,
    Inverse,
    Output,
    ResultForm,
)

Perform = Callable[[Context, Inputs], Output]


class Words(TypedDict):
    """What every declaration says in so many words.

    Args:
        key: The published key; the inputs stand in ``actions/<key>.json``.
        label: The published label.
        description: One sentence for the catalogue.
        example: A result as users will see it; what follows from its ``key`` and ``id`` is added
            by each family (``examples``).
    """

    key: str
    label: str
    description: str
    example: Mapping[str, Any]


def declared(
    object_name: str,
    effect: Effect,
    perform: Perform,
    output: Mapping[str, Any],
    *,
    forms: tuple[ResultForm, ...] = ALL_FORMS,
    envelope: Envelope = Envelope.RECORDS,
    inverse: Inverse | None = None,
    **words: Unpack[Words],
) -> Action:
    """Return an action on one kind of object, whose inputs stand where its key says.

    Args:
        object_name: Our name of the object.
        effect: What it can change.
        perform: Called with checked inputs.
        output: The schema of the result.
        forms: The forms its result can take.
        envelope: What the envelope form holds.
        inverse: How what it does is taken back, where the object does not say so.
        words: Key, label, description and example.
    """
    return Action(
        object_name=object_name,
        inputs=f"actions/{words['key']}.json",
        effect=effect,
        perform=perform,
        output=output,
        forms=forms,
        envelope=envelope,
        inverse=inverse,
        **words,
    )
