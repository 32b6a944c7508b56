"""The API of entrances: by which doors a caller may enter a live meeting, and the link of one."""

from collections.abc import Callable
from typing import Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict

from nhipcau.access.actions import Action
from nhipcau.office.entering import Entrance, entrances, link_of
from nhipcau.office.links import LinkMaker
from nhipcau.office.meetings import Meeting, MeetingBook, UnknownMeetingError
from nhipcau.office.people.parts import Deed, People, record
from nhipcau.quantities import ConferenceId, SiteId
from nhipcau.web.gate import CallerHere, KnownHere
from nhipcau.web.problems import Problem

_PROBLEMS: dict[int | str, dict[str, object]] = {
    status: {"model": Problem} for status in (403, 404)
}
Door = Literal["chair", "secretary", "console", "operator"]


class EntranceOut(BaseModel):
    """One door; `site` and `name` are those of the part that an operator looks after."""

    role: Door
    site: str | None
    name: str


class EntranceIn(BaseModel):
    """By which door to enter."""

    model_config = ConfigDict(extra="forbid")

    role: Door
    site: str | None = None


class LinkOut(BaseModel):
    """A page of the MCU, with a token in its fragment; whoever has it is let in."""

    url: str


def entrance_router(
    book: MeetingBook, links: LinkMaker, people: People, is_open: Callable[[Meeting], bool]
) -> APIRouter:
    """Return the routes of entrances; `is_open`: the meeting's MCU hosts it now."""
    router = APIRouter(prefix="/api/v1", responses=_PROBLEMS)

    @router.get("/meetings/{meeting}/entrances")
    def doors(meeting: str, caller: CallerHere) -> list[EntranceOut]:
        """Return by which doors the caller may enter a meeting; none before its MCU opens it."""
        known = _meeting(book, meeting)
        if not is_open(known):
            return []
        names = {planned.site: planned.name for planned in known.sites}
        return [
            EntranceOut.model_validate(
                {"role": one.role, "site": one.site, "name": names.get(one.site or SiteId(""), "")}
            )
            for one in entrances(people.view(), caller.actor, known)
        ]

    @router.post("/meetings/{meeting}/entrances")
    def enter(meeting: str, body: EntranceIn, caller: CallerHere, who: KnownHere) -> LinkOut:
        """Return a link of the caller's own; who got one is told to the audit."""
        known = _meeting(book, meeting)
        wanted = Entrance(body.role, None if body.site is None else SiteId(body.site))
        good = wanted in entrances(people.view(), caller.actor, known)
        outcome = {} if good else {"outcome": "not_allowed"}
        more = {"role": body.role, **({} if body.site is None else {"site": body.site})}
        record(
            people, caller, Deed(Action.MEETINGS_ENTER, f"meeting:{meeting}", **outcome, more=more)
        )
        if not good:
            raise HTTPException(403, "none of your roles enters this meeting by that door")
        return LinkOut(url=link_of(links, known, wanted, bearer=who.account.name))

    return router


def _meeting(book: MeetingBook, meeting: str) -> Meeting:
    try:
        return book.get(ConferenceId(meeting))
    except UnknownMeetingError:
        raise HTTPException(404, f"no meeting has the id {meeting!r}") from None
