"""The papers of the first session, worded from its plan in the names of its day."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from nhipcau.office.exports import MeetingPapers, Standing, UnreadyError
from nhipcau.office.letterhead import agency_of, letterhead_of, signature_of
from nhipcau.org.units import UnitId
from nhipcau.planning.plan import Plan
from nhipcau.planning.rules import shipped_rules
from nhipcau.planning.workdays import vietnam_calendar
from nhipcau.ports.papers import Letterhead, Signature

from ..planning.session import session, unit, view

AT = datetime(2024, 1, 18, 9, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
APPROVED = Standing(
    meeting="m1",
    changed=AT,
    version=2,
    approval="Phiên bản 2, chủ tọa duyệt lúc 09:30 ngày 18/01/2024.",
    signed=date(2024, 1, 18),
    contacts={unit("56.VP"): "Bà Mẫu, 0258 3 800 001"},
    done={"t1": "08:15 ngày 19/01/2024"},
)


def papers(plan: Plan | None = None, standing: Standing = APPROVED) -> MeetingPapers:
    return MeetingPapers(plan or session(), view(), shipped_rules(), vietnam_calendar(), standing)


def headed(**more: Any) -> Plan:
    """Return the first session under another header."""
    header = session().header.model_copy(update=more)
    return session().model_copy(update={"header": header})


def test_the_invitation_invites_all_three_levels_by_their_names() -> None:
    invitation = papers().invitation()
    assert [group.where for group in invitation.groups] == [
        "Tại điểm cầu trung tâm",
        "Tại điểm cầu cấp huyện",
        "Tại điểm cầu cấp xã",
    ]
    hall, districts, communes = (group.who for group in invitation.groups)
    assert hall[0] == "Lãnh đạo Ủy ban nhân dân tỉnh Khánh Hòa"
    assert "Sở Tài chính" in hall[1] and "Ủy ban nhân dân tỉnh" not in hall[1]
    assert districts[0].startswith("Lãnh đạo Ủy ban nhân dân thành phố Nha Trang, ")
    assert districts[0].endswith(" và huyện Khánh Sơn")
    (words,) = communes
    assert words == "Lãnh đạo Ủy ban nhân dân 35 phường, 96 xã và 5 thị trấn (136 điểm cầu)"


def test_the_invitation_says_when_where_and_by_when_to_answer() -> None:
    invitation = papers().invitation()
    assert invitation.begins.isoformat() == "2024-01-25T08:00:00+07:00"
    assert invitation.venue.endswith("(điểm cầu trung tâm) và 144 điểm cầu thành phần")
    assert invitation.chair == "Chủ tịch Ủy ban nhân dân tỉnh Khánh Hòa"
    assert [one for one in invitation.requests if "2024" in one] == [
        "Đề nghị các đơn vị xác nhận tham dự trên hệ thống chậm nhất ngày 24/01/2024.",
        "Tài liệu họp được đăng tải trên hệ thống chậm nhất ngày 23/01/2024.",
    ]


def test_an_urgent_meeting_names_no_lead_times() -> None:
    urgent = headed(urgent=True)
    assert not any("2024" in one for one in papers(urgent).invitation().requests)


def test_the_run_sheet_has_every_item_at_its_time() -> None:
    sheet = papers().run_sheet()
    assert [item.time for item in sheet.items][:3] == ["07:45", "08:00", "08:05"]
    assert (len(sheet.items), sheet.items[-1].time, sheet.items[-1].minutes) == (20, "11:26", "10")
    assert sheet.items[3].papers == "TL1, TL2"
    assert sheet.items[12].speakers.startswith("xã Giang Ly (Khánh Vĩnh)")
    assert "TL3: Phụ lục hộ nghèo, cận nghèo theo xã (không trình chiếu, không ghi hình)" in (
        sheet.papers
    )
    assert sheet.cases[0].trigger == "Mất MCU tỉnh"
    assert dict(sheet.facts)["Thời gian"] == "08:00 đến 11:36, ngày 25/01/2024"


def test_the_responsibility_table_has_due_days_contacts_and_ticks() -> None:
    phases = papers().responsibilities().phases
    assert phases[0].name == "Trước hội nghị"
    first, *_ = phases[0].duties
    assert (first.due, first.party) == ("Chậm nhất 19/01/2024", "Văn phòng UBND tỉnh")
    assert (first.contact, first.done) == ("Bà Mẫu, 0258 3 800 001", "08:15 ngày 19/01/2024")
    calls = next(one for one in phases[0].duties if one.task.startswith("Gọi theo đợt"))
    assert calls.due == "07:15 đến 07:40 ngày 25/01/2024"
    assert sum(len(phase.duties) for phase in phases) == len(session().tasks)


def test_what_was_not_approved_is_a_draft() -> None:
    draft = papers(standing=Standing("m1", AT)).invitation().frame
    assert (draft.letterhead.draft, draft.letterhead.day, draft.approval) == (True, None, "")
    assert papers().invitation().frame.letterhead.draft is False


def test_the_calendar_entry_keeps_its_uid_and_counts_versions() -> None:
    entry = papers().calendar()
    assert (entry.uid, entry.version) == ("m1@nhipcau", 2)
    assert (f"{entry.begins:%H:%M}", f"{entry.ends:%H:%M}") == ("08:00", "11:36")
    assert str(entry.begins.tzinfo) == "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize("part", ["host", "starts"])
def test_without_a_host_or_a_day_nothing_is_printed(part: str) -> None:
    with pytest.raises(UnreadyError):
        papers(headed(**{part: "" if part == "host" else None}))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("56", Letterhead(("Ủy ban nhân dân", "tỉnh Khánh Hòa"), "Khánh Hòa", "GM-UBND")),
        ("570", Letterhead(("Ủy ban nhân dân", "huyện Cam Lâm"), "Cam Lâm", "GM-UBND")),
        (
            "56.YT",
            Letterhead(("Sở Y tế",), "Khánh Hòa", "GM-SYT", "Ủy ban nhân dân tỉnh Khánh Hòa"),
        ),
    ],
)
def test_a_letterhead_is_that_of_the_committee_or_of_the_agency_below_it(
    code: str, expected: Letterhead
) -> None:
    assert letterhead_of(view(), UnitId(unit(code)), "GM", None) == expected


@pytest.mark.parametrize(
    ("code", "signer", "authority", "name"),
    [
        ("56", "Chánh Văn phòng UBND tỉnh", ("TL. Chủ tịch", "Chánh Văn phòng"), ""),
        ("56", "Chủ tịch, Lê Văn Mẫu", ("TM. Ủy ban nhân dân", "Chủ tịch"), "Lê Văn Mẫu"),
        (
            "56",
            "Phó Chủ tịch UBND tỉnh",
            ("TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"),
            "",
        ),
        ("56.YT", "Giám đốc", ("Giám đốc",), ""),
        ("56.YT", "Phó Giám đốc", ("KT. Giám đốc", "Phó Giám đốc"), ""),
        ("570", "", ("TM. Ủy ban nhân dân", "Chủ tịch"), ""),
    ],
)
def test_who_signs_does_so_by_the_right_authority(
    code: str, signer: str, authority: tuple[str, ...], name: str
) -> None:
    assert signature_of(view(), UnitId(unit(code)), signer) == Signature(authority, name)


def test_an_agency_is_called_by_its_name() -> None:
    assert agency_of(view(), UnitId(unit("56.YT"))) == "Sở Y tế"
    assert agency_of(view(), UnitId(unit("572"))) == "Ủy ban nhân dân thị xã Ninh Hòa"
