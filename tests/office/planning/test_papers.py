"""Papers: checked to be PDFs, approved by the chair, fetched by rooms beforehand and slowly."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from nhipcau.office.planning.errors import (
    BadPaperError,
    BadTicketError,
    MissingError,
    NotAllowedError,
    OutdatedError,
)
from nhipcau.office.planning.fetching import Offer, line_of, make_ticket, offers, read_ticket
from nhipcau.office.planning.papers import (
    MAX_PAPER_BYTES,
    Upload,
    approve_paper,
    open_paper,
    paper_files,
    upload_paper,
)
from nhipcau.office.planning.reading import read_meeting
from nhipcau.office.planning.receipts import note_receipts, receipt_counts, receipts
from nhipcau.planning.life import Step
from nhipcau.planning.pacing import CHUNK_BYTES, KEPT_AFTER_S, Bucket, papers_bps
from nhipcau.ports.devices import Device, JoinPolicy
from nhipcau.ports.vault import TooLargeError
from nhipcau.quantities import Bitrate, DeviceId, SiteId

from .desk import CHAIR, HANOI, MEETING, OPERATOR, SECRETARY, STRANGER, TECHNICIAN, Office
from .pdfs import pdf

SECRET = b"s" * 32
ROOM = SiteId("22633")


@pytest.fixture
def office() -> Office:
    made = Office()
    made.approved()
    return made


def upload(office: Office, data: bytes, paper: str = "TL1") -> str:
    halves = [data[: len(data) // 2], data[len(data) // 2 :]]
    return upload_paper(
        office.desk, SECRETARY, MEETING, Upload(paper, "báo cáo.pdf", halves)
    ).sha256


def test_a_pdf_is_kept_with_its_hash_and_pages(office: Office) -> None:
    data = pdf(3)
    sha256 = upload(office, data)
    file = paper_files(office.desk, MEETING)["TL1"]
    assert (file.sha256, file.size, file.pages, file.name) == (sha256, len(data), 3, "báo cáo.pdf")
    assert file.uploaded.name == "Thư Ký" and file.approved is None
    assert office.desk.vault.read(sha256) == data


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "không phải PDF"),
        (b"PK\x03\x04 a word document", "không phải PDF"),
        (b"%PDF-1.7\n" + b"rubbish" * 100, "hỏng"),
        (pdf()[:200], "hỏng"),
        (pdf(0), "0 trang"),
        (pdf(password="x"), "mật khẩu"),
        (b" " * 2000 + pdf(), "không phải PDF"),
    ],
    ids=["empty", "word", "rubbish", "cut", "no page", "encrypted", "late mark"],
)
def test_what_is_no_pdf_is_refused_and_the_one_before_stays(
    office: Office, data: bytes, says: str
) -> None:
    before = upload(office, pdf())
    with pytest.raises(BadPaperError, match=says):
        upload(office, data)
    assert paper_files(office.desk, MEETING)["TL1"].sha256 == before


def test_a_file_that_is_too_large_is_refused_before_all_of_it_came(office: Office) -> None:
    came: list[int] = []

    def endless() -> Iterator[bytes]:
        while True:
            came.append(1)
            yield b"%PDF-" + b"0" * (1 << 20)

    with pytest.raises(TooLargeError):
        upload_paper(office.desk, SECRETARY, MEETING, Upload("TL1", "x.pdf", endless()))
    assert len(came) <= MAX_PAPER_BYTES // (1 << 20) + 1


def test_the_chair_approves_the_file_that_it_saw(office: Office) -> None:
    first = upload(office, pdf(1))
    with pytest.raises(NotAllowedError):
        approve_paper(office.desk, SECRETARY, MEETING, "TL1", first)
    second = upload(office, pdf(2))
    with pytest.raises(OutdatedError):
        approve_paper(office.desk, CHAIR, MEETING, "TL1", first)
    approved = approve_paper(office.desk, CHAIR, MEETING, "TL1", second)
    assert approved.approved is not None and approved.approved.name == "Chủ Tọa"
    upload(office, pdf(3))
    assert paper_files(office.desk, MEETING)["TL1"].approved is None


def test_who_takes_part_reads_what_was_approved_and_strangers_nothing(office: Office) -> None:
    sha256 = upload(office, pdf())
    assert open_paper(office.desk, SECRETARY, MEETING, "TL1").sha256 == sha256
    with pytest.raises(MissingError):
        open_paper(office.desk, TECHNICIAN, MEETING, "TL1")
    approve_paper(office.desk, CHAIR, MEETING, "TL1", sha256)
    assert open_paper(office.desk, TECHNICIAN, MEETING, "TL1").sha256 == sha256
    with pytest.raises(NotAllowedError):
        upload_paper(office.desk, STRANGER, MEETING, Upload("TL1", "x.pdf", [pdf()]))
    with pytest.raises(MissingError):
        upload(office, pdf(), "TL9")


def test_a_room_is_offered_the_approved_papers_of_its_coming_meetings(office: Office) -> None:
    sha256 = upload(office, pdf())
    assert offers(office.desk, ROOM, SECRET) == []
    approve_paper(office.desk, CHAIR, MEETING, "TL1", sha256)
    (offer,) = offers(office.desk, ROOM, SECRET)
    assert (offer.meeting, offer.title, offer.restricted) == (
        MEETING,
        "Báo cáo kết quả Tết 2023",
        False,
    )
    assert read_ticket(SECRET, offer.ticket, sha256, office.clock.wall_s()) == ROOM
    assert offers(office.desk, SiteId("99999"), SECRET) == []


def test_a_room_keeps_the_papers_until_a_day_after_the_end_and_none_of_a_cancelled_meeting(
    office: Office,
) -> None:
    approve_paper(office.desk, CHAIR, MEETING, "TL1", upload(office, pdf()))
    # The session ends at 11:36 on the 25th.
    until_s = datetime(2024, 1, 26, 11, 36, tzinfo=HANOI).timestamp()
    office.clock.set(26, 11)
    (offer,) = offers(office.desk, ROOM, SECRET)
    assert offer.until_s == until_s
    office.clock.set(26, 12)
    assert offers(office.desk, ROOM, SECRET) == []
    office.clock.set(20)
    office.step(SECRETARY, Step.CANCEL)
    assert offers(office.desk, ROOM, SECRET) == []


def test_a_meeting_that_runs_over_keeps_its_papers_in_the_rooms(office: Office) -> None:
    approve_paper(office.desk, CHAIR, MEETING, "TL1", upload(office, pdf()))
    office.clock.set(25, 8)
    office.step(OPERATOR, Step.START)
    office.clock.set(27)
    (offer,) = offers(office.desk, ROOM, SECRET)
    assert offer.until_s == int(office.clock.wall_s()) + KEPT_AFTER_S


def test_a_paper_with_personal_data_is_named_to_a_room_and_not_handed_out(office: Office) -> None:
    for paper in ("TL1", "TL3"):
        approve_paper(office.desk, CHAIR, MEETING, paper, upload(office, pdf(mark=paper), paper))
    offered = {one.file.paper: (one.restricted, bool(one.ticket)) for one in found(office)}
    assert offered == {"TL1": (False, True), "TL3": (True, False)}


def test_the_office_knows_which_room_has_which_file(office: Office) -> None:
    def have() -> dict[str, int]:
        sheet = read_meeting(office.desk, SECRETARY, MEETING)
        return dict(receipt_counts(office.desk, sheet, paper_files(office.desk, MEETING)))

    first = upload(office, pdf(1))
    approve_paper(office.desk, CHAIR, MEETING, "TL1", first)
    device = Device(DeviceId("d-1"), ROOM, "Máy phòng họp", JoinPolicy.ASK, 0)
    note_receipts(office.desk, device, ["f" * 64], found(office))
    assert have() == {"TL1": 0}
    for _ in range(2):
        note_receipts(office.desk, device, [first], found(office))
    assert have() == {"TL1": 1}
    sheet = read_meeting(office.desk, SECRETARY, MEETING)
    rooms = receipts(office.desk, sheet, paper_files(office.desk, MEETING)["TL1"])
    assert [(one.site, one.at_s) for one in rooms if one.at_s] == [(ROOM, office.clock.wall_s())]
    assert len(rooms) == len(sheet.checked.invitation.sites)
    # Another file for the row: nobody has that one.
    approve_paper(office.desk, CHAIR, MEETING, "TL1", upload(office, pdf(2)))
    assert have() == {"TL1": 0}


def found(office: Office) -> list[Offer]:
    return offers(office.desk, ROOM, SECRET)


@pytest.mark.parametrize("ticket", ["", "x", "%%%", "YXxifGM", "MjI2MzN8MTcwNjQwMDAwMHx4"])
def test_a_forged_ticket_opens_nothing(ticket: str) -> None:
    with pytest.raises(BadTicketError):
        read_ticket(SECRET, ticket, "a" * 64, 0)


def test_a_ticket_opens_its_file_until_its_end_and_by_its_secret() -> None:
    ticket = make_ticket(SECRET, ROOM, "a" * 64, 1000)
    assert read_ticket(SECRET, ticket, "a" * 64, 999) == ROOM
    for secret, sha256, now_s in (
        (SECRET, "b" * 64, 0),
        (SECRET, "a" * 64, 1001),
        (b"t" * 32, "a" * 64, 0),
    ):
        with pytest.raises(BadTicketError):
            read_ticket(secret, ticket, sha256, now_s)


def test_papers_take_a_quarter_of_the_line_however_many_requests() -> None:
    bucket = Bucket(papers_bps(Bitrate(8_000_000)), 0.0)
    sent, now_s = 0, 0.0
    while now_s < 60:
        wait_s = bucket.take(CHUNK_BYTES, now_s)
        now_s += wait_s
        sent += CHUNK_BYTES
    # Two million bits a second, and half a second of burst.
    assert sent * 8 <= 2_000_000 * 60.6
    assert sent * 8 >= 2_000_000 * 59


def test_after_a_pause_a_room_gets_a_short_burst_and_no_more() -> None:
    bucket = Bucket(Bitrate(800_000), 0.0)
    assert bucket.take(50_000, 1000.0) == 0.0
    assert bucket.take(10_000, 1000.0) == pytest.approx(0.1)


def test_a_line_that_nobody_declared_is_taken_for_a_thin_one(office: Office) -> None:
    assert line_of(office.desk, ROOM) is None
    assert line_of(office.desk, SiteId("nowhere")) is None
    assert papers_bps(None) == 500_000
