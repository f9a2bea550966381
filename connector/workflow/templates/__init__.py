"""Workflows to start from, as the files people would write themselves."""

from __future__ import annotations

from importlib import resources


def text(name: str) -> str:
    """Return a template's YAML, such as ``hubspot_deal_to_invoice``.

    Raises:
        FileNotFoundError: There is no template of that name.
    """
    return resources.files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
