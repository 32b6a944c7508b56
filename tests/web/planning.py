"""The first session in an office that is asked over HTTP, and the people who plan it."""

from typing import Any

from httpx import Response

from nhipcau.access.actor import Actor, ActorKind
from nhipcau.access.roles import Role
from nhipcau.office.planning.desk import Author
from nhipcau.office.planning.founding import keep_plan
from nhipcau.office.planning.inventory import put_mcu
from nhipcau.office.tree import apply_units, plan_units
from nhipcau.org.importplan import ImportOrder
from nhipcau.planning.lineup import Mcu
from nhipcau.planning.planfile import first_session
from nhipcau.quantities import McuName

from ..org.province import START, text_of
from ..planning.session import DAY
from .people import DISTRICT, PROVINCE, SECRET, Browser, House

MEETING = "phien-ba-cap"
PATH = f"/meetings/{MEETING}"


class Planner:
    """A house with the first session as a draft, and a browser for each who plans."""

    def __init__(self) -> None:
        house = House()
        text = text_of("khanh-hoa-2024-departments.csv").encode()
        apply_units(house.units, plan_units(house.units, text, ImportOrder(START, whole=False)))
        house.account("thu-ky", Role.SECRETARY, code=PROVINCE)
        house.account("chu-toa", Role.CHAIR, code=PROVINCE)
        house.account("truc", Role.OPERATOR, code=PROVINCE, secret=SECRET)
        house.account("huyen", Role.SECRETARY, code=DISTRICT)
        self.house = house
        plan = first_session(house.units.current().as_of(DAY))
        office = author(house, "truc")
        for name in ("mcu-tinh", *(row.id for row in plan.standins if row.id != "mcu-tinh")):
            serves = "" if name == "mcu-tinh" else house.unit(name.removeprefix("mcu-"))
            uplink = "" if name == "mcu-tinh" else "mcu-tinh"
            put_mcu(house.desk, office, Mcu(McuName(name), name, serves, uplink, cores=4), 0)
        spare = Mcu(McuName("mcu-du-phong"), "MCU dự phòng", spare=True, cores=4)
        put_mcu(house.desk, office, spare, 0)
        keep_plan(house.desk, author(house, "thu-ky"), plan, meeting=MEETING)
        self.secretary = Browser(house).enter("thu-ky")
        self.chair = Browser(house).enter("chu-toa")
        self.operator = Browser(house).enter("truc")
        self.district = Browser(house).enter("huyen")

    def edit(self, seen: int, *changes: dict[str, Any]) -> Response:
        """Ask for an edit as the secretary."""
        return patch(self.secretary, seen, *changes)

    def step(self, browser: Browser, step: str, **more: Any) -> Response:
        """Take a step that sees the newest revision."""
        seen = self.house.plans.load(MEETING).head.revision
        headers = {"If-Match": f'"{seen}"'}
        return browser.ask("POST", f"{PATH}/steps", {"step": step, **more}, headers)

    def approved(self) -> "Planner":
        """Submit and approve."""
        assert self.step(self.secretary, "submit").status_code == 200
        assert self.step(self.chair, "approve").status_code == 200
        return self


def author(house: House, login: str) -> Author:
    """Return an account as the verbs know it."""
    kept = house.kept(login)
    return Author(Actor(ActorKind.ACCOUNT, kept.id, kept.name, kept.grants))


def patch(browser: Browser, seen: int, *changes: dict[str, Any]) -> Response:
    """Ask for an edit."""
    headers = {"If-Match": f'"{seen}"'}
    return browser.ask("PATCH", PATH, {"changes": list(changes)}, headers)


def set_part(part: str, value: Any, **more: Any) -> dict[str, Any]:
    """Return a change."""
    return {"op": "set", "part": part, "value": value, **more}
