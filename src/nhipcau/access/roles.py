"""The roles of people, their names on the pages, and which of them exclude each other."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a person is, in a part of the tree and perhaps for one meeting only."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    TECHNICIAN = "technician"
    OPERATOR = "operator"
    TELECOM = "telecom"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class RoleName(NamedTuple):
    """How pages call a role."""

    vi: str
    en: str


ROLE_NAMES: Mapping[Role, RoleName] = {
    Role.CHAIR: RoleName("Chủ tọa", "Chair"),
    Role.SECRETARY: RoleName("Thư ký", "Secretary"),
    Role.TECHNICIAN: RoleName("Kỹ thuật điểm cầu", "Site technician"),
    Role.OPERATOR: RoleName("Trực kỹ thuật", "Operator"),
    Role.TELECOM: RoleName("Trực đường truyền (doanh nghiệp viễn thông)", "Telecom operator"),
    Role.AUDITOR: RoleName("Kiểm tra nhật ký", "Auditor"),
    Role.ADMINISTRATOR: RoleName("Quản trị hệ thống", "Administrator"),
}

# Whoever can stop or change the system for others proves more than a password.
SECOND_FACTOR_ROLES = frozenset({Role.ADMINISTRATOR, Role.OPERATOR, Role.TELECOM})

# Who reads the records of what others did must have done none of it.
_STANDS_ALONE = frozenset({Role.AUDITOR})


def conflict(held: Iterable[Role], more: Role) -> Role | None:
    """Return a role of `held` that no account may hold together with `more`; None: none.

    Separation of duties: an auditor holds nothing else, wherever in the tree.
    """
    for role in held:
        if role is not more and (role in _STANDS_ALONE or more in _STANDS_ALONE):
            return role
    return None


def needs_second_factor(held: Iterable[Role]) -> bool:
    """Return True when an account with these roles must sign in with a second factor."""
    return not SECOND_FACTOR_ROLES.isdisjoint(held)
