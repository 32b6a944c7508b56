"""Emergency passes over HTTP, and the directory that the MCUs are told."""

import asyncio

from nhipcau.access.roles import Role
from nhipcau.bus.memory import MemoryHub, MemoryRegistry
from nhipcau.mcu.emergency.reaching import NotCalledError, holder_of
from nhipcau.office.directory import DirectoryPublisher, fronts_of
from nhipcau.office.planning.contacts import Contact, put_contacts
from nhipcau.planning.lineup import Mcu
from nhipcau.ports.directory import Directory
from nhipcau.ports.subjects import DIRECTORY
from nhipcau.quantities import McuName, SiteId

from .people import DISTRICT, NEIGHBOUR, SECRET, Browser, House
from .planning import author

PASSES = "/emergency/passes"


def office() -> House:
    house = House()
    house.account("lanh-dao", Role.CHAIR, code=DISTRICT)
    house.account("truc", Role.OPERATOR, code=DISTRICT, secret=SECRET)
    return house


def test_a_pass_that_the_office_gave_is_good_at_an_mcu_until_it_is_taken_back() -> None:
    house = office()
    chair = Browser(house).enter("lanh-dao")
    made = chair.ask("POST", PASSES, {"site": DISTRICT, "label": "Bàn trực", "days": 30})
    assert made.status_code == 201
    fresh = made.json()
    directory = house.maker.make()
    holder = holder_of(fresh["text"], directory, house.clock.at_s)
    assert holder.site.site == DISTRICT
    assert all(one.parent == DISTRICT for one in holder.reach[1:])
    assert len(holder.reach) > 10
    # Whose text it is, is shown once.
    (listed,) = chair.ask("GET", PASSES).json()
    assert (listed["id"], listed["label"], "text" in listed) == (fresh["id"], "Bàn trực", False)
    operator = Browser(house).enter("truc")
    assert operator.ask("DELETE", f"{PASSES}/{fresh['id']}").json()["revoked_ms"]
    assert operator.ask("DELETE", f"{PASSES}/{fresh['id']}").status_code == 200
    try:
        holder_of(fresh["text"], house.maker.make(), house.clock.at_s)
    except NotCalledError as error:
        assert error.code == "pass_revoked"
    else:
        raise AssertionError("a revoked pass was taken")
    assert [one for one in house.outcomes() if one[0].startswith("emergency")] == [
        ("emergency.pass", "done"),
        ("emergency.pass_revoke", "done"),
        ("emergency.pass_revoke", "done"),
    ]


def test_nobody_gets_a_pass_beyond_the_own_subtree_or_for_what_is_not_there() -> None:
    house = office()
    chair = Browser(house).enter("lanh-dao")
    assert chair.ask("POST", PASSES, {"site": NEIGHBOUR}).status_code in (403, 404)
    assert chair.ask("POST", PASSES, {"site": "nowhere"}).status_code == 404
    sites = [one["site"] for one in chair.ask("GET", "/emergency/sites").json()]
    assert sites[0] == DISTRICT
    assert NEIGHBOUR not in sites
    assert Browser(house).enter("truc").ask("POST", PASSES, {"site": DISTRICT}).status_code == 403


def test_a_pass_that_is_over_need_not_be_carried_along() -> None:
    house = office()
    chair = Browser(house).enter("lanh-dao")
    made = chair.ask("POST", PASSES, {"site": DISTRICT, "days": 1}).json()
    chair.ask("DELETE", f"{PASSES}/{made['id']}")
    assert house.maker.make().passes_revoked == (made["id"],)
    house.clock.at_s += 2 * 86_400
    assert house.maker.make().passes_revoked == ()


def test_the_directory_has_everybody_with_telephones_and_is_told_when_it_changes() -> None:
    house = office()
    house.account("thu-ky", Role.SECRETARY)
    registry = MemoryRegistry(MemoryHub())
    publisher = DirectoryPublisher(house.maker, registry)

    async def told() -> tuple[int, Directory]:
        await publisher.tell()
        entry = await registry.get(DIRECTORY.pattern)
        assert entry is not None
        return entry.revision, Directory.model_validate_json(entry.value)

    async def scene() -> None:
        first, directory = await told()
        assert len(directory.sites) == 145
        assert directory.levels[0].key == "province"
        assert (await told())[0] == first
        contact = Contact(name="Nguyễn Văn Mẫu", phone="0258 000 111")
        unit = house.unit(DISTRICT)
        await asyncio.to_thread(
            put_contacts, house.desk, author(house, "thu-ky"), unit, [contact], None
        )
        second, directory = await told()
        assert second > first
        call = next(one.call for one in directory.sites if one.site == DISTRICT)
        assert call == "Nguyễn Văn Mẫu · 0258 000 111"

    asyncio.run(scene())


def test_a_room_waits_at_its_own_mcu_then_above_then_at_the_spare_ones() -> None:
    house = office()
    view, unit = house.maker.names.view(), house.unit(DISTRICT)
    known = [
        Mcu(McuName("spare"), "Dự phòng", spare=True, front="https://spare"),
        Mcu(McuName("root"), "Tỉnh", front="https://province"),
        Mcu(McuName("own"), "Huyện", serves=unit, front="https://own"),
        Mcu(McuName("next"), "Huyện", serves=house.unit(NEIGHBOUR), front="https://next"),
        Mcu(McuName("none"), "Không có"),
    ]
    commune = next(one.site for one in house.maker.names.all().values() if one.parent == DISTRICT)
    here = ("https://own", "https://province", "https://spare")
    assert fronts_of(view, SiteId(DISTRICT), known) == here
    assert fronts_of(view, commune, known) == here
    assert fronts_of(view, SiteId("56"), known) == ("https://province", "https://spare")
