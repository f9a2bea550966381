"""What each role may do; the only place that says so."""

from __future__ import annotations

from enum import StrEnum

from connector.errors import InputError


class Right(StrEnum):
    """One kind of thing that can be done in the console."""

    VIEW = "see connections, the catalogue and runs"
    OPERATE = "test connections and repair runs"
    BUILD = "try actions and build workflows"
    APPROVE = "approve what waits for a decision"
    ADMINISTER = "change connections, people and keys"


class Role(StrEnum):
    """What somebody is here for."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    BUILDER = "builder"
    APPROVER = "approver"
    ADMIN = "admin"

    @property
    def rights(self) -> frozenset[Right]:
        """What the role may do."""
        return _RIGHTS[self]

    @classmethod
    def named(cls, name: str) -> Role:
        """Return a role by name.

        Raises:
            InputError: There is none of that name.
        """
        try:
            return cls(name)
        except ValueError:
            raise InputError(
                "There is no such role.",
                advice=f"Choose one of {', '.join(cls)}.",
                field="role",
            ) from None


# An approver does not build: who makes a payment and who releases it can be kept apart.
_RIGHTS = {
    Role.VIEWER: frozenset({Right.VIEW}),
    Role.OPERATOR: frozenset({Right.VIEW, Right.OPERATE}),
    Role.BUILDER: frozenset({Right.VIEW, Right.OPERATE, Right.BUILD}),
    Role.APPROVER: frozenset({Right.VIEW, Right.APPROVE}),
    Role.ADMIN: frozenset(Right),
}
