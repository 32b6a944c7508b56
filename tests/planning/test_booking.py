"""Rooms and MCUs are booked once at a time, and a clash is told by name."""

from datetime import UTC, datetime, timedelta

from nhipcau.planning.booking import Clash, Limits, Reservation, clashes, room_time
from nhipcau.planning.timeline import span
from nhipcau.quantities import McuName, SiteId

from .session import session

EIGHT = datetime(2024, 1, 25, 8, tzinfo=UTC)
HALL = SiteId("56")
MCU = McuName("mcu-tinh")
LIMITS = Limits({MCU: 100}, {"56": "Hội trường tỉnh", "mcu-tinh": "MCU tỉnh"})


def booked(name: str, begins_h: float, hours: float, *sites: str, load: int = 0) -> Reservation:
    starts = EIGHT + timedelta(hours=begins_h)
    return Reservation(
        name,
        f"Họp {name}",
        starts,
        starts + timedelta(hours=hours),
        frozenset(SiteId(site) for site in sites),
        {MCU: load},
    )


def found(mine: Reservation, *others: Reservation) -> list[Clash]:
    return list(clashes(mine, others, LIMITS))


def test_two_meetings_at_once_in_one_room_clash_by_name() -> None:
    (clash,) = found(booked("a", 0, 2, "56", "57"), booked("b", 1, 2, "56", "58"))
    assert (clash.kind, clash.what, clash.meeting) == ("site", "56", "b")
    assert "Hội trường tỉnh" in clash.text and "Họp b" in clash.text and "25/01/2024" in clash.text


def test_one_after_the_other_and_one_and_the_same_do_not_clash() -> None:
    assert found(booked("a", 0, 2, "56"), booked("b", 2, 2, "56"), booked("c", -1, 1, "56")) == []
    assert found(booked("a", 0, 2, "56"), booked("a", 1, 2, "56")) == []


def test_an_mcu_carries_so_many_sites_at_once_and_no_more() -> None:
    mine = booked("a", 0, 4, load=60)
    assert found(mine, booked("b", 0, 1, load=40), booked("c", 2, 1, load=40)) == []
    (clash,) = found(mine, booked("b", 0, 3, load=30), booked("c", 2, 1, load=20))
    assert clash.kind == "mcu" and "110" in clash.text and "MCU tỉnh" in clash.text
    (alone,) = found(booked("a", 0, 4, load=101))
    assert alone.meeting == "a"


def test_a_room_is_taken_an_hour_before_for_its_technician() -> None:
    meeting = span(session())
    assert meeting is not None
    taken = room_time(meeting)
    assert (f"{taken.starts:%H:%M}", f"{taken.ends:%H:%M}") == ("06:45", "11:36")
