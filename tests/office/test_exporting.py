"""What is printed of a kept meeting: the version in force, an earlier one, or a marked draft."""

import pytest
from icalendar import Calendar, Event

from nhipcau.office.exporting import ExportKind, Marks, UnknownEditionError
from nhipcau.papers.press import PlainPress
from nhipcau.planning.life import State
from nhipcau.ports.papers import PaperFormat
from nhipcau.ports.plans import UnknownPlanError

from .kept_session import CHAIR, MEETING, KeptSession, signed


@pytest.fixture
def kept() -> KeptSession:
    return KeptSession()


def said(kept: KeptSession, edition: int | None = None) -> str:
    exporter = kept.exporter(PlainPress())
    return exporter.paper(MEETING, ExportKind.INVITATION, PaperFormat.PDF, edition).decode()


def event(kept: KeptSession) -> Event:
    data = kept.exporter(PlainPress()).calendar(MEETING)
    (found,) = Calendar.from_ical(data).walk("VEVENT")
    assert isinstance(found, Event)
    return found


def test_a_draft_is_printed_open(kept: KeptSession) -> None:
    text = said(kept)
    assert "duyệt lúc" not in text and "ngày\u2007" in text


def test_what_was_approved_says_by_whom_when_and_its_seal(kept: KeptSession) -> None:
    kept.step(State.APPROVED, "2024-01-18")
    last = said(kept).splitlines()[-1]
    assert last.startswith(f"Phiên bản 1, {CHAIR} duyệt lúc 09:30 ngày 18/01/2024.")
    assert len(last.split(": ")[-1].rstrip(".")) == 64


def test_an_issued_invitation_bears_its_number_and_day_and_no_later_version_does(
    kept: KeptSession,
) -> None:
    kept.step(State.APPROVED, "2024-01-18")
    at_s = signed("2024-01-19").at_s
    kept.marks = Marks(invited=("27/GM-UBND", at_s))
    assert "Số: 27/GM-UBND" in said(kept)
    assert "Khánh Hòa, ngày 19 tháng 01 năm 2024" in said(kept)
    kept.marks = Marks(invited=("5", at_s))
    assert "Số: 05/GM-UBND" in said(kept)
    kept.marks = Marks(invited=("số đẹp", at_s))
    assert "Số: \u2007" in said(kept)
    kept.marks = Marks(invited=("27/GM-UBND", at_s))
    kept.step(State.APPROVED, "2024-01-22", venue="Nhà văn hóa tỉnh")
    assert "27/GM-UBND" not in said(kept)
    assert "27/GM-UBND" in said(kept, 1)


def test_while_a_new_version_is_written_the_draft_is_printed_and_the_old_one_on_demand(
    kept: KeptSession,
) -> None:
    kept.step(State.APPROVED, "2024-01-18")
    kept.step(State.DRAFT, "2024-01-19", venue="Nhà văn hóa tỉnh")
    assert "Nhà văn hóa tỉnh" in said(kept) and "duyệt lúc" not in said(kept)
    assert "Hội trường" in said(kept, 1) and "Phiên bản 1" in said(kept, 1)
    kept.step(State.APPROVED, "2024-01-20")
    assert "Nhà văn hóa tỉnh" in said(kept) and "Phiên bản 2" in said(kept)


def test_a_live_and_an_ended_meeting_print_what_was_approved(kept: KeptSession) -> None:
    kept.step(State.APPROVED, "2024-01-18")
    for state in (State.LIVE, State.ENDED):
        kept.step(state, "2024-01-25")
        assert "Phiên bản 1" in said(kept)


def test_the_calendar_entry_goes_up_with_each_version_and_is_cancelled(kept: KeptSession) -> None:
    seen = []
    for state, day in (
        (State.APPROVED, "2024-01-18"),
        (State.APPROVED, "2024-01-20"),
        (State.CANCELLED, "2024-01-22"),
    ):
        kept.step(state, day)
        one = event(kept)
        seen.append((str(one["UID"]), one["SEQUENCE"], str(one["STATUS"])))
    assert seen == [
        ("m1@nhipcau", 0, "CONFIRMED"),
        ("m1@nhipcau", 1, "CONFIRMED"),
        ("m1@nhipcau", 2, "CANCELLED"),
    ]


def test_what_is_not_there_is_said(kept: KeptSession) -> None:
    with pytest.raises(UnknownEditionError):
        said(kept, 1)
    with pytest.raises(UnknownPlanError):
        kept.exporter(PlainPress()).calendar("m2")
