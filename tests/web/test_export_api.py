"""The API of papers."""

import asyncio
import io
from typing import Any

import pytest
from docx import Document
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from pypdf import PdfReader

from nhipcau.access.actor import AccountId, Actor, ActorKind, Grant, GrantId
from nhipcau.access.roles import Role
from nhipcau.office.people.parts import Caller
from nhipcau.papers.press import Press
from nhipcau.planning.life import State
from nhipcau.web.export_api import export_router
from nhipcau.web.gate import caller_of
from nhipcau.web.problems import MEDIA_TYPE, answer_with_problems

from ..office.kept_session import MEETING, KeptSession
from ..planning.session import unit

FILES = {
    "invitation": "GIẤY MỜI",
    "run-sheet": "KỊCH BẢN",
    "responsibilities": "BẢNG PHÂN CÔNG NHIỆM VỤ",
}


class Api:
    """The routes over the first session, asked by somebody with a role over a unit or over all."""

    def __init__(self, kept: KeptSession, role: Role = Role.SECRETARY, unit: str = "") -> None:
        app = FastAPI()
        answer_with_problems(app)
        app.include_router(export_router(kept.exporter(Press())))
        grant = Grant(GrantId("g"), role, unit or None)
        actor = Actor(ActorKind.ACCOUNT, AccountId("a"), "a", (grant,))
        app.dependency_overrides[caller_of] = lambda: Caller(actor, "127.0.0.1")
        self._transport = ASGITransport(app)

    def get(self, file: str, meeting: str = MEETING, **query: Any) -> Response:
        async def asked() -> Response:
            async with AsyncClient(transport=self._transport, base_url="http://office") as client:
                return await client.get(f"/api/v1/meetings/{meeting}/exports/{file}", params=query)

        return asyncio.run(asked())


@pytest.fixture
def kept() -> KeptSession:
    session = KeptSession()
    session.step(State.APPROVED, "2024-01-18")
    return session


@pytest.mark.parametrize("name", FILES)
def test_a_paper_comes_as_pdf_and_as_docx(kept: KeptSession, name: str) -> None:
    api = Api(kept)
    pdf, docx = api.get(f"{name}.pdf"), api.get(f"{name}.docx")
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert FILES[name] in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert FILES[name] in [line.text for line in Document(io.BytesIO(docx.content)).paragraphs]
    assert docx.headers["content-disposition"] == f'attachment; filename="{name}.docx"'
    assert pdf.headers["cache-control"] == "no-store"


def test_the_calendar_file_comes_as_one(kept: KeptSession) -> None:
    answer = Api(kept).get("meeting.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.content.startswith(b"BEGIN:VCALENDAR")


def test_an_earlier_version_is_fetched_by_its_number(kept: KeptSession) -> None:
    kept.step(State.APPROVED, "2024-01-20", venue="Nhà văn hóa tỉnh")
    api = Api(kept)
    editions: list[dict[str, Any]] = [{}, {"edition": 1}]
    texts = [
        PdfReader(io.BytesIO(api.get("invitation.pdf", **query).content)).pages[0].extract_text()
        for query in editions
    ]
    assert ["Nhà văn hóa" in text for text in texts] == [True, False]


@pytest.mark.parametrize(
    ("file", "meeting", "query", "status"),
    [
        ("invitation.pdf", "m2", {}, 404),
        ("invitation.pdf", MEETING, {"edition": 2}, 404),
        ("invitation.pdf", MEETING, {"edition": 0}, 422),
        ("invitation.odt", MEETING, {}, 422),
        ("meeting.pdf", MEETING, {}, 422),
    ],
)
def test_what_is_not_there_is_a_problem(
    kept: KeptSession, file: str, meeting: str, query: dict[str, Any], status: int
) -> None:
    answer = Api(kept).get(file, meeting, **query)
    assert (answer.status_code, answer.headers["content-type"]) == (status, MEDIA_TYPE)


def test_a_plan_without_a_day_is_a_problem(kept: KeptSession) -> None:
    kept.step(State.DRAFT, "2024-01-20", starts=None)
    answer = Api(kept).get("invitation.pdf")
    assert (answer.status_code, "when the meeting opens" in answer.json()["detail"]) == (409, True)


def test_whose_unit_takes_part_gets_the_papers_and_nobody_else(kept: KeptSession) -> None:
    assert Api(kept, Role.OPERATOR, unit("570")).get("meeting.ics").status_code == 200
    assert Api(kept, Role.OPERATOR, "elsewhere").get("meeting.ics").status_code == 404
    kept.leave_only("hall")
    assert Api(kept, Role.OPERATOR, unit("570")).get("meeting.ics").status_code == 404
    assert Api(kept, Role.OPERATOR, unit("56")).get("meeting.ics").status_code == 200
