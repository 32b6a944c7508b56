"""The API of what a plan would meet: rooms and MCUs that are taken, load, and what a loss would do.

GET /api/v1/meetings/{id}/clashes, /forecast
"""

from fastapi import APIRouter
from pydantic import BaseModel

from nhipcau.office.planning.lineup import foresee_clashes, foresee_load
from nhipcau.office.planning.reading import read_meeting
from nhipcau.planning.forecast import Forecast, Loss, McuForecast, TrunkForecast
from nhipcau.web.plan_out import ClashOut, clash_out
from nhipcau.web.plan_parts import AuthorHere, PlanningParts


class LossOut(BaseModel):
    """What happens without it: carries, degrades_to_360p or cannot; by whom, at what load."""

    verdict: str
    by: str
    cores: float
    line_bps: int


class McuForecastOut(BaseModel):
    """An MCU's expected load in this meeting, others' at the time counted in."""

    name: str
    title: str
    root: bool
    spare: bool
    sites: int
    other_sites: int
    max_sites: int
    cores: float
    has_cores: float
    line_bps: int
    has_line_bps: int
    fits: bool
    lost: LossOut


class TrunkForecastOut(BaseModel):
    """A trunk's expected load, down to the leaf and up from it."""

    leaf: str
    root: str
    down_bps: int
    up_bps: int
    fits: bool
    lost: LossOut


class ForecastOut(BaseModel):
    """The whole line-up."""

    mcus: list[McuForecastOut]
    trunks: list[TrunkForecastOut]


def add_foresight(router: APIRouter, parts: PlanningParts) -> None:
    """Add the routes below a meeting."""
    desk = parts.desk

    @router.get("/clashes")
    def clashes(plan: str, author: AuthorHere) -> list[ClashOut]:
        """Return what would stand in the way if the plan were submitted now."""
        sheet = read_meeting(desk, author, plan)
        return [clash_out(one) for one in foresee_clashes(desk, sheet)]

    @router.get("/forecast")
    def load(plan: str, author: AuthorHere) -> ForecastOut:
        """Return the expected load of every MCU and trunk, and what happens if one is lost."""
        return _forecast(foresee_load(desk, read_meeting(desk, author, plan)))


def _forecast(made: Forecast) -> ForecastOut:
    return ForecastOut(
        mcus=[_mcu(one) for one in made.mcus], trunks=[_trunk(one) for one in made.trunks]
    )


def _loss(lost: Loss) -> LossOut:
    return LossOut(
        verdict=lost.verdict.value,
        by=lost.by,
        cores=round(lost.load.cores, 3),
        line_bps=lost.load.line_bps,
    )


def _mcu(one: McuForecast) -> McuForecastOut:
    return McuForecastOut(
        name=one.mcu.name,
        title=one.mcu.title,
        root=one.root,
        spare=one.mcu.spare,
        sites=one.sites,
        other_sites=one.others,
        max_sites=one.mcu.max_sites,
        cores=round(one.load.cores, 3),
        has_cores=one.mcu.cores,
        line_bps=one.load.line_bps,
        has_line_bps=one.mcu.line_bps,
        fits=one.fits,
        lost=_loss(one.lost),
    )


def _trunk(one: TrunkForecast) -> TrunkForecastOut:
    return TrunkForecastOut(
        leaf=one.leaf,
        root=one.root,
        down_bps=one.down_bps,
        up_bps=one.up_bps,
        fits=one.fits,
        lost=_loss(one.lost),
    )
