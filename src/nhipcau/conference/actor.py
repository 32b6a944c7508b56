"""Who asks something of a conference."""

from dataclasses import dataclass
from enum import StrEnum

from nhipcau.quantities import SiteId


class Role(StrEnum):
    """The role in an endpoint's token."""

    SITE = "site"
    CHAIR = "chair"
    SECRETARY = "secretary"
    CONSOLE = "console"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: the token's role, and its seat (None for a page without one).

    `subtree` is an operator's: the site whose own and whose descendants' rooms it looks after.
    """

    role: Role
    site: SiteId | None = None
    subtree: SiteId | None = None
