"""What all verbs of planning lean on: stores, tree, clock, rules; how they ask and record.

Their calls block; they may come from any thread, several at once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from nhipcau.access.actions import Action
from nhipcau.access.actor import Actor, ActorKind, Target
from nhipcau.access.policy import Refused, decide
from nhipcau.audit.entry import DONE
from nhipcau.office.planning.errors import NotAllowedError
from nhipcau.office.tree import UnitTree
from nhipcau.org.units import UnitId
from nhipcau.org.view import TreeView
from nhipcau.planning.plan import Header
from nhipcau.planning.rules import Rules, shipped_rules
from nhipcau.planning.workdays import WorkCalendar, vietnam_calendar
from nhipcau.ports.audit import AuditEntry, AuditTrail
from nhipcau.ports.cabinet import Cabinet
from nhipcau.ports.clock import Clock
from nhipcau.ports.plans import PlanStore, Signature
from nhipcau.ports.vault import Vault
from nhipcau.quantities import ConferenceId


@dataclass(frozen=True, slots=True)
class Author:
    """Who asks a verb.

    Attributes:
        actor: with the grants that it has now.
        address: a network address, or `local`.
        person: the name under a signature; "": as the audit calls the actor.
    """

    actor: Actor
    address: str = "local"
    person: str = ""

    @property
    def account(self) -> str:
        """Return the author's id with its kind before it, as the audit writes it."""
        if self.actor.account is not None:
            return f"account:{self.actor.account}"
        if self.actor.site is not None:
            return f"{self.actor.kind.value}:{self.actor.site}"
        return "" if self.actor.kind is ActorKind.NOBODY else f"process:{self.actor.kind.value}"


@dataclass(frozen=True)
class Desk:
    """What the verbs lean on.

    Attributes:
        plans, cabinet, vault: the stores.
        units: the tree.
        clock: the time.
        new_id: ids of meetings and templates.
        layouts: names of the layouts that there are.
        trail: takes what was done.
        rules, calendar: kinds, parties, lead times; working days.
    """

    plans: PlanStore
    cabinet: Cabinet
    vault: Vault
    units: UnitTree
    clock: Clock
    new_id: Callable[[], str]
    layouts: frozenset[str]
    trail: AuditTrail | None = None
    rules: Rules = field(default_factory=shipped_rules)
    calendar: WorkCalendar = field(default_factory=vietnam_calendar)

    def now(self, zone: str = "Asia/Ho_Chi_Minh") -> datetime:
        """Return the time in a zone."""
        return self.at(self.clock.wall_s(), zone)

    def at(self, at_s: float, zone: str = "Asia/Ho_Chi_Minh") -> datetime:
        """Return a moment in a zone."""
        return datetime.fromtimestamp(at_s, UTC).astimezone(ZoneInfo(zone))

    def signature(self, author: Author) -> Signature:
        """Return the author's signature, now."""
        name = author.person or author.actor.name
        return Signature(author.account, name, self.clock.wall_s())

    def view(self, header: Header | None = None) -> TreeView:
        """Return the tree of a meeting's day; of today where none is chosen."""
        day: date | None = None
        if header is not None and header.starts is not None:
            day = header.starts.date()
        return self.units.current().as_of(day or self.now().date())

    def note(
        self, author: Author, action: Action, on: str, more: Mapping[str, str] | None = None
    ) -> None:
        """Tell the audit what was done."""
        if self.trail is None:
            return
        now_s = self.clock.wall_s()
        name, address = author.actor.name, author.address
        self.trail.record(
            AuditEntry(now_s, author.account, name, address, action.value, on, DONE, more or {})
        )


def above(view: TreeView, units: Iterable[str]) -> frozenset[str]:
    """Return units and all above them; those that the tree doesn't have stand alone."""
    found: set[str] = set()
    for unit in units:
        step: str | None = unit
        while step is not None and step not in found:
            found.add(step)
            version = view.units.get(UnitId(step))
            step = None if version is None else version.parent
    return frozenset(found)


def target(view: TreeView, units: Iterable[str], meeting: str | None = None) -> Target:
    """Return what the policy is asked about: units with all above them, perhaps of a meeting."""
    conference = None if meeting is None else ConferenceId(meeting)
    return Target(above(view, [unit for unit in units if unit]), meeting=conference)


def require(author: Author, action: Action, on: Target | None = None) -> None:
    """Go on only if the policy allows it.

    Raises:
        NotAllowedError: it does not.
    """
    decision = decide(author.actor, action, on)
    if isinstance(decision, Refused):
        raise NotAllowedError(decision)
