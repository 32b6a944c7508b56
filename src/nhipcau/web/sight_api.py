"""The API of what is seen: the picture that every site gets at a time of the scenario.

GET /api/v1/meetings/{id}/sight?at=09:05
"""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from nhipcau.office.planning.reading import read_meeting
from nhipcau.office.planning.sight import foresee_sight
from nhipcau.picture.layout import Layout
from nhipcau.planning.timeline import clock_min
from nhipcau.web.plan_parts import PROBLEMS, AuthorHere, PlanningParts


class BoxOut(BaseModel):
    """A cell, in shares of the picture's width and height; `name` is "" where nobody is in it."""

    model_config = ConfigDict(from_attributes=True)

    left: float
    top: float
    width: float
    height: float
    role: str
    site: str
    name: str


class PictureOut(BaseModel):
    """A composed picture. Cells without a role of their own turn `pages` times, `dwell_s` each."""

    model_config = ConfigDict(from_attributes=True)

    layout: str
    title: str
    boxes: list[BoxOut]
    pages: int
    dwell_s: float


class SightOut(BaseModel):
    """What is seen while cue `cue` ("": none) is at turn `turn` (from 0), were every site there.

    `speaker` is what the speaker sees instead of the program; null: the same.
    """

    model_config = ConfigDict(from_attributes=True)

    cue: str
    turn: int | None
    program: PictureOut
    speaker: PictureOut | None


_At = Annotated[str, Query(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="A time of the day.")]


def sight_router(parts: PlanningParts, layouts: Mapping[str, Layout]) -> APIRouter:
    """Return the route; `layouts` are all that there are, by name."""
    router = APIRouter(prefix="/api/v1/meetings/{plan}", tags=["meetings"], responses=PROBLEMS)

    @router.get("/sight")
    def sight(plan: str, at: _At, author: AuthorHere) -> SightOut:
        """Return what every site will see at a time of the scenario, by the MCU's own rule."""
        sheet = read_meeting(parts.desk, author, plan)
        seen = foresee_sight(parts.desk, sheet, clock_min(at), layouts)
        return SightOut.model_validate(seen)

    return router
