"""The calendar file, read again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar, Event

from nhipcau.papers.calendar import calendar_of
from nhipcau.ports.papers import CalendarEntry

from .samples import ENTRY


def event_of(entry: CalendarEntry) -> Event:
    (event,) = Calendar.from_ical(calendar_of(entry)).walk("VEVENT")
    assert isinstance(event, Event)
    return event


def test_it_says_when_and_where_in_its_zone() -> None:
    event = event_of(ENTRY)
    assert (event.start, event.end) == (ENTRY.begins, ENTRY.ends)
    assert event["DTSTART"].params["TZID"] == "Asia/Ho_Chi_Minh"
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (
        "Hội nghị; ba cấp, Tết",
        "Hội trường",
    )
    assert str(event["ORGANIZER"]) == "mailto:hop@example.vn"
    assert event["ORGANIZER"].params["CN"] == "Ủy ban nhân dân tỉnh Khánh Hòa"


def test_the_zone_is_described_in_the_file() -> None:
    (zone,) = Calendar.from_ical(calendar_of(ENTRY)).walk("VTIMEZONE")
    assert str(zone["TZID"]) == "Asia/Ho_Chi_Minh"


def test_a_new_version_replaces_the_old_one() -> None:
    later = replace(ENTRY, version=3, begins=ENTRY.begins + timedelta(minutes=30))
    old, new = event_of(ENTRY), event_of(later)
    assert str(old["UID"]) == str(new["UID"]) == "m1@nhipcau"
    assert (old["SEQUENCE"], new["SEQUENCE"]) == (0, 3)


def test_a_meeting_that_does_not_take_place_is_cancelled() -> None:
    calendar = Calendar.from_ical(calendar_of(replace(ENTRY, cancelled=True)))
    assert (str(calendar["METHOD"]), str(event_of(replace(ENTRY, cancelled=True))["STATUS"])) == (
        "CANCEL",
        "CANCELLED",
    )


def test_lines_are_folded_at_75_bytes_and_end_as_they_must() -> None:
    lines = calendar_of(replace(ENTRY, details="Nội dung dài. " * 60)).split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)


def test_without_an_address_the_organizer_is_a_contact() -> None:
    event = event_of(replace(ENTRY, organizer_email=""))
    assert "ORGANIZER" not in event
    assert str(event["CONTACT"]) == "Ủy ban nhân dân tỉnh Khánh Hòa"


@pytest.mark.parametrize(
    "wrong",
    [
        {"begins": datetime(2024, 1, 25, 8, 0)},
        {"ends": datetime(2024, 1, 24, tzinfo=UTC)},
    ],
)
def test_times_that_can_not_be_are_refused(wrong: dict[str, datetime]) -> None:
    with pytest.raises(ValueError, match=r"zone|end"):
        calendar_of(replace(ENTRY, **wrong))  # type: ignore[arg-type]
