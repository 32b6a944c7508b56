"""Devices, codes and guests in each kind of store."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from nhipcau.ports.devices import (
    CodeRefusedError,
    Device,
    DeviceKey,
    DeviceStore,
    JoinPolicy,
    PairingCode,
    StaleDeviceError,
)
from nhipcau.ports.guests import Guest, GuestStore
from nhipcau.quantities import ConferenceId, DeviceId, SiteId
from nhipcau.storage.database import migrate, open_database, sqlite_url
from nhipcau.storage.memorydevices import MemoryDeviceStore, MemoryGuestStore
from nhipcau.storage.sqldevices import SqlDeviceStore, SqlGuestStore

CODE = PairingCode("0" * 64, SiteId("573"), JoinPolicy.ITSELF, expires_ms=1_000)
KEY = DeviceKey("key", since_ms=500)
FRESH = Device(DeviceId("one"), SiteId(""), "Phòng họp", JoinPolicy.ASK, 500, keys=(KEY,))
GUEST = Guest(
    SiteId("guest-1"), ConferenceId("tet"), "Báo Khánh Hòa", "Bà Mẫu", "salt.hash", 1, 2_000
)
Stores = tuple[DeviceStore, GuestStore]


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    if request.param == "memory":
        yield MemoryDeviceStore(), MemoryGuestStore()
        return
    if request.param == "sqlite":
        url = sqlite_url(tmp_path / "office.db")
    else:
        fresh: Callable[[], str] = request.getfixturevalue("postgres")
        url = fresh()
    engine = open_database(url)
    migrate(engine)
    devices = SqlDeviceStore(engine)
    yield devices, SqlGuestStore(engine)
    devices.close()


@pytest.fixture
def devices(stores: Stores) -> DeviceStore:
    return stores[0]


@pytest.fixture
def guests(stores: Stores) -> GuestStore:
    return stores[1]


def test_a_code_enrols_one_device_for_its_site(devices: DeviceStore) -> None:
    devices.keep_code(CODE)
    enrolled = devices.enrol(CODE.hash, FRESH)
    assert (enrolled.site, enrolled.join) == (CODE.site, CODE.join)
    assert devices.devices() == (enrolled,)
    with pytest.raises(CodeRefusedError):
        devices.enrol(CODE.hash, replace(FRESH, device=DeviceId("two")))
    assert devices.devices() == (enrolled,)


def test_a_code_that_is_unknown_or_over_enrols_nobody(devices: DeviceStore) -> None:
    devices.keep_code(CODE)
    with pytest.raises(CodeRefusedError):
        devices.enrol("1" * 64, FRESH)
    with pytest.raises(CodeRefusedError):
        devices.enrol(CODE.hash, replace(FRESH, created_ms=1_001))
    assert devices.devices() == ()


def test_of_many_at_once_one_spends_the_code(devices: DeviceStore) -> None:
    devices.keep_code(CODE)

    def attempt(number: int) -> bool:
        try:
            devices.enrol(CODE.hash, replace(FRESH, device=DeviceId(str(number))))
        except CodeRefusedError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1
    assert len(devices.devices()) == 1


def test_a_device_is_changed_by_whoever_knows_it_as_it_is(devices: DeviceStore) -> None:
    devices.keep_code(CODE)
    before = devices.enrol(CODE.hash, FRESH)
    keys = (replace(KEY, until_ms=900), DeviceKey("new", 600))
    after = replace(before, name="Hội trường", revoked_ms=700, keys=keys)
    devices.note_seen(before.device, 650)
    devices.change(before, after)
    assert devices.devices() == (replace(after, seen_ms=650),)
    with pytest.raises(StaleDeviceError):
        devices.change(before, replace(before, name="Khác"))
    with pytest.raises(StaleDeviceError):
        devices.change(replace(before, device=DeviceId("none")), before)


def test_an_unknown_device_that_is_seen_is_passed_over(devices: DeviceStore) -> None:
    devices.note_seen(DeviceId("none"), 1)
    assert devices.devices() == ()


def test_a_guest_belongs_to_one_meeting_and_is_withdrawn_once(guests: GuestStore) -> None:
    guests.add(GUEST)
    later = replace(GUEST, site=SiteId("guest-2"), created_ms=2)
    guests.add(later)
    guests.add(replace(GUEST, site=SiteId("guest-3"), meeting=ConferenceId("other")))
    assert guests.guests(GUEST.meeting) == (GUEST, later)
    assert guests.withdraw(GUEST.site, 5)
    assert not guests.withdraw(GUEST.site, 6)
    assert not guests.withdraw(SiteId("none"), 6)
    assert guests.guests(GUEST.meeting) == (replace(GUEST, withdrawn_ms=5), later)
