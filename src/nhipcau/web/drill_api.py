"""The API of drills: how a meeting's backup plan has stood the test of its rehearsals.

GET /api/v1/meetings/{plan}/drills     of the meeting's rehearsals, or its own if it is one
"""

from fastapi import APIRouter
from pydantic import BaseModel

from nhipcau.conference.drill_views import DrillView
from nhipcau.office.drills import Evidence, drill_evidence
from nhipcau.office.reporting import Reports
from nhipcau.web.plan_parts import PROBLEMS, AuthorHere


class DrillOut(BaseModel):
    """A drill, and the rehearsal in which it was had; `zone` is that of its clocks."""

    meeting: str
    title: str
    zone: str
    drill: DrillView


def drill_router(reports: Reports) -> APIRouter:
    """Return the route of drills; functions without `async` run in worker threads."""
    router = APIRouter(prefix="/api/v1", tags=["drills"], responses=PROBLEMS)

    @router.get("/meetings/{plan}/drills")
    def drills(plan: str, author: AuthorHere) -> list[DrillOut]:
        """Return the drills of a meeting's rehearsals, the newest first."""
        found = drill_evidence(reports.desk, author, reports.store, plan)
        return [_out(one) for one in found]

    return router


def _out(one: Evidence) -> DrillOut:
    return DrillOut(meeting=one.meeting, title=one.title, zone=one.zone, drill=one.drill)
