"""Who asks, and on what: the two sides of a question to the policy."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from nhipcau.access.roles import Role
from nhipcau.quantities import ConferenceId, McuName, SiteId

AccountId = NewType("AccountId", str)
GrantId = NewType("GrantId", str)


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over a part of the tree: of one unit and all below it, perhaps for one meeting.

    Attributes:
        id: names it, so that it can be taken back.
        role: what.
        unit: where it begins; None: everywhere. An MCU, which knows no units, puts a site here.
        meeting: only for this meeting; None: for all.
        from_s, until_s: seconds since 1970-01-01 UTC; holds from the one until before the other.
    """

    id: GrantId
    role: Role
    unit: str | None
    meeting: ConferenceId | None = None
    from_s: float = 0.0
    until_s: float | None = None

    def holds_at(self, now_s: float) -> bool:
        """Return True when it is in force."""
        return self.from_s <= now_s and (self.until_s is None or now_s < self.until_s)

    def covers(self, target: "Target") -> bool:
        """Return True when it reaches what is asked about."""
        if self.meeting is not None and self.meeting != target.meeting:
            return False
        return self.unit is None or self.unit in target.units


class ActorKind(StrEnum):
    """What kind of a being asks."""

    NOBODY = "nobody"
    ACCOUNT = "account"
    # A room page with a key of its own, enrolled once.
    DEVICE = "device"
    # Somebody with an invitation to one meeting.
    GUEST = "guest"
    # Whoever sits at the office's machine with the rights to its database: the command line.
    MACHINE = "machine"
    # Processes of ours on the bus.
    OFFICE = "office"
    MCU = "mcu"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, with what it holds at this moment.

    Attributes:
        kind: what it is.
        account: whose account; None for all but accounts.
        name: for the audit log: sign-in name, site, guest's name or process.
        grants: those in force now; always empty for a device, a guest or a process.
        site: the room of a device, or the seat of a guest.
        meeting: the one meeting of a guest; a device may enter every meeting of its site.
        due: a second factor is still due, so that nothing but that may be done.
        company: whose staff it is where that is a company, such as a telecom operator; else empty.
    """

    kind: ActorKind
    account: AccountId | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    site: SiteId | None = None
    meeting: ConferenceId | None = None
    due: bool = False
    company: str = ""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that it holds anywhere."""
        return frozenset(grant.role for grant in self.grants)


NOBODY = Actor(ActorKind.NOBODY)


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about.

    Attributes:
        units: the unit concerned and all above it, up to the root; empty: no unit in particular,
            so that only a grant without a unit reaches it. In an MCU: a site and those above it.
        meeting: the meeting concerned, if any.
        owner: the account whose own affair it is (its session, its password).
        site: the site whose own affair it is (its microphone, its hand).
        company: whose line it is; empty: nobody knows.
        mcu: the MCU whose own affair it is (how it is).
    """

    units: frozenset[str] = frozenset()
    meeting: ConferenceId | None = None
    owner: AccountId | None = None
    site: SiteId | None = None
    company: str = ""
    mcu: McuName | None = None


def in_force(grants: Iterable[Grant], now_s: float) -> tuple[Grant, ...]:
    """Return the grants that hold at this moment."""
    return tuple(grant for grant in grants if grant.holds_at(now_s))
