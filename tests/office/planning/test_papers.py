"""Papers: checked to be PDFs, approved by the chair, fetched by rooms beforehand and slowly."""

from collections.abc import Iterator

import pytest

from nhipcau.office.planning.errors import (
    BadPaperError,
    BadTicketError,
    MissingError,
    NotAllowedError,
    OutdatedError,
)
from nhipcau.office.planning.fetching import line_of, make_ticket, offers, read_ticket
from nhipcau.office.planning.papers import (
    MAX_PAPER_BYTES,
    Upload,
    approve_paper,
    open_paper,
    paper_files,
    upload_paper,
)
from nhipcau.planning.pacing import CHUNK_BYTES, Bucket, papers_bps
from nhipcau.ports.vault import TooLargeError
from nhipcau.quantities import Bitrate, SiteId

from .desk import CHAIR, MEETING, SECRETARY, STRANGER, TECHNICIAN, Office
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
    office.clock.set(27)
    assert offers(office.desk, ROOM, SECRET) == []


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
