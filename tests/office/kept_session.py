"""The first session as a kept meeting: draft, approved, approved again, cancelled."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from nhipcau.office.exporting import Almanac, Exporter, Marks
from nhipcau.office.tree import UnitTree
from nhipcau.planning.editing import Edit
from nhipcau.planning.life import State
from nhipcau.planning.parts import parts_of, seal
from nhipcau.planning.rules import shipped_rules
from nhipcau.planning.workdays import vietnam_calendar
from nhipcau.ports.papers import PaperPress
from nhipcau.ports.plans import Edition, PlanHead, PlanRecord, Signature, Written
from nhipcau.storage.memoryplans import MemoryPlanStore
from nhipcau.storage.memorytree import MemoryTreeStore

from ..planning.session import session, tree

MEETING = "m1"
CHAIR = "Chủ tịch Mẫu"


def signed(day: str) -> Signature:
    """Return the chair's signature at half past nine of a day, in Vietnam."""
    return Signature("chair", CHAIR, datetime.fromisoformat(f"{day}T09:30:00+07:00").timestamp())


class KeptSession:
    """One meeting in a store, over the tree of the session."""

    def __init__(self) -> None:
        self.marks = Marks()
        store = MemoryTreeStore()
        store.replace(lambda _: tree().record, 0)
        self.units = UnitTree(store, lambda: "x")
        self.plans = MemoryPlanStore()
        made = signed("2024-01-15")
        head = PlanHead(
            id=MEETING,
            revision=1,
            state=State.DRAFT,
            opened=1,
            editions=0,
            title=session().header.title,
            kind="provincial",
            host=session().header.host,
            starts_s=None,
            ends_s=None,
            created=made,
        )
        self._record = PlanRecord(head, parts_of(session()))
        self.plans.create(self._record, Written(1, "edit", "", Edit({}, {}), made))

    def exporter(self, press: PaperPress) -> Exporter:
        """Return what prints it."""
        almanac = Almanac(shipped_rules(), vietnam_calendar())
        return Exporter(self.plans, self.units, press, almanac, lambda _meeting: self.marks)

    def step(self, state: State, day: str, **header: Any) -> None:
        """Bring it to a state, perhaps with another header; approving adds an edition."""
        parts: Mapping[str, Any] = {
            **self._record.parts,
            **{f"header/{name}": value for name, value in header.items()},
        }
        head = replace(self._record.head, revision=self._record.head.revision + 1, state=state)
        editions = self._record.editions
        if state is State.APPROVED:
            number = len(editions) + 1
            edition = Edition(number, head.revision, seal(parts), signed(day), parts)
            editions = (*editions, edition)
            head = replace(head, editions=number)
        self._record = PlanRecord(head, parts, editions)
        written = Written(head.revision, state.value, "", Edit({}, {}), signed(day))
        self.plans.record(self._record, written)

    def leave_only(self, pick: str) -> None:
        """Take everybody off the list of participants but those of one line."""
        kept = {
            part: value
            for part, value in self._record.parts.items()
            if not part.startswith("participants/") or part.partition("/")[2].startswith(pick)
        }
        self._record = replace(self._record, parts=kept)
        self.step(State.DRAFT, "2024-01-21")
