"""The API of what all plans draw on: rules, templates, contacts of units, the line-up of MCUs.

    GET         /api/v1/planning/rules
    GET, POST   /api/v1/templates           DELETE      /api/v1/templates/{id}
    GET, PUT    /api/v1/units/{id}/contacts
    GET         /api/v1/line-up             PUT, DELETE /api/v1/line-up/{mcu}

Contacts and MCUs have an ETag of their own; whoever writes names it in If-Match ("0": new).
"""

from collections.abc import Mapping
from dataclasses import asdict

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from nhipcau.office.planning.contacts import Contact, put_contacts, read_contacts
from nhipcau.office.planning.errors import BadRequestError
from nhipcau.office.planning.inventory import list_mcus, put_mcu, remove_mcu
from nhipcau.office.planning.templates import (
    Template,
    list_templates,
    make_template,
    remove_template,
)
from nhipcau.planning.lineup import Mcu
from nhipcau.planning.plan import CueKind, Phase, PickKind, Role
from nhipcau.planning.rules import FailureCase, LeadTime, MeetingKind, ModelDuty, Party
from nhipcau.quantities import Bitrate, McuName
from nhipcau.web.plan_out import SignedOut, signed_out
from nhipcau.web.plan_parts import PROBLEMS, AuthorHere, PlanningParts, Seen, tag


class RulesOut(BaseModel):
    """What is data: kinds of meetings, parties, cases of failure, lead times, tasks to begin
    with, layouts; and the words of the schema that a page offers to choose from.
    """

    kinds: list[MeetingKind]
    parties: list[Party]
    cases: list[FailureCase]
    leads: list[LeadTime]
    duties: list[ModelDuty]
    layouts: Mapping[str, str]
    roles: list[str]
    pick_kinds: list[str]
    cue_kinds: list[str]
    phases: list[str]


class TemplateIn(BaseModel):
    """Which meeting becomes a template, and its name."""

    model_config = ConfigDict(extra="forbid")

    meeting: str = Field(max_length=64)
    name: str = Field(min_length=1, max_length=200)


class TemplateOut(BaseModel):
    """A template; `host` is whose it is."""

    id: str
    name: str
    host: str
    kind: str
    cues: int
    made: SignedOut


class ContactsIO(BaseModel):
    """The contacts of a unit, the first one to be called first."""

    model_config = ConfigDict(extra="forbid")

    contacts: list[Contact] = Field(max_length=20)


class McuIn(BaseModel):
    """An MCU of the inventory; rates in bits a second."""

    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1, max_length=200)
    serves: str = Field(default="", max_length=36, description="Id of a unit; empty: the others.")
    uplink: str = Field(default="", max_length=50, description="The MCU above; empty: the root.")
    cores: float = Field(gt=0, le=1024)
    line_bps: int = Field(gt=0, le=10**13)
    trunk_bps: int = Field(default=100_000_000, gt=0, le=10**13)
    max_sites: int = Field(ge=1, le=2000)
    spare: bool = False
    backup: str = Field(default="", max_length=50, description="Who stands in; empty: nobody.")
    url: str = Field(default="", max_length=300, pattern=r"^$|^https?://[^\s]+$")
    front: str = Field(default="", max_length=300, pattern=r"^$|^https?://[^\s]+$")


class McuOut(McuIn):
    """The same, with its name and revision."""

    name: str
    revision: int


def stock_router(parts: PlanningParts, layouts: Mapping[str, str]) -> APIRouter:
    """Return the routes; `layouts` are names with their titles."""
    router = APIRouter(prefix="/api/v1", tags=["planning"], responses=PROBLEMS)
    _add_rules(router, parts, layouts)
    _add_templates(router, parts)
    _add_contacts(router, parts)
    _add_line_up(router, parts)
    return router


def _add_rules(router: APIRouter, parts: PlanningParts, layouts: Mapping[str, str]) -> None:
    @router.get("/planning/rules")
    def rules() -> RulesOut:
        """Return what a page offers to choose from."""
        kept = parts.desk.rules
        return RulesOut(
            kinds=list(kept.kinds.values()),
            parties=list(kept.parties.values()),
            cases=list(kept.cases.values()),
            leads=list(kept.leads.values()),
            duties=list(kept.duties.values()),
            layouts=layouts,
            roles=[one.value for one in Role],
            pick_kinds=[one.value for one in PickKind],
            cue_kinds=[one.value for one in CueKind],
            phases=[one.value for one in Phase],
        )


def _add_templates(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.get("/templates")
    def templates(author: AuthorHere) -> list[TemplateOut]:
        """Return the templates of the hosts whose meetings one reads."""
        return [_template(one) for one in list_templates(desk, author)]

    @router.post("/templates", status_code=201)
    def make(body: TemplateIn, author: AuthorHere) -> TemplateOut:
        """Keep a meeting's plan as a template, without its day."""
        return _template(make_template(desk, author, body.meeting, body.name))

    @router.delete("/templates/{template}", status_code=204)
    def remove(template: str, author: AuthorHere) -> Response:
        """Throw a template away."""
        remove_template(desk, author, template)
        return Response(status_code=204)


def _add_contacts(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.get("/units/{unit}/contacts")
    def contacts(unit: str, author: AuthorHere, response: Response) -> ContactsIO:
        """Return whom to call in a unit."""
        revision, found = read_contacts(desk, author, unit)
        response.headers.update(tag(revision))
        return ContactsIO(contacts=list(found))

    @router.put("/units/{unit}/contacts")
    def change(
        unit: str, body: ContactsIO, author: AuthorHere, seen: Seen, response: Response
    ) -> ContactsIO:
        """Write whom to call in a unit."""
        revision = put_contacts(desk, author, unit, body.contacts, seen)
        response.headers.update(tag(revision))
        return body


def _add_line_up(router: APIRouter, parts: PlanningParts) -> None:
    desk = parts.desk

    @router.get("/line-up")
    def line_up(author: AuthorHere) -> list[McuOut]:
        """Return the inventory of MCUs: the root first, spare ones last."""
        return [_mcu_out(mcu, revision) for mcu, revision in list_mcus(desk, author)]

    @router.put("/line-up/{mcu}")
    def put(mcu: str, body: McuIn, author: AuthorHere, seen: Seen, response: Response) -> McuOut:
        """Write an MCU of the inventory."""
        if not mcu.replace("-", "").isalnum() or len(mcu) > _LONGEST_NAME:
            raise BadRequestError("Tên MCU chỉ gồm chữ, số và dấu gạch nối.")
        fields = body.model_dump()
        fields["line_bps"] = Bitrate(body.line_bps)
        fields["trunk_bps"] = Bitrate(body.trunk_bps)
        kept = Mcu(name=McuName(mcu), **fields)
        revision = put_mcu(desk, author, kept, seen)
        response.headers.update(tag(revision))
        return _mcu_out(kept, revision)

    @router.delete("/line-up/{mcu}", status_code=204)
    def remove(mcu: str, author: AuthorHere, seen: Seen) -> Response:
        """Take an MCU out of the inventory."""
        remove_mcu(desk, author, mcu, seen)
        return Response(status_code=204)


_LONGEST_NAME = 50


def _mcu_out(mcu: Mcu, revision: int) -> McuOut:
    return McuOut(**asdict(mcu), revision=revision)


def _template(one: Template) -> TemplateOut:
    return TemplateOut(
        id=one.id,
        name=one.name,
        host=one.host,
        kind=one.kind,
        cues=one.cues,
        made=signed_out(one.signed),
    )
