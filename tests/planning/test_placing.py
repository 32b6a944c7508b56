"""Which MCUs make up a meeting, and who stands in for whom there."""

from dataclasses import replace

from nhipcau.planning.lineup import Mcu, stand_ins
from nhipcau.planning.placing import Placed, Serving, placed, uplink
from nhipcau.quantities import McuName, SiteId

ROOT, SPARE, COAST, HILLS = (McuName(name) for name in ("root", "spare", "coast", "hills"))
HOMES = {
    SiteId("hall"): ROOT,
    SiteId("c1"): COAST,
    SiteId("c2"): COAST,
    SiteId("h1"): HILLS,
}
SERVING = Serving(
    homes=HOMES,
    standins={ROOT: (SPARE,), COAST: (HILLS, ROOT), HILLS: (COAST, ROOT)},
    room={ROOT: 100, COAST: 3, HILLS: 3},
)
ALL = {ROOT, SPARE, COAST, HILLS}


def test_mcus_with_sites_are_leaves_and_districts_stand_in_for_each_other() -> None:
    assert placed(SERVING, ROOT, ALL) == Placed(SPARE, {COAST: HILLS, HILLS: COAST})


def test_an_mcu_that_is_off_has_no_part_and_stands_in_for_nobody() -> None:
    assert placed(SERVING, ROOT, {ROOT, SPARE, COAST}) == Placed(SPARE, {COAST: McuName("")})
    assert placed(SERVING, ROOT, {ROOT}) == Placed()


def test_whoever_has_no_room_for_the_sites_of_another_does_not_stand_in() -> None:
    tight = replace(SERVING, room={COAST: 2, HILLS: 2})
    assert placed(tight, ROOT, ALL).leaves == {COAST: "", HILLS: ""}


def test_a_standby_has_no_rooms_and_stands_in_for_no_leaf() -> None:
    both = replace(SERVING, standins={ROOT: (COAST, SPARE), COAST: (SPARE, HILLS)})
    made = placed(both, ROOT, ALL)
    assert made.standby == SPARE
    assert made.leaves == {COAST: HILLS, HILLS: ""}


def test_a_spare_that_stands_in_for_a_leaf_is_a_leaf_without_rooms() -> None:
    named = replace(SERVING, standins={COAST: (SPARE,)})
    made = placed(named, ROOT, ALL)
    assert (made.standby, made.leaves) == ("", {COAST: SPARE, HILLS: "", SPARE: ""})


def test_a_leaf_hangs_below_the_next_one_above_it_that_has_a_part() -> None:
    wards, none = McuName("wards"), McuName("")
    tree = replace(SERVING, uplinks={COAST: ROOT, HILLS: COAST, wards: HILLS})
    leaves = {COAST, HILLS, wards}
    assert uplink(tree, ROOT, wards, leaves) == HILLS
    assert uplink(tree, ROOT, wards, leaves - {HILLS}) == COAST
    assert uplink(tree, ROOT, COAST, leaves) == none
    # Of a meeting of its own the district is root, whatever is above it.
    assert uplink(tree, COAST, HILLS, {HILLS, ROOT}) == none
    ring = replace(SERVING, uplinks={COAST: HILLS, HILLS: COAST})
    assert uplink(ring, ROOT, COAST, {COAST}) == none


def test_a_district_that_chairs_is_root_of_its_own_meeting() -> None:
    own = Serving(homes={SiteId("c1"): COAST, SiteId("c2"): COAST}, standins=SERVING.standins)
    assert placed(own, COAST, ALL) == Placed(HILLS, {})


def test_the_meeting_says_who_stands_in_and_else_the_inventory() -> None:
    known = [Mcu(ROOT, "Tỉnh", backup=SPARE), Mcu(COAST, "Biển", backup=ROOT), Mcu(HILLS, "Núi")]
    assert stand_ins(known, {COAST: (HILLS, ROOT)}) == {ROOT: (SPARE,), COAST: (HILLS, ROOT)}
