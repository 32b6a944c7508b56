"""The office process: planning plane, its API and its pages."""

import asyncio
import contextlib
import secrets
import socket
from dataclasses import replace
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nhipcau.app.buslink import OpenBus, open_bus
from nhipcau.app.children import say_ready, until_told_to_stop
from nhipcau.app.clock import SystemClock
from nhipcau.app.directing import telling_directory, with_bells
from nhipcau.app.eventing import gathering_events
from nhipcau.app.httpserver import bind_tcp, serving
from nhipcau.app.office_audit import office_audit
from nhipcau.app.office_needs import database_and_bus, tell_again, until_there
from nhipcau.app.people import open_people, settle_demo
from nhipcau.app.planning import Briefer, Office, planning
from nhipcau.app.reporting import reporting
from nhipcau.app.unit_tree import fill_demo, open_office_tree
from nhipcau.office.admitting import Doors
from nhipcau.office.directory import DirectoryPublisher
from nhipcau.office.drills import drill_lines
from nhipcau.office.enrolment import Enrolment
from nhipcau.office.exporting import Almanac, Exporter, Marks
from nhipcau.office.inviting import Inviting
from nhipcau.office.links import LinkMaker
from nhipcau.office.meetings import Meeting, MeetingBook
from nhipcau.office.observing import McuObserver
from nhipcau.office.placing import Addresses, Placer
from nhipcau.office.planning.desk import Desk
from nhipcau.office.planning.printed import marks_of
from nhipcau.office.reforms import Reforms, naming_meetings, naming_plans
from nhipcau.office.sitenames import SiteNames
from nhipcau.office.tokens import TokenIssuer
from nhipcau.office.tree import UnitTree, today
from nhipcau.office.whereabouts import Whereabouts
from nhipcau.papers.press import Press
from nhipcau.ports.clock import Clock
from nhipcau.ports.eventstore import EventStore
from nhipcau.ports.reforms import ReformStore
from nhipcau.settings import DemoSettings, OfficeSettings
from nhipcau.storage.database import open_database, sqlite_url
from nhipcau.storage.sqldevices import SqlDeviceStore, SqlGuestStore
from nhipcau.web.emergency_api import EmergencyParts
from nhipcau.web.metrics import Family, Sample
from nhipcau.web.office_app import OfficeParts, office_app
from nhipcau.web.paced import Pacer
from nhipcau.web.plan_parts import PlanningParts
from nhipcau.web.room_parts import RoomParts
from nhipcau.web.tree_api import TreeParts

# As long as the demo's links are good.
_DEMO_S = 16 * 3600
_SECRET_BYTES = 32


async def run_office(settings: OfficeSettings) -> None:
    """Run the office until told to stop; it waits for its database and its bus."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    listener = bind_tcp(settings.bind, settings.port)
    async with open_bus(settings.bus, "office", found=True) as bus:
        if await until_there(database_and_bus(_database_url(settings), bus.link)):
            await _serve(settings, bus, listener)


async def _serve(settings: OfficeSettings, bus: OpenBus, listener: socket.socket) -> None:
    """Run the office, whose database and bus are there, until told to stop."""
    clock = SystemClock()
    key = _token_key(settings.data_dir / "token-key.pem")
    issuer = TokenIssuer(key)
    async with contextlib.AsyncExitStack() as stack:
        units, reforms = await asyncio.to_thread(_open_units, settings)
        audit = await stack.enter_async_context(
            office_audit(settings, _database_url(settings), bus.bus)
        )
        people = open_people(_database_url(settings), units, audit.trail)
        sign_in_links = await asyncio.to_thread(
            settle_demo, people, settings.demo, _secret(settings.data_dir / "doors-secret")
        )
        doors = await asyncio.to_thread(_open_doors, settings, listener)
        addresses = _addresses(bus, issuer.public_key_pem(), doors, clock)
        for store in (doors.devices, units.store, people.accounts):
            stack.callback(store.close)
        desk = await stack.enter_async_context(
            planning(settings, _database_url(settings), Office(units, audit.trail, clock))
        )
        adjust = partial(_demo_now, settings.demo, int(clock.wall_s()))
        briefer = Briefer(desk, addresses.book, addresses.whereabouts, adjust)
        if not await until_there({"the registry": briefer.all}):
            return
        observer = _speak_with_mcus(stack, briefer, McuObserver(bus.bus, clock))
        events = await stack.enter_async_context(
            gathering_events(_database_url(settings), bus.bus, addresses.book)
        )
        links = LinkMaker(issuer, clock, addresses.url)
        directory = await stack.enter_async_context(
            telling_directory(desk, doors, key, bus.registry)
        )
        again = tell_again(bus.link, partial(_tell_all, briefer, directory))
        stack.callback(asyncio.create_task(again, name="telling again").cancel)
        rooms = with_bells(_rooms(doors, links, desk, addresses), directory)
        parts = OfficeParts(
            book=addresses.book,
            links=links,
            observer=observer,
            ready=lambda: bus.link.connected,
            metrics=lambda: [*_metrics(observer), *audit.metrics(), *events.metrics()],
            tree=TreeParts(units, lambda: today(clock)),
            reforms=_reforms(desk, reforms, addresses.book),
            rooms=rooms,
            planning=_planning_parts(desk, doors, briefer, rooms),
            people=people,
            audit=audit.log,
            sign_in_links=sign_in_links,
            exports=_exports(desk, events.store),
            reports=reporting(
                desk, events.store, settings.data_dir, examples=settings.demo is not None
            ),
            emergency=EmergencyParts(directory.maker, directory.poke),
            demo=settings.demo.conference if settings.demo else None,
        )
        await stack.enter_async_context(serving(office_app(parts), listener))
        say_ready({"port": listener.getsockname()[1]})
        await until_told_to_stop()


async def _tell_all(briefer: Briefer, directory: DirectoryPublisher) -> None:
    """Put all that the MCUs are told into the registry, whether it was told before or not.

    Raises:
        BusError, StoreError: a part of it may be there.
    """
    await briefer.all()
    directory.forget()
    await directory.tell()


def _addresses(bus: OpenBus, key_pem: str, doors: Doors, clock: Clock) -> Addresses:
    """Return where meetings are, with the book of those that the MCUs are told of."""
    whereabouts = Whereabouts(bus.bus, clock)
    placer = Placer(whereabouts, clock)
    book = MeetingBook(bus.registry, key_pem, doors, clock, placer)
    return Addresses(book, placer, whereabouts)


def _speak_with_mcus(
    stack: contextlib.AsyncExitStack, briefer: Briefer, observer: McuObserver
) -> McuObserver:
    """Listen to the MCUs, with the observer, until the stack is left."""
    works = (observer.run, briefer.whereabouts.run, briefer.hear_ends, briefer.follow_places)
    for run in works:
        stack.callback(asyncio.create_task(run()).cancel)
    return observer


def _rooms(doors: Doors, links: LinkMaker, desk: Desk, addresses: Addresses) -> RoomParts:
    return RoomParts(
        enrolment=Enrolment(doors.devices, desk.clock, doors.secret),
        inviting=Inviting(doors.guests, links, desk.clock),
        book=addresses.book,
        names=SiteNames(desk.units, desk.clock),
        clock=desk.clock,
        audit=desk.trail,
        addresses=addresses,
    )


def _reforms(desk: Desk, kept: ReformStore, book: MeetingBook) -> Reforms:
    return Reforms(
        desk.units,
        kept,
        desk.clock,
        lambda came: (*naming_meetings(book, came), *naming_plans(desk.plans, came)),
    )


def _planning_parts(desk: Desk, doors: Doors, briefer: Briefer, rooms: RoomParts) -> PlanningParts:
    pacer = Pacer(desk.vault, desk.clock)
    return PlanningParts(desk, doors.secret, briefer.publish, briefer.room_for, rooms, pacer)


def _exports(desk: Desk, events: EventStore) -> Exporter:
    almanac = Almanac(desk.rules, desk.calendar)

    def marks(meeting: str) -> Marks:
        return replace(marks_of(desk, meeting), drills=drill_lines(desk, events, meeting))

    return Exporter(desk.plans, desk.units, Press(), almanac, marks)


def _demo_now(demo: DemoSettings | None, now_s: int, meeting: Meeting) -> Meeting:
    """Return a meeting as it is; the demo's session, planned for 2024, began with this office."""
    if demo is None or meeting.meeting != demo.conference:
        return meeting
    return replace(meeting, starts_s=now_s, ends_s=now_s + _DEMO_S)


def _open_units(settings: OfficeSettings) -> tuple[UnitTree, ReformStore]:
    units, reforms = open_office_tree(_database_url(settings))
    if settings.demo is not None:
        fill_demo(units)
    return units, reforms


def _open_doors(settings: OfficeSettings, listener: socket.socket) -> Doors:
    """Return who may come in; pages of the office's own origins may dial the MCUs."""
    engine = open_database(_database_url(settings))
    port = listener.getsockname()[1]
    host = f"[{settings.bind}]" if ":" in settings.bind else settings.bind
    hosts = (host, "localhost") if settings.bind in ("127.0.0.1", "::1") else (host,)
    origins = settings.origins or tuple(f"http://{name}:{port}" for name in hosts)
    return Doors(
        SqlDeviceStore(engine),
        SqlGuestStore(engine),
        _secret(settings.data_dir / "doors-secret"),
        origins,
    )


def _secret(path: Path) -> bytes:
    """Return the office's secret, made at its first start and kept readable by us alone."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(_SECRET_BYTES))
    return path.read_bytes()


def _database_url(settings: OfficeSettings) -> str:
    return settings.database_url or sqlite_url(settings.data_dir / "office.db")


def _token_key(path: Path) -> Ed25519PrivateKey:
    """Return the office's signing key, made at its first start and kept readable by us alone."""
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)
        return key
    fresh = Ed25519PrivateKey.generate()
    path.touch(mode=0o600)
    path.write_bytes(
        fresh.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return fresh


def _metrics(observer: McuObserver) -> list[Family]:
    alive = observer.alive()
    mcus = {status.mcu for status in alive}
    # A root knows those behind its leaves, too.
    roots = [status for status in alive if status.role == "root"]
    present = [
        Sample(sum(s.sites_present for s in roots if s.mcu == name), {"mcu": name})
        for name in sorted({status.mcu for status in roots})
    ]
    return [
        Family("office_mcus_alive", "MCUs heard within 3.5 s", False, [Sample(len(mcus))]),
        Family("office_sites_present", "sites present, as the MCU says", False, present),
    ]
