"""The office's face: the API under /api/v1, the pages, health and metrics."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fastapi import Depends, FastAPI
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from nhipcau.access.actions import Action
from nhipcau.access.policy import allows
from nhipcau.office.auditlog import AuditLog
from nhipcau.office.exporting import Exporter
from nhipcau.office.links import LinkMaker
from nhipcau.office.meetings import Meeting, MeetingBook, UnknownMeetingError
from nhipcau.office.observing import McuObserver
from nhipcau.office.people.links import SignInLinks
from nhipcau.office.people.parts import Caller, People, meeting_target
from nhipcau.office.reforms import Reforms
from nhipcau.office.reporting import Reports
from nhipcau.picture.layout import shipped_layouts
from nhipcau.ports.messages import McuStatus, PlannedSite
from nhipcau.quantities import ConferenceId
from nhipcau.web.accounts_api import accounts_router
from nhipcau.web.audit_api import audit_router
from nhipcau.web.audited import tell_changes
from nhipcau.web.device_api import device_router
from nhipcau.web.drill_api import drill_router
from nhipcau.web.duty_api import duty_router
from nhipcau.web.emergency_api import EmergencyParts, emergency_router
from nhipcau.web.entrance_api import entrance_router
from nhipcau.web.export_api import export_router
from nhipcau.web.gate import CallerHere, gate
from nhipcau.web.guest_api import guest_router
from nhipcau.web.locating import locator
from nhipcau.web.metrics import MetricFamilies, render_metrics
from nhipcau.web.openapi import describe_problems
from nhipcau.web.pages import serve_pages
from nhipcau.web.paper_api import paper_router
from nhipcau.web.people_errors import answer_people_errors
from nhipcau.web.plan_api import plan_router
from nhipcau.web.plan_parts import PlanningParts, answer_planning_errors
from nhipcau.web.problems import Problem, answer_with_problems
from nhipcau.web.reform_api import reform_router
from nhipcau.web.report_api import report_router
from nhipcau.web.room_parts import RoomParts
from nhipcau.web.routes import OFFICE_PAGES
from nhipcau.web.sight_api import sight_router
from nhipcau.web.sign_in_api import sign_in_router
from nhipcau.web.stock_api import stock_router
from nhipcau.web.tree_api import TreeParts, answer_store_errors, tree_router


class MeetingOut(BaseModel):
    """A meeting."""

    id: str
    title: str
    mcu: str
    chair_site: str
    sites: list[PlannedSite]


class DemoSite(BaseModel):
    """A site of the demo and the link that joins as it."""

    code: str
    name: str
    level: str
    parent: str | None
    url: str


class DemoOperator(BaseModel):
    """A site with others below it, and the link to the console of whoever looks after them."""

    site: str
    name: str
    url: str


class DemoAccountOut(BaseModel):
    """An account of the demo and the link that signs in as it."""

    login: str
    name: str
    url: str


class DemoMeeting(BaseModel):
    """Name of the demo's meeting."""

    id: str
    title: str


class DemoOut(BaseModel):
    """The demo's live meeting with a link for everyone. Exists only in a demo."""

    meeting: DemoMeeting
    chair: str
    console: str
    operators: list[DemoOperator]
    sites: list[DemoSite]
    mcus: list[McuStatus]
    accounts: list[DemoAccountOut]


@dataclass(frozen=True, slots=True)
class OfficeParts:
    """What the office's face leans on; `demo` is None in production."""

    book: MeetingBook
    links: LinkMaker
    observer: McuObserver
    ready: Callable[[], bool]
    metrics: Callable[[], MetricFamilies]
    tree: TreeParts
    reforms: Reforms
    people: People
    rooms: RoomParts | None = None
    sign_in_links: SignInLinks | None = None
    exports: Exporter | None = None
    audit: AuditLog | None = None
    reports: Reports | None = None
    planning: PlanningParts | None = None
    emergency: EmergencyParts | None = None
    demo: ConferenceId | None = None


def office_app(parts: OfficeParts) -> FastAPI:
    """Return the ASGI application of the office."""
    app = FastAPI(
        title="Nhịp Cầu",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        dependencies=[
            Depends(gate(parts.people, locator(parts.people.view, parts.book, parts.rooms)))
        ],
    )
    answer_with_problems(app)
    answer_store_errors(app)
    answer_people_errors(app, parts.people)
    app.include_router(sign_in_router(parts.people, parts.sign_in_links))
    app.include_router(accounts_router(parts.people))
    app.include_router(tree_router(parts.tree))
    app.include_router(reform_router(parts.reforms))
    if parts.rooms is not None:
        app.include_router(device_router(parts.rooms))
        app.include_router(guest_router(parts.rooms))
    if parts.emergency is not None:
        app.include_router(emergency_router(parts.emergency))
    if parts.planning is not None:
        answer_planning_errors(app, parts.planning.desk)
        app.include_router(plan_router(parts.planning))
        app.include_router(duty_router(parts.planning))
        app.include_router(paper_router(parts.planning))
        app.include_router(sight_router(parts.planning, shipped_layouts()))
        app.include_router(stock_router(parts.planning, _layouts()))
    if parts.exports is not None:
        app.include_router(export_router(parts.exports))
    if parts.reports is not None:
        app.include_router(report_router(parts.reports))
        app.include_router(drill_router(parts.reports))
    if parts.audit is not None:
        app.include_router(audit_router(parts.audit, parts.people))
    tell_changes(app, parts.people)
    app.include_router(entrance_router(parts.book, parts.links, parts.people, _is_open(parts)))
    _add_meetings(app, parts)
    _add_demo(app, parts)
    _add_health(app, parts)
    serve_pages(app, OFFICE_PAGES)
    describe_problems(app)
    return app


def _is_open(parts: OfficeParts) -> Callable[[Meeting], bool]:
    rooms = parts.rooms
    return lambda meeting: rooms is None or bool(rooms.urls(meeting))


def _add_meetings(app: FastAPI, parts: OfficeParts) -> None:
    missing: dict[int | str, dict[str, object]] = {404: {"model": Problem}}

    @app.get("/api/v1/conferences")
    def conferences(caller: CallerHere) -> list[MeetingOut]:
        """Return what the MCUs were told of, where a site of one's subtree takes part."""
        return [_meeting_out(one) for one in parts.book.all() if _may_see(parts, caller, one)]

    @app.get("/api/v1/conferences/{meeting}", responses=missing)
    def conference(meeting: str, caller: CallerHere) -> MeetingOut:
        """Return one of them, in which a site of one's subtree takes part."""
        unknown = HTTPException(404, f"no meeting has the id {meeting!r}")
        try:
            found = parts.book.get(ConferenceId(meeting))
        except UnknownMeetingError:
            raise unknown from None
        if not _may_see(parts, caller, found):
            raise unknown
        return _meeting_out(found)

    @app.get("/api/v1/mcus")
    async def mcus() -> list[McuStatus]:
        """Return the last status of each media process of the MCUs that are alive."""
        return list(parts.observer.alive())


def _add_demo(app: FastAPI, parts: OfficeParts) -> None:
    demo = parts.demo
    if demo is None:
        return

    @app.get("/api/v1/demo")
    def demo_meeting() -> DemoOut:
        """Return the demo's meeting and its links."""
        meeting, links = parts.book.get(demo), parts.links
        names = {planned.site: planned.name for planned in meeting.sites}
        return DemoOut(
            meeting=DemoMeeting(id=meeting.meeting, title=meeting.title),
            mcus=list(parts.observer.alive()),
            accounts=_demo_accounts(parts),
            chair=links.chair(meeting),
            console=links.console(meeting),
            operators=[
                DemoOperator(site=site, name=names[site], url=url)
                for site, url in links.operators(meeting).items()
            ],
            sites=[
                DemoSite(
                    code=planned.site,
                    name=planned.name,
                    level=planned.level,
                    parent=planned.parent,
                    url=links.room(meeting, planned.site),
                )
                for planned in meeting.sites
            ],
        )


def _layouts() -> Mapping[str, str]:
    return {name: layout.title for name, layout in shipped_layouts().items()}


def _demo_accounts(parts: OfficeParts) -> list[DemoAccountOut]:
    if parts.sign_in_links is None:
        return []
    now_s = parts.people.now_s
    return [
        DemoAccountOut(
            login=one.login,
            name=one.name,
            url=f"/#sign-in={parts.sign_in_links.token(one.id, now_s)}",
        )
        for one in parts.people.accounts.all()
        if not one.disabled
    ]


def _add_health(app: FastAPI, parts: OfficeParts) -> None:
    @app.get("/healthz", include_in_schema=False)
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz", include_in_schema=False)
    async def readyz() -> JSONResponse:
        good = parts.ready()
        return JSONResponse({"ready": good}, status_code=200 if good else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return render_metrics(parts.metrics())


def _may_see(parts: OfficeParts, caller: Caller, meeting: Meeting) -> bool:
    target = meeting_target(parts.people.view(), meeting)
    return allows(caller.actor, Action.MEETINGS_READ, target)


def _meeting_out(meeting: Meeting) -> MeetingOut:
    return MeetingOut(
        id=meeting.meeting,
        title=meeting.title,
        mcu=meeting.mcu,
        chair_site=meeting.chair_site,
        sites=list(meeting.sites),
    )
