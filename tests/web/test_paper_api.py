"""Papers over HTTP: a PDF or a clear message; ranges; rooms by ticket, at a quarter of a line."""

import asyncio

import pytest
from httpx import Response

from nhipcau.office.planning.fetching import make_ticket
from nhipcau.planning.pacing import CHUNK_BYTES
from nhipcau.quantities import Bitrate, SiteId
from nhipcau.storage.vault import MemoryVault
from nhipcau.web.paced import Pacer
from nhipcau.web.ranges import Part, RangeError, asked_part

from ..office.planning.pdfs import pdf
from .people import Browser
from .planning import PATH, Planner

FILE = f"{PATH}/papers/TL1/file"
SECRET = bytes(32)


@pytest.fixture
def planner() -> Planner:
    # The office's clock stands in 2027: let the session be that day, too.
    made = Planner()
    change = {"op": "set", "part": "header/starts", "value": "2027-01-20T08:00:00"}
    assert made.edit(1, change).status_code == 200
    return made.approved()


def upload(browser: Browser, data: bytes, kind: str = "application/pdf") -> Response:
    return browser.ask("PUT", f"{FILE}?name=bc.pdf", headers={"content-type": kind}, content=data)


def test_a_pdf_is_uploaded_approved_and_read_by_who_takes_part(planner: Planner) -> None:
    data = pdf(2)
    file = upload(planner.secretary, data).json()
    assert (file["pages"], file["size"], file["name"], file["approved"]) == (
        2,
        len(data),
        "bc.pdf",
        None,
    )
    assert planner.district.ask("GET", FILE).status_code == 404
    body = {"sha256": file["sha256"]}
    approval = f"{PATH}/papers/TL1/approval"
    assert planner.secretary.ask("POST", approval, body).status_code == 403
    assert planner.chair.ask("POST", approval, body).json()["approved"]["name"] == "Chu-Toa"
    got = planner.district.ask("GET", FILE)
    assert (got.content, got.headers["content-type"]) == (data, "application/pdf")
    assert got.headers["etag"] == f'"{file["sha256"]}"'
    papers = planner.district.ask("GET", f"{PATH}/papers").json()
    assert [(one["id"], one["file"] is not None) for one in papers][:2] == [
        ("TL1", True),
        ("TL2", False),
    ]


@pytest.mark.parametrize(
    ("data", "kind", "status", "says"),
    [
        (b"PK\x03\x04 docx", "application/pdf", 422, "không phải PDF"),
        (b"%PDF-1.7 but no more", "application/pdf", 422, "hỏng"),
        (pdf(), "application/msword", 415, "application/pdf"),
        (pdf(), "multipart/form-data", 415, "application/pdf"),
    ],
)
def test_what_is_no_pdf_gets_a_clear_message_and_the_old_file_stays(
    planner: Planner, data: bytes, kind: str, status: int, says: str
) -> None:
    before = upload(planner.secretary, pdf()).json()["sha256"]
    answer = upload(planner.secretary, data, kind)
    assert answer.status_code == status
    assert says in answer.json()["detail"]
    kept = planner.secretary.ask("GET", f"{PATH}/papers").json()[0]["file"]
    assert kept["sha256"] == before


def test_a_file_that_says_it_is_too_large_is_not_even_read(planner: Planner) -> None:
    headers = {"content-type": "application/pdf", "content-length": str(10**9)}
    answer = planner.secretary.ask("PUT", FILE, headers=headers, content=b"%PDF-")
    assert answer.status_code == 413


def test_a_broken_fetch_goes_on_where_it_was(planner: Planner) -> None:
    data = pdf(3)
    mark = f'"{upload(planner.secretary, data).json()["sha256"]}"'

    def get(**headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return planner.secretary.ask("GET", FILE, headers=named)

    rest = get(range="bytes=100-", if_range=mark)
    assert (rest.status_code, rest.content) == (206, data[100:])
    assert rest.headers["content-range"] == f"bytes 100-{len(data) - 1}/{len(data)}"
    assert get(range="bytes=-5").content == data[-5:]
    assert get(range="bytes=0-0").content == data[:1]
    assert get(range="bytes=100-", if_range='"other"').content == data
    assert get(range=f"bytes={len(data)}-").status_code == 416
    assert get(if_none_match=mark).status_code == 304
    head = planner.secretary.ask("HEAD", FILE, headers={})
    assert (head.headers["content-length"], head.content) == (str(len(data)), b"")


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        (None, 0, 9),
        ("bytes=2-4", 2, 4),
        ("bytes=2-99", 2, 9),
        ("bytes=-3", 7, 9),
        ("bytes=-99", 0, 9),
        ("bytes=-", 0, 9),
        ("bytes=4-2", 0, 9),
        ("bytes=0-1,3-4", 0, 9),
        ("items=0-1", 0, 9),
        ("bytes=x-y", 0, 9),
        ("bytes=" + "9" * 40 + "-", 0, 9),
    ],
)
def test_a_range_is_understood_or_all_of_it_is_sent(
    header: str | None, first: int, last: int
) -> None:
    part = asked_part(header, 10)
    assert (part.first, part.last) == (first, last)


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_behind_the_file_is_told(header: str) -> None:
    with pytest.raises(RangeError, match=r"bytes \*/10"):
        asked_part(header, 10)


def test_a_room_fetches_by_its_ticket_and_by_no_other(planner: Planner) -> None:
    data = pdf(2)
    sha256 = upload(planner.secretary, data).json()["sha256"]
    planner.chair.ask("POST", f"{PATH}/papers/TL1/approval", {"sha256": sha256})
    now_s = int(planner.house.clock.at_s)
    browser = Browser(planner.house)

    def get(ticket: str, **headers: str) -> Response:
        return browser.ask("GET", f"/papers/{sha256}?ticket={ticket}", headers=headers)

    good = make_ticket(SECRET, SiteId("22633"), sha256, now_s + 60)
    assert get(good).content == data
    part = get(good, range="bytes=10-19")
    assert (part.status_code, part.content) == (206, data[10:20])
    assert get(make_ticket(SECRET, SiteId("22633"), sha256, now_s - 1)).status_code == 401
    assert get(make_ticket(b"x" * 32, SiteId("22633"), sha256, now_s + 60)).status_code == 401
    assert get("").status_code == 401
    # A room of another province, whose ticket is good: it is not offered to it.
    stranger = make_ticket(SECRET, SiteId("99999"), sha256, now_s + 60)
    assert get(stranger).status_code == 404
    rooms = planner.secretary.ask("GET", f"{PATH}/papers/TL1/rooms").json()
    (room,) = [one for one in rooms if one["site"] == "22633"]
    assert (room["name"], room["parent"], room["at"]) == ("Xã Giang Ly", "Huyện Khánh Vĩnh", None)
    upload(planner.secretary, pdf(5))
    assert get(good).status_code == 404


def test_no_ticket_opens_a_paper_with_personal_data(planner: Planner) -> None:
    restricted = FILE.replace("TL1", "TL3")
    answer = planner.secretary.ask(
        "PUT", restricted, headers={"content-type": "application/pdf"}, content=pdf()
    )
    sha256 = answer.json()["sha256"]
    planner.chair.ask("POST", f"{PATH}/papers/TL3/approval", {"sha256": sha256})
    now_s = int(planner.house.clock.at_s)
    ticket = make_ticket(SECRET, SiteId("22633"), sha256, now_s + 60)
    answer = Browser(planner.house).ask("GET", f"/papers/{sha256}?ticket={ticket}")
    assert answer.status_code == 404


def test_a_line_that_is_declared_anew_changes_the_pace_at_once() -> None:
    class Still:
        def now_s(self) -> float:
            return 0.0

        def wall_s(self) -> float:
            return 0.0

    vault = MemoryVault()
    kept = vault.keep([bytes(CHUNK_BYTES)], CHUNK_BYTES)
    pacer = Pacer(vault, Still())

    async def fetch(line: int) -> None:
        part = Part(0, CHUNK_BYTES - 1, True)
        async for _ in pacer.send(kept.sha256, part, SiteId("1"), Bitrate(line)):
            pass

    async def both() -> None:
        # The thin line owes a minute; the thick one pays no debt of it.
        await fetch(8_000)
        async with asyncio.timeout(20):
            await fetch(1_000_000_000)

    asyncio.run(both())


def test_what_a_room_fetches_at_once_shares_a_quarter_of_its_line() -> None:
    class Clock:
        def __init__(self) -> None:
            self.at_s = 0.0

        def now_s(self) -> float:
            return asyncio.get_running_loop().time()

        def wall_s(self) -> float:
            return 0.0

    vault = MemoryVault()
    data = bytes(6 * CHUNK_BYTES)
    kept = vault.keep([data], len(data))
    pacer = Pacer(vault, Clock())
    # A quarter is 1.6 Mbit/s: 200 kB a second, and a burst of half a second.
    line = Bitrate(6_400_000)

    async def fetch() -> int:
        part = Part(0, len(data) - 1, True)
        return sum([len(one) async for one in pacer.send(kept.sha256, part, SiteId("1"), line)])

    async def both() -> float:
        begun = asyncio.get_running_loop().time()
        assert list(await asyncio.gather(fetch(), fetch())) == [len(data)] * 2
        return asyncio.get_running_loop().time() - begun

    # 196 kB less the burst of 100 kB at 200 kB a second.
    assert asyncio.run(both()) >= 0.45
