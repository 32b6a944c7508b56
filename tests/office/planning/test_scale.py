"""200 cues over 12,000 units stay quick: few questions to the database, whatever the size."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from nhipcau.access.actor import AccountId, Actor, ActorKind, Grant, GrantId
from nhipcau.access.roles import Role
from nhipcau.office.planning.desk import Author
from nhipcau.office.planning.duties import duties, lead_times, replies
from nhipcau.office.planning.founding import keep_plan
from nhipcau.office.planning.inventory import put_mcu
from nhipcau.office.planning.lineup import foresee_load
from nhipcau.office.planning.living import Wish, take_step
from nhipcau.office.planning.reading import list_meetings, read_meeting
from nhipcau.office.planning.writing import edit_meeting
from nhipcau.org.places import Place, PlaceId, Site, Tenure
from nhipcau.org.record import TreeRecord
from nhipcau.org.tree import Tree
from nhipcau.org.units import UnitId, UnitVersion
from nhipcau.planning.editing import MovePart
from nhipcau.planning.life import Step
from nhipcau.planning.lineup import Mcu
from nhipcau.planning.ordering import spread
from nhipcau.planning.plan import Cue, Due, Header, Phase, Pick, PickKind, Plan, Task, Turn
from nhipcau.planning.plan import Role as Part
from nhipcau.quantities import McuName, SiteId
from nhipcau.storage.database import migrate, open_database, sqlite_url
from nhipcau.storage.sqlcabinet import SqlCabinet
from nhipcau.storage.sqlplans import SqlPlanStore
from nhipcau.web.plan_out import plan_out

from ...org.province import levels
from .desk import Office

UNITS, CUES = 12_000, 200
START = date(2024, 1, 1)
# Far above what it takes (a tenth of it on a quiet machine): a loaded one must not fail.
SECONDS = 5.0


def wide_tree() -> Tree:
    """Return one province, eight districts, and communes up to 12,000 units, each with a room."""
    versions = [unit("0", "Tỉnh Lớn", None, "province", "99")]
    versions += [unit(f"d{n}", f"Huyện {n}", "0", "district", f"{n:03}") for n in range(8)]
    versions += [
        unit(f"c{n}", f"Xã {n}", f"d{n % 8}", "commune", f"{n:05}") for n in range(UNITS - 9)
    ]
    return Tree(
        TreeRecord(
            revision=1,
            levels=levels(),
            versions=tuple(versions),
            places=tuple(Place(PlaceId(one.unit), one.name) for one in versions),
            sites=tuple(Site(SiteId(one.unit), PlaceId(one.unit)) for one in versions),
            tenures=tuple(Tenure(SiteId(one.unit), one.unit, False, START) for one in versions),
        )
    )


def unit(key: str, name: str, parent: str | None, level: str, code: str) -> UnitVersion:
    above = None if parent is None else UnitId(parent)
    return UnitVersion(UnitId(key), name, name.split(maxsplit=1)[0], code, above, level, START)


def wide_plan() -> Plan:
    """Return 200 cues and all communes."""
    places = spread(CUES)
    return Plan(
        header=Header(
            title="Hội nghị lớn",
            host="0",
            starts=datetime(2024, 1, 25, 0, 0),
            secret=False,
            site_limit=2000,
        ),
        participants=(
            Pick(id="hall", place="1", kind=PickKind.UNIT, unit="0", role=Part.CHAIR),
            Pick(id="d", place="2", kind=PickKind.LEVEL, level="district"),
            Pick(id="some", place="3", kind=PickKind.UNIT, unit="c7"),
        ),
        cues=tuple(
            Cue(
                id=f"q{n}",
                place=places[n],
                title=f"Tham luận {n}",
                minutes=7,
                turns=(Turn(unit=f"d{n % 8}", speaker=f"Huyện {n % 8}"),),
            )
            for n in range(CUES)
        ),
        tasks=tuple(
            Task(
                id=f"t{n}", phase=Phase.BEFORE, text="Việc", units=(f"d{n % 8}",), due=Due(days=-1)
            )
            for n in range(60)
        ),
    )


@contextmanager
def counted(engine: Engine, most: int) -> Iterator[None]:
    """Fail when more questions than `most` are asked, or it takes too long."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    begun = time.monotonic()
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(asked) <= most, asked
    assert time.monotonic() - begun < SECONDS


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_database(sqlite_url(tmp_path / "office.db"))
    migrate(made)
    yield made
    made.dispose()


def test_a_large_scenario_is_read_edited_and_approved_with_few_questions(engine: Engine) -> None:
    office = Office(wide_tree(), SqlPlanStore(engine), SqlCabinet(engine))
    desk = office.desk
    grants = (
        Grant(GrantId("g1"), Role.SECRETARY, UnitId("0")),
        Grant(GrantId("g2"), Role.CHAIR, UnitId("0")),
        Grant(GrantId("g3"), Role.OPERATOR, UnitId("0")),
    )
    author = Author(Actor(ActorKind.ACCOUNT, AccountId("a"), "A", grants))
    put_mcu(desk, author, Mcu(McuName("m"), "M", cores=64, max_sites=2000), 0)
    keep_plan(desk, author, wide_plan(), meeting="lớn")
    assert desk.view().display_names
    with counted(engine, 3):
        out = plan_out(read_meeting(desk, author, "lớn"), ())
    assert (len(out.cues), len(out.times), out.count.units) == (CUES, CUES, 10)
    with counted(engine, 6):
        moved = MovePart(op="move", part="cues/q199", after=None)
        edited = edit_meeting(desk, author, "lớn", 1, [moved])
    assert edited.parts == ("cues/q199#place",)
    sheet = read_meeting(desk, author, "lớn")
    with counted(engine, 12):
        duties(desk, sheet)
        lead_times(desk, sheet)
        replies(desk, sheet)
        foresee_load(desk, sheet)
    with counted(engine, 1):
        assert len(list_meetings(desk, author)) == 1
    with counted(engine, 16):
        take_step(desk, author, "lớn", Wish(Step.SUBMIT, 2))


def test_all_of_12_000_units_can_be_invited_and_the_limit_says_no(engine: Engine) -> None:
    office = Office(wide_tree(), SqlPlanStore(engine), SqlCabinet(engine))
    grants = (Grant(GrantId("g"), Role.SECRETARY, UnitId("0")),)
    author = Author(Actor(ActorKind.ACCOUNT, AccountId("a"), "A", grants))
    everybody = Pick(id="c", place="4", kind=PickKind.LEVEL, level="commune")
    plan = wide_plan()
    plan = plan.model_copy(update={"participants": (*plan.participants, everybody)})
    keep_plan(office.desk, author, plan, meeting="alle")
    with counted(engine, 3):
        out = plan_out(read_meeting(office.desk, author, "alle"), ())
    assert out.count.units == UNITS
    assert "too_many_sites" in {problem.code for problem in out.problems}
