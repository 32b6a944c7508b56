"""The demo's meeting: the first three-level session, planned and approved in January 2024.

Whoever planned and approved it are the demo's accounts; names and telephone numbers are made up.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from nhipcau.access.actor import AccountId, Actor, ActorKind, Grant, GrantId
from nhipcau.access.roles import Role
from nhipcau.office.planning.contacts import Contact, put_contacts
from nhipcau.office.planning.desk import Author, Desk
from nhipcau.office.planning.duties import Check, check_off, mark_invited
from nhipcau.office.planning.founding import keep_plan
from nhipcau.office.planning.inventory import mcus, put_mcu
from nhipcau.office.planning.living import Wish, take_step
from nhipcau.office.planning.templates import make_template
from nhipcau.org.view import TreeView
from nhipcau.planning.life import Step
from nhipcau.planning.lineup import Mcu
from nhipcau.planning.planfile import first_session
from nhipcau.planning.workdays import vietnam_calendar
from nhipcau.ports.clock import Clock
from nhipcau.ports.plans import UnknownPlanError
from nhipcau.quantities import Bitrate, McuName
from nhipcau.settings import DemoMcu, DemoSettings

_HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
_SESSION = datetime(2024, 1, 25, 8, tzinfo=_HANOI)
_MCU_MBPS = 1_000_000
# Invented, like all of the demo's inventory.
_DISTRICT_LINE = Bitrate(300 * _MCU_MBPS)
_ROOT_LINE = Bitrate(1000 * _MCU_MBPS)


@dataclass(frozen=True, slots=True)
class _PastClock:
    """The clock as it stood when the session was planned."""

    at: datetime

    def now_s(self) -> float:
        return self.at.timestamp()

    def wall_s(self) -> float:
        return self.at.timestamp()


def plan_demo(desk: Desk, demo: DemoSettings) -> None:
    """Plan the first session and approve it, if that was not done before; it is live now.

    Raises:
        StoreError: it can't be kept.
        PlanFileError: the tree is not that of the model province.
    """
    _settle_mcus(desk, demo)
    try:
        desk.plans.load(demo.conference)
    except UnknownPlanError:
        _plan(desk, demo)


def _plan(desk: Desk, demo: DemoSettings) -> None:
    secretary, chair = _person(demo, Role.SECRETARY), _person(demo, Role.CHAIR)
    operator = _person(demo, Role.OPERATOR)
    written = _on(desk, 17, 9)
    view = desk.units.current().as_of(_SESSION.date())
    for unit, contacts in _contacts(view):
        put_contacts(written, _kept_by(demo), unit, contacts, None)
    keep_plan(written, secretary, first_session(view), meeting=demo.conference)
    _step(written, demo, secretary, Step.SUBMIT)
    _step(_on(desk, 18, 15), demo, chair, Step.APPROVE)
    make_template(_on(desk, 18, 16), secretary, demo.conference, "Hội nghị trực tuyến ba cấp")
    mark_invited(_on(desk, 19, 10), secretary, demo.conference, "27/GM-UBND")
    for task, day, hour in (("t1", 19, 10), ("t2", 22, 16), ("t4", 24, 16), ("t5", 25, 6)):
        check_off(_on(desk, day, hour), operator, demo.conference, Check(task, True))
    _step(_on(desk, 25, 7), demo, operator, Step.START)


def _step(desk: Desk, demo: DemoSettings, author: Author, step: Step) -> None:
    seen = desk.plans.load(demo.conference).head.revision
    take_step(desk, author, demo.conference, Wish(step, seen))


def _on(desk: Desk, day: int, hour: int) -> Desk:
    """Return the desk on a day of January 2024."""
    clock: Clock = _PastClock(_SESSION.replace(day=day, hour=hour))
    return replace(desk, clock=clock, calendar=vietnam_calendar())


def _person(demo: DemoSettings, role: Role) -> Author:
    """Return the demo's account that has a role over the province, or one of that name."""
    account = next((one for one in demo.accounts if role in one.roles), None)
    login = role.value if account is None else account.login
    name = "" if account is None else account.name
    grant = Grant(GrantId(f"demo-{role.value}"), role, None)
    return Author(Actor(ActorKind.ACCOUNT, AccountId(login), login, (grant,)), "local", name)


def _kept_by(demo: DemoSettings) -> Author:
    return _person(demo, Role.SECRETARY)


def _settle_mcus(desk: Desk, demo: DemoSettings) -> None:
    """Write the province's inventory; addresses are those of this start."""
    operator, line_up = _person(demo, Role.OPERATOR), list(_line_up(desk.view(), demo))
    known = {mcu.name: mcu for mcu in mcus(desk)}
    for mcu in line_up:
        # Whoever stands in for another must be known before.
        if mcu.backup and mcu.name not in known:
            put_mcu(desk, operator, replace(mcu, backup=""), None)
    for mcu in sorted(line_up, key=lambda one: bool(one.backup)):
        if known.get(mcu.name) != mcu:
            put_mcu(desk, operator, mcu, None)


def _line_up(view: TreeView, demo: DemoSettings) -> Iterator[Mcu]:
    runs = {one.name: one for one in demo.mcus}
    root, spare = demo.mcus[0].name, McuName("mcu-du-phong")
    yield _as_it_runs(
        Mcu(root, "MCU tỉnh", cores=4, line_bps=_ROOT_LINE, backup=spare), runs.get(root)
    )
    for version in view.units.values():
        if version.level == "district":
            name = McuName(f"mcu-{version.code}")
            yield _as_it_runs(
                Mcu(
                    name,
                    f"MCU {version.name}",
                    serves=version.unit,
                    uplink=root,
                    line_bps=_DISTRICT_LINE,
                    max_sites=40,
                ),
                runs.get(name),
            )
    standing_by = Mcu(spare, "MCU dự phòng", cores=4, line_bps=_ROOT_LINE, spare=True)
    yield _as_it_runs(standing_by, runs.get(spare))


def _as_it_runs(mcu: Mcu, runs: DemoMcu | None) -> Mcu:
    """Return an MCU of the inventory with the address of this start; None: it is off."""
    if runs is None:
        return mcu
    return replace(mcu, url=runs.url, front=runs.front, backup=runs.backup or mcu.backup)


def _contacts(view: TreeView) -> Iterator[tuple[str, list[Contact]]]:
    """Yield made-up contacts of the units of the demo, by the file of the package."""
    text = files("nhipcau.planning").joinpath("data/demo-contacts.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        version = view.by_code.get(row["code"])
        if version is not None:
            contact = Contact(name=row["name"], duty=row["duty"], phone=row["phone"])
            yield version.unit, [contact]
