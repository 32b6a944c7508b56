"""A desk of planning on the model province, with people who may and people who may not."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

from nhipcau.access.actor import AccountId, Actor, ActorKind, Grant, GrantId
from nhipcau.access.roles import Role
from nhipcau.office.planning.desk import Author, Desk
from nhipcau.office.planning.founding import keep_plan
from nhipcau.office.planning.inventory import put_mcu
from nhipcau.office.planning.living import Wish, take_step
from nhipcau.office.tree import UnitTree
from nhipcau.org.record import TreeRecord
from nhipcau.org.tree import Tree
from nhipcau.planning.life import Step
from nhipcau.planning.lineup import Mcu
from nhipcau.ports.cabinet import Cabinet
from nhipcau.ports.plans import PlanRecord, PlanStore
from nhipcau.quantities import McuName
from nhipcau.storage.memoryaudit import MemoryAuditTrail
from nhipcau.storage.memoryplans import MemoryCabinet, MemoryPlanStore
from nhipcau.storage.memorytree import MemoryTreeStore
from nhipcau.storage.vault import MemoryVault

from ...planning.session import LAYOUTS, session, tree, unit

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MEETING = "phien-1"
DISTRICTS = [str(code) for code in range(568, 576)]


class HandClock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2024, 1, 15, 9, tzinfo=HANOI)

    def now_s(self) -> float:
        return self.at.timestamp()

    def wall_s(self) -> float:
        return self.at.astimezone(UTC).timestamp()

    def set(self, day: int, hour: int = 9, month: int = 1) -> None:
        self.at = datetime(2024, month, day, hour, tzinfo=HANOI)


class KnownTree(MemoryTreeStore):
    """A store that has a tree from the beginning."""

    def __init__(self, known: Tree) -> None:
        super().__init__()
        self._record: TreeRecord = known.record


class Office:
    """A desk, its clock and its trail."""

    def __init__(
        self,
        known: Tree | None = None,
        plans: PlanStore | None = None,
        cabinet: Cabinet | None = None,
    ) -> None:
        self.clock, self.trail = HandClock(), MemoryAuditTrail()
        numbers, units = count(1), count(1)
        self.desk = Desk(
            plans=plans or MemoryPlanStore(),
            cabinet=cabinet or MemoryCabinet(),
            vault=MemoryVault(),
            units=UnitTree(KnownTree(known or tree()), lambda: f"unit-{next(units)}"),
            clock=self.clock,
            new_id=lambda: f"new-{next(numbers)}",
            layouts=LAYOUTS,
            trail=self.trail,
        )

    def with_session(self) -> PlanRecord:
        """Give it the line-up of the province and the first session as a draft."""
        for mcu in line_up():
            put_mcu(self.desk, OPERATOR, mcu, 0)
        return keep_plan(self.desk, SECRETARY, session(), meeting=MEETING)

    def step(self, author: Author, step: Step, meeting: str = MEETING) -> PlanRecord:
        """Take a step that sees the newest revision."""
        seen = self.desk.plans.load(meeting).head.revision
        return take_step(self.desk, author, meeting, Wish(step, seen))

    def approved(self) -> PlanRecord:
        """Give it the first session, approved."""
        self.with_session()
        self.step(SECRETARY, Step.SUBMIT)
        return self.step(CHAIR, Step.APPROVE)


def person(name: str, role: Role, code: str = "56") -> Author:
    """Return somebody with one role over a unit and all below it."""
    grant = Grant(GrantId(f"g-{name}"), role, unit(code))
    actor = Actor(ActorKind.ACCOUNT, AccountId(name), name.title(), (grant,))
    return Author(actor, "10.0.0.7")


CHAIR = person("chủ tọa", Role.CHAIR)
SECRETARY = person("thư ký", Role.SECRETARY)
OPERATOR = person("trực", Role.OPERATOR)
TECHNICIAN = person("kỹ thuật", Role.TECHNICIAN, "22633")
STRANGER = person("huyện", Role.SECRETARY, "571")
NOBODY = Author(Actor(ActorKind.NOBODY))


def line_up() -> list[Mcu]:
    """Return the province's MCUs: root, eight leaves, a spare."""
    root = Mcu(McuName("mcu-tinh"), "MCU tỉnh", cores=4, url="http://mcu-tinh")
    leaf = replace(root, uplink="mcu-tinh", max_sites=60, cores=2, url="")
    leaves = [
        replace(leaf, name=McuName(f"mcu-{code}"), title=f"MCU {code}", serves=unit(code))
        for code in DISTRICTS
    ]
    spare = Mcu(McuName("mcu-du-phong"), "MCU dự phòng", cores=4, spare=True)
    return [root, *leaves, spare]
