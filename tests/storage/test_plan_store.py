"""The contract of the plan store: memory, SQLite and PostgreSQL keep it alike."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from nhipcau.planning.booking import ClashError, Limits, Reservation
from nhipcau.planning.editing import Edit
from nhipcau.planning.life import State
from nhipcau.planning.timeline import Span
from nhipcau.ports.plans import (
    Booking,
    Edition,
    PlanHead,
    PlanRecord,
    PlanStore,
    Signature,
    StalePlanError,
    UnknownPlanError,
    Written,
)
from nhipcau.quantities import McuName, SiteId

WHO = Signature("account:7", "Thư ký Lê", 1706000000.25)
EIGHT = datetime(2024, 1, 25, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
LIMITS = Limits({McuName("mcu-tinh"): 100}, {"56": "Hội trường"})


def new(name: str = "m1", starts_s: float | None = None) -> PlanRecord:
    head = PlanHead(
        id=name,
        revision=1,
        state=State.DRAFT,
        opened=1,
        editions=0,
        title="Họp “thử” ba cấp",
        kind="provincial",
        host="u1",
        starts_s=starts_s,
        ends_s=None if starts_s is None else starts_s + 3600,
        created=WHO,
    )
    return PlanRecord(head, {"header/title": "Họp “thử” ba cấp", "cues/c1": {"minutes": 5}})


def written(revision: int, step: str = "edit") -> Written:
    edit = Edit({"header/title": None}, {"header/title": f"lần {revision}"})
    return Written(revision, step, "vì sao", edit, WHO)


def on(record: PlanRecord, **head: object) -> PlanRecord:
    """Return the next revision of a meeting."""
    changed = {"revision": record.head.revision + 1, **head}
    return replace(record, head=replace(record.head, **changed))  # type: ignore[arg-type] # by name


def booked(name: str, hours: float, *sites: str, load: int = 0) -> Booking:
    starts = EIGHT + timedelta(hours=hours)
    rooms = frozenset(SiteId(site) for site in sites)
    ends = starts + timedelta(hours=2)
    reservation = Reservation(name, f"Họp {name}", starts, ends, rooms, {McuName("mcu-tinh"): load})
    return Booking(reservation, LIMITS)


def test_a_meeting_comes_back_as_it_was_written(plan_store: PlanStore) -> None:
    first = new()
    plan_store.create(first, written(1, "create"))
    assert plan_store.load("m1") == first
    assert plan_store.since("m1", 0) == (written(1, "create"),)
    edition = Edition(1, 2, "ab" * 32, WHO, first.parts)
    second = replace(on(first, state=State.APPROVED, editions=1), editions=(edition,))
    plan_store.record(second, written(2, "approve"))
    assert plan_store.load("m1") == second
    assert [one.revision for one in plan_store.since("m1", 1)] == [2]


def test_an_unknown_meeting_is_named(plan_store: PlanStore) -> None:
    with pytest.raises(UnknownPlanError, match="m9"):
        plan_store.load("m9")
    assert plan_store.since("m9", 0) == ()


def test_the_list_begins_with_what_has_no_day_yet_and_the_latest(plan_store: PlanStore) -> None:
    for name, starts in (("a", 100.0), ("b", None), ("c", 300.0)):
        plan_store.create(new(name, starts), written(1))
    assert [head.id for head in plan_store.heads()] == ["b", "c", "a"]


def test_whoever_wrote_on_an_older_revision_is_refused(plan_store: PlanStore) -> None:
    first = new()
    plan_store.create(first, written(1))
    plan_store.record(on(first, title="eins"), written(2))
    with pytest.raises(StalePlanError):
        plan_store.record(on(first, title="zwei"), written(2))
    assert plan_store.load("m1").head.title == "eins"
    assert len(plan_store.since("m1", 0)) == 2


def test_of_many_writers_at_once_one_is_first(plan_store: PlanStore) -> None:
    first = new()
    plan_store.create(first, written(1))

    def write(_: int) -> bool:
        try:
            plan_store.record(on(first), written(2))
        except StalePlanError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4))) == [False, False, False, True]


def test_a_taken_room_is_refused_by_name_and_nothing_is_written(plan_store: PlanStore) -> None:
    one, other = new("m1"), new("m2")
    for record in (one, other):
        plan_store.create(record, written(1))
    plan_store.record(on(one), written(2), booked("m1", 0, "56", "57"))
    with pytest.raises(ClashError, match="Hội trường"):
        plan_store.record(on(other), written(2), booked("m2", 1, "56"))
    assert plan_store.load("m2") == other
    plan_store.record(on(other), written(2), booked("m2", 2, "56"))


def test_a_room_is_booked_anew_and_let_go(plan_store: PlanStore) -> None:
    one, other = new("m1"), new("m2")
    for record in (one, other):
        plan_store.create(record, written(1))
    plan_store.record(on(one), written(2), booked("m1", 0, "56"))
    one = on(one)
    plan_store.record(on(one), written(3), booked("m1", 0.5, "56", "58"))
    (kept,) = plan_store.reservations(Span(EIGHT, EIGHT + timedelta(hours=8)))
    assert kept == booked("m1", 0.5, "56", "58").reservation
    assert kept.starts.utcoffset() == timedelta(hours=7)
    plan_store.record(on(on(one)), written(4), Booking(None, LIMITS))
    plan_store.record(on(other), written(2), booked("m2", 0, "56"))
    assert plan_store.reservations(Span(EIGHT + timedelta(hours=2), EIGHT + timedelta(1))) == ()


def test_of_two_who_book_one_room_at_once_one_gets_it(plan_store: PlanStore) -> None:
    names = [f"m{number}" for number in range(4)]
    for name in names:
        plan_store.create(new(name), written(1))

    def book(name: str) -> bool:
        try:
            plan_store.record(on(new(name)), written(2), booked(name, 0, "56"))
        except ClashError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(book, names)) == [False, False, False, True]


def test_an_mcu_is_booked_up_to_what_it_carries(plan_store: PlanStore) -> None:
    for name in ("m1", "m2"):
        plan_store.create(new(name), written(1))
    plan_store.record(on(new("m1")), written(2), booked("m1", 0, load=60))
    with pytest.raises(ClashError, match="mcu-tinh"):
        plan_store.record(on(new("m2")), written(2), booked("m2", 1, load=60))
    plan_store.record(on(new("m2")), written(2), booked("m2", 1, load=40))
