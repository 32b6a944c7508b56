"""Who is in which cell."""

import pytest

from nhipcau.conference import commands as c
from nhipcau.conference import decide
from nhipcau.conference.arrange import AUTO_CHOICE, arrange, arrange_returns, choose_layout
from nhipcau.picture.layout import shipped_layouts
from nhipcau.quantities import ConferenceId, SiteId

from .geometry import LAYOUT_TABLE, plan
from .meeting import (
    CHAIR,
    GIANG_LY,
    HALL,
    KHANH_VINH,
    LAYOUTS,
    NHA_TRANG,
    SITES,
    Meeting,
    opened,
    seat,
)


def crowd(count: int) -> Meeting:
    """Return a meeting of `count` present sites, the hall first."""
    sites = tuple(SiteId(str(number)) for number in range(count))
    rows = tuple(c.RosterRow(site, f"Điểm cầu {site}", "commune") for site in sites)
    meeting = Meeting()
    meeting.does(c.Open(ConferenceId("k"), "K", sites[0], LAYOUTS, rows))
    meeting.joins(*sites)
    return meeting


def shown(meeting: Meeting, page: int = 0) -> tuple[str, tuple[SiteId | None, ...]]:
    arrangement = arrange(meeting.state, LAYOUT_TABLE, page)
    return arrangement.shown, arrangement.cells


def test_auto_without_a_floor_takes_the_smallest_grid_that_holds_everyone() -> None:
    for count, name in ((1, "2x2"), (4, "2x2"), (5, "3x3"), (10, "4x4"), (40, "4x4")):
        assert choose_layout(crowd(count).state, LAYOUT_TABLE) == name


def test_auto_with_one_speaker_shows_the_speaker_large() -> None:
    for count, name in ((1, "speaker"), (2, "duo"), (3, "1+2"), (4, "1+7"), (40, "1+7")):
        meeting = crowd(count)
        meeting.does(c.GiveFloor(CHAIR, SiteId(str(count - 1))))
        assert choose_layout(meeting.state, LAYOUT_TABLE) == name
        assert shown(meeting)[1][0] == str(count - 1)


def test_auto_with_two_speakers_is_a_duo() -> None:
    meeting = opened(HALL, GIANG_LY, NHA_TRANG)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY, beside=True))
    assert shown(meeting) == ("duo", (NHA_TRANG, GIANG_LY))


def test_a_named_layout_stands_whoever_speaks() -> None:
    meeting = opened(HALL, GIANG_LY, NHA_TRANG)
    meeting.does(c.SetLayout(CHAIR, "1+2"))
    assert shown(meeting) == ("1+2", (HALL, NHA_TRANG, GIANG_LY))
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    assert shown(meeting) == ("1+2", (GIANG_LY, HALL, NHA_TRANG))


def test_in_a_grid_speakers_come_first_then_the_chair_then_the_roster() -> None:
    meeting = opened(HALL, NHA_TRANG, KHANH_VINH, GIANG_LY)
    meeting.does(c.SetLayout(CHAIR, "3x3"))
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY))
    assert shown(meeting)[1] == (GIANG_LY, HALL, NHA_TRANG, KHANH_VINH, *[None] * 5)


def test_a_chair_who_speaks_stands_in_one_cell_only() -> None:
    meeting = opened(HALL, NHA_TRANG, KHANH_VINH)
    meeting.does(c.SetLayout(CHAIR, "1+2"))
    meeting.does(c.GiveFloor(CHAIR, HALL))
    assert shown(meeting)[1] == (HALL, NHA_TRANG, KHANH_VINH)


def test_the_role_of_a_cell_counts_more_than_its_place() -> None:
    meeting = opened(HALL, NHA_TRANG, KHANH_VINH)
    meeting.does(c.GiveFloor(CHAIR, KHANH_VINH))
    odd = {"odd": plan("poll", "chair", "beside", "floor")}
    assert arrange(meeting.state, odd).cells == (NHA_TRANG, HALL, None, KHANH_VINH)


def test_polling_shows_everyone_once_and_keeps_the_pinned() -> None:
    meeting = crowd(40)
    speaker = SiteId("39")
    meeting.does(c.GiveFloor(CHAIR, speaker))
    meeting.does(c.SetLayout(CHAIR, "4x4"))
    arrangement = arrange(meeting.state, LAYOUT_TABLE)
    assert arrangement.pages == 3
    turns = [arrange(meeting.state, LAYOUT_TABLE, page).cells for page in range(3)]
    assert all(cells[:2] == (speaker, "0") for cells in turns)
    polled = [site for cells in turns for site in cells[2:] if site is not None]
    assert polled == [str(number) for number in range(1, 39)]
    assert arrange(meeting.state, LAYOUT_TABLE, 3).cells == turns[0]


def test_a_layout_too_small_for_the_pinned_shows_the_speaker() -> None:
    meeting = opened(HALL, NHA_TRANG)
    meeting.does(c.SetLayout(CHAIR, "speaker"))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    assert shown(meeting, page=7) == ("speaker", (NHA_TRANG,))


def test_a_lost_speaker_and_a_lost_chair_keep_their_cells_and_others_do_not() -> None:
    meeting = opened(HALL, NHA_TRANG, KHANH_VINH)
    meeting.does(c.SetLayout(CHAIR, "1+2"))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.Restart())
    arrangement = arrange(meeting.state, LAYOUT_TABLE)
    assert arrangement.cells == (NHA_TRANG, HALL, None)
    assert arrangement.is_shown(HALL)
    assert not arrangement.is_shown(KHANH_VINH)
    meeting.does(c.SiteJoined(KHANH_VINH, seat(KHANH_VINH, 2), capture=True))
    assert arrange(meeting.state, LAYOUT_TABLE).cells == (NHA_TRANG, HALL, KHANH_VINH)


def test_a_layout_that_this_mcu_does_not_have_is_treated_as_auto() -> None:
    meeting = opened(HALL)
    meeting.does(c.SetLayout(CHAIR, "1+8"))
    few = {name: LAYOUT_TABLE[name] for name in ("2x2", "duo")}
    assert arrange(meeting.state, few).shown == "2x2"
    assert decide(meeting.state, c.SetLayout(CHAIR, "1+8"), 0.0)


def test_auto_chooses_among_the_layouts_that_are_shipped() -> None:
    shipped = shipped_layouts()
    assert {name for names in AUTO_CHOICE for name in names} <= set(shipped)


@pytest.mark.parametrize("name", sorted(shipped_layouts()))
@pytest.mark.parametrize("holders", [0, 1, 2])
@pytest.mark.parametrize("count", [2, 3, 9, 40])
def test_a_shipped_layout_shows_nobody_twice_and_holders_in_their_cells(
    name: str, holders: int, count: int
) -> None:
    meeting = crowd(count)
    meeting.does(c.SetLayout(CHAIR, name))
    for number in range(count - holders, count):
        meeting.does(c.GiveFloor(CHAIR, SiteId(str(number)), beside=True))
    regions = shipped_layouts()[name].regions
    pages = arrange(meeting.state, shipped_layouts()).pages
    for page in range(pages + 1):
        cells = arrange(meeting.state, shipped_layouts(), page).cells
        seated = [site for site in cells if site is not None]
        assert len(seated) == len(set(seated))
        assert len(seated) == len(cells) or len(seated) >= min(count, 1 + holders)
        roles = {region.role.value: site for region, site in zip(regions, cells, strict=True)}
        for role, site in zip(("floor", "beside"), meeting.state.floor, strict=False):
            assert roles.get(role, site) == site
        if not holders:
            assert cells[0] == meeting.state.chair_site


def returns(meeting: Meeting) -> dict[SiteId, tuple[str, tuple[SiteId | None, ...]]]:
    program = arrange(meeting.state, LAYOUT_TABLE)
    seen = arrange_returns(meeting.state, LAYOUT_TABLE, program)
    return {holder: (one.shown, one.cells) for holder, one in seen.items()}


def test_the_holder_of_the_floor_sees_the_chair_large_and_not_itself() -> None:
    meeting = opened(HALL, NHA_TRANG, GIANG_LY, KHANH_VINH)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    name, cells = returns(meeting)[NHA_TRANG]
    assert (name, cells[0]) == ("1+2", HALL)
    assert set(cells) == {HALL, GIANG_LY, KHANH_VINH}


def test_a_return_view_of_two_is_the_chair_alone() -> None:
    meeting = opened(HALL, NHA_TRANG)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    assert returns(meeting) == {NHA_TRANG: ("speaker", (HALL,))}


def test_two_holders_see_the_chair_and_each_other() -> None:
    meeting = opened(HALL, NHA_TRANG, GIANG_LY)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.GiveFloor(CHAIR, GIANG_LY, beside=True))
    assert returns(meeting) == {
        NHA_TRANG: ("duo", (HALL, GIANG_LY)),
        GIANG_LY: ("duo", (HALL, NHA_TRANG)),
    }


def test_a_return_view_shows_nobody_whom_the_program_does_not_show_but_the_chair() -> None:
    meeting = crowd(40)
    meeting.does(c.SetLayout(CHAIR, "4x4"))
    meeting.does(c.GiveFloor(CHAIR, SiteId("39")))
    program = arrange(meeting.state, LAYOUT_TABLE)
    name, cells = returns(meeting)[SiteId("39")]
    assert (name, len(cells)) == ("1+7", 8)
    assert set(cells) <= set(program.cells)


def test_the_chair_with_the_floor_sees_the_program_itself() -> None:
    meeting = opened(HALL, NHA_TRANG)
    meeting.does(c.GiveFloor(CHAIR, HALL))
    assert returns(meeting) == {}


def test_without_the_chair_holders_see_the_program() -> None:
    meeting = opened(NHA_TRANG, GIANG_LY)
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    assert returns(meeting) == {}


def test_a_vote_is_shown_in_the_second_speakers_cell_while_nobody_stands_beside() -> None:
    meeting = opened(*SITES)
    meeting.does(c.SetLayout(CHAIR, "duo"))
    meeting.does(c.GiveFloor(CHAIR, NHA_TRANG))
    meeting.does(c.OpenVote(CHAIR, "Thông qua?", ("Có", "Không"), (KHANH_VINH,)))
    shown = arrange(meeting.state, LAYOUT_TABLE)
    assert (shown.cells, shown.board) == ((NHA_TRANG, None), 1)
    meeting.does(c.GiveFloor(CHAIR, KHANH_VINH, beside=True))
    beside = arrange(meeting.state, LAYOUT_TABLE)
    assert (beside.cells, beside.board) == ((NHA_TRANG, KHANH_VINH), None)


def test_a_layout_without_a_second_speakers_cell_has_no_place_for_a_vote() -> None:
    meeting = opened(*SITES)
    meeting.does(c.SetLayout(CHAIR, "speaker"))
    meeting.does(c.OpenVote(CHAIR, "Thông qua?", ("Có", "Không"), (KHANH_VINH,)))
    assert arrange(meeting.state, LAYOUT_TABLE).board is None
