"""The API of emergency passes: give one to a leader's office, list them, take one back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from nhipcau.access.actions import Action
from nhipcau.access.policy import allows
from nhipcau.office.directory import DirectoryMaker
from nhipcau.office.passes import MAX_DAYS, GivenPass, PassMissingError, TooManyPassesError
from nhipcau.office.people.parts import Deed, site_target
from nhipcau.ports.cabinet import StaleCardError
from nhipcau.quantities import SiteId
from nhipcau.web.gate import CallerHere, note
from nhipcau.web.problems import Problem

_PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem} for status in (403, 404, 409, 503)
}


class PassIn(BaseModel):
    """For which leader's room, whom it is given to in words, and for how long."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    site: str = Field(min_length=1, max_length=64)
    label: str = Field(default="", max_length=120)
    days: int = Field(default=180, ge=1, le=MAX_DAYS)


class PassOut(BaseModel):
    """A pass that was given; times are milliseconds since 1970-01-01 UTC."""

    id: str
    site: str
    site_name: str
    label: str
    given_by: str
    given_ms: int
    expires_ms: int
    revoked_ms: int | None


class FreshPassOut(PassOut):
    """A fresh pass: its text is shown here and never again; `fronts` are where it works."""

    text: str
    fronts: list[str]


class PassSite(BaseModel):
    """A leader's room for which the caller may be given a pass."""

    site: str
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class EmergencyParts:
    """What the API leans on; `poke` has the MCUs told at once."""

    maker: DirectoryMaker
    poke: Callable[[], None]


def emergency_router(parts: EmergencyParts) -> APIRouter:
    """Return the routes of emergency passes."""
    router = APIRouter(prefix="/api/v1", tags=["emergency"], responses=_PROBLEMS)
    passes = parts.maker.passes

    @router.get("/emergency/sites")
    def sites(caller: CallerHere) -> list[PassSite]:
        """Return the rooms for which one may be given a pass, the highest first."""
        names = parts.maker.names
        view = names.view()
        return [
            PassSite(site=one.site, name=one.name, level=one.level)
            for one in names.all().values()
            if allows(caller.actor, Action.EMERGENCY_PASS, site_target(view, one.site))
        ]

    @router.get("/emergency/passes")
    def listed(caller: CallerHere) -> list[PassOut]:
        """Return the passes of one's subtree, those that were taken back too."""
        return [_out(parts, one) for one in passes.listed(caller)]

    @router.post("/emergency/passes", status_code=201)
    async def give(body: PassIn, caller: CallerHere, request: Request) -> FreshPassOut:
        """Give a leader's office a pass; its text is in the answer and nowhere else."""
        if await asyncio.to_thread(parts.maker.names.find, SiteId(body.site)) is None:
            raise HTTPException(404, "there is none of that id in your subtree")
        try:
            fresh = await asyncio.to_thread(
                passes.give, caller, SiteId(body.site), body.label, body.days
            )
        except TooManyPassesError as error:
            raise HTTPException(409, str(error)) from None
        given = fresh.given
        more = {"site": given.site, "label": given.label}
        note(request, Deed(Action.EMERGENCY_PASS, f"pass:{given.id}", more=more))
        out = await asyncio.to_thread(_out, parts, given)
        fronts = await asyncio.to_thread(parts.maker.fronts_of, given.site)
        return FreshPassOut(**out.model_dump(), text=fresh.text, fronts=list(fronts))

    @router.delete("/emergency/passes/{pass_id}")
    async def revoke(pass_id: str, caller: CallerHere, request: Request) -> PassOut:
        """Take a pass back: every MCU that the office reaches refuses it from now on."""
        try:
            given = await asyncio.to_thread(passes.revoke, caller, pass_id)
        except PassMissingError:
            raise HTTPException(404, "there is none of that id in your subtree") from None
        except StaleCardError:
            raise HTTPException(409, "somebody else takes it back at this moment") from None
        note(request, Deed(Action.EMERGENCY_PASS_REVOKE, f"pass:{given.id}"))
        parts.poke()
        return await asyncio.to_thread(_out, parts, given)

    return router


def _out(parts: EmergencyParts, given: GivenPass) -> PassOut:
    site = parts.maker.names.find(given.site)
    return PassOut(
        id=given.id,
        site=given.site,
        site_name="" if site is None else site.name,
        label=given.label,
        given_by=given.given.name,
        given_ms=round(given.given.at_s * 1000),
        expires_ms=given.expires_s * 1000,
        revoked_ms=None if given.revoked_s is None else round(given.revoked_s * 1000),
    )
