"""What people and Intacct call things: JSON documents and the loader that reads them.

``objects/`` holds each field once, ``actions/`` names the fields an action takes, ``functions/``
the element names and order of one legacy function, ``connections/`` and ``events/`` what their
names say. Documents refer to one another by relative ``$ref``.

Another package brings its own: ``acme_steps:inputs/createWidget.json`` names a document among the
files of ``acme_steps``, and one that begins with ``schemas:`` refers to ours from there.
"""

from __future__ import annotations

import copy
import json
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any


@cache
def _read(path: str) -> dict[str, Any]:
    text = _file(path).read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


def _file(path: str) -> Traversable:
    package, colon, inner = path.partition(":")
    return resources.files(package if colon else __name__).joinpath(inner if colon else path)


def load(path: str) -> dict[str, Any]:
    """Return a copy of the document at ``path``, such as ``actions/createInvoice.json``.

    Raises:
        FileNotFoundError: No such document is part of the project, or of the package it names.
    """
    return copy.deepcopy(_read(path))


def exists(path: str) -> bool:
    """Say whether a document stands at ``path``."""
    return _file(path).is_file()


def resolve(path: str) -> dict[str, Any]:
    """Return the document at ``path`` with every ``$ref`` replaced by what it points to.

    Words beside a ``$ref`` win over the words of its target, so that an action can sharpen the
    help of a shared field. References are relative paths with a JSON pointer, or a pointer alone.
    """
    document: dict[str, Any] = _resolved(load(path), path)
    return document


def _resolved(node: Any, path: str) -> Any:
    if isinstance(node, list):
        return [_resolved(item, path) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" not in node:
        return {name: _resolved(value, path) for name, value in node.items()}
    target, target_path = _target(node["$ref"], path)
    own = {name: value for name, value in node.items() if name != "$ref"}
    return {**_resolved(target, target_path), **_resolved(own, path)}


def _target(reference: str, path: str) -> tuple[Any, str]:
    file_part, _, pointer = reference.partition("#")
    target_path = _join(path, file_part) if file_part else path
    node: Any = _read(target_path)
    for part in pointer.strip("/").split("/"):
        if part:
            node = node[part]
    return node, target_path


def _join(path: str, relative: str) -> str:
    if ":" in relative:  # names its package, so it is relative to nothing
        return relative
    package, colon, inner = path.rpartition(":")
    parts = inner.split("/")[:-1]
    for part in relative.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return f"{package}{colon}{'/'.join(parts)}"
