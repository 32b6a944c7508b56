"""What meeting this way saved: from data alone, and whoever is not counted is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.quantities import SiteId
from nhipcau.report.attending import Attendance, Standing
from nhipcau.report.examples import example_rates, example_roads
from nhipcau.report.roads import BadDistancesError, Roads, read_roads
from nhipcau.report.savings import BadRatesError, Rates, read_rates, savings_of

RATES = Rates(
    example=False,
    source="Quyết định thử",
    currency="đồng",
    delegates=2,
    seats=4,
    minutes_per_km=2.0,
    cost_per_km=1000,
    cost_per_person_hour=10_000,
)
HALL, NEAR, FAR, ISLAND = (SiteId(name) for name in ("56", "568", "22633", "22486"))


def attended(site: SiteId, delegates: int | None = None, came: bool = True) -> Attendance:
    standing = Standing.PRESENT if came else Standing.ABSENT
    row = Attendance(site, f"Xã {site}", "commune", None, False, standing, 1, None, 1, 0, 0, 0, 0)
    return replace(row, delegates=delegates)


def test_the_way_leads_over_as_many_roads_as_it_takes_and_both_ways() -> None:
    roads = read_roads("site,to,km\n22633,568,30\n568,56,10,\n".replace("10,", "10").encode())
    assert roads.from_room(HALL) == {HALL: 0, NEAR: 10, FAR: 40}
    assert roads.from_room(FAR)[HALL] == 40
    short = read_roads(b'site,to,km\n22633,568,30\n568,56,10\n22633,56,"35,5"\n')
    assert short.from_room(HALL)[FAR] == 35.5


def test_rooms_of_one_building_have_no_way_between_them() -> None:
    roads = Roads({NEAR: {HALL: 10.0}, HALL: {NEAR: 10.0}}).with_shared([[HALL, FAR], [ISLAND]])
    assert roads.from_room(FAR) == {FAR: 0, HALL: 0, NEAR: 10}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "columns"),
        ("code,to,km\n", "columns"),
        ("site,to,km\na,b\n\nc,,3\nd,e,-1\nf,g,nan\n", "line 2.*line 4.*line 5.*line 6"),
        ("site,to,km\na,b,9999\n", "line 2"),
    ],
)
def test_a_file_of_distances_names_its_bad_lines(text: str, said: str) -> None:
    with pytest.raises(BadDistancesError, match=said):
        read_roads(text.encode())
    with pytest.raises(BadDistancesError):
        read_roads(text.encode() + b"\xff")


def test_cars_kilometres_hours_and_cost_follow_from_people_and_distance() -> None:
    rows = [attended(HALL, 9), attended(NEAR, 5), attended(FAR), attended(ISLAND)]
    saved = savings_of(rows, {HALL: 0.0, NEAR: 10.0, FAR: 40.0}, RATES)
    assert [(row.site, row.delegates, row.asked, row.cars) for row in saved.rows] == [
        (NEAR, 5, True, 2),
        (FAR, 2, False, 1),
    ]
    assert saved.trips == 3
    assert saved.km == 2 * (10 * 2 + 40 * 1)
    assert saved.person_hours == 2 * (10 * 5 + 40 * 2) * 2 / 60 == 8.7 or saved.person_hours == 8.7
    assert saved.cost == round(120 * 1000 + 2 * 130 * 2 / 60 * 10_000)
    assert saved.uncounted == ("Xã 22486",)


def test_who_was_absent_saved_no_journey() -> None:
    saved = savings_of([attended(NEAR, came=False)], {NEAR: 10.0}, RATES)
    assert (saved.rows, saved.uncounted, saved.cost) == ((), (), 0)


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), max_size=20))
def test_more_people_never_save_less(people: list[tuple[int, bool]]) -> None:
    sites = [SiteId(str(place)) for place in range(len(people))]
    km = {site: float(place) for place, site in enumerate(sites)}
    rows = [attended(site, count, came) for site, (count, came) in zip(sites, people, strict=True)]
    more = [replace(row, delegates=(row.delegates or 0) + 1) for row in rows]
    assert savings_of(rows, km, RATES).cost <= savings_of(more, km, RATES).cost


GOOD = b"""
example = false
source = "x"
currency = "d"
delegates = 2
seats = 4
minutes_per_km = 1.5
cost_per_km = 6000
cost_per_person_hour = 50000
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"seats = 4", b"", "seats"),
        (b"seats = 4", b"seats = 0", "seats"),
        (b"seats = 4", b"seats = true", "seats"),
        (b"delegates = 2", b"delegates = 2.5", "delegates"),
        (b"6000", b"-1", "cost_per_km"),
        (b"6000", b"nan", "cost_per_km"),
        (b"false", b'"no"', "example"),
        (b"seats", b"seats = 4\nwheels", "wheels"),
        (b"= 4", b"", "TOML"),
    ],
)
def test_rates_that_are_none_are_refused_by_name(old: bytes, new: bytes, said: str) -> None:
    assert read_rates(GOOD).minutes_per_km == 1.5
    with pytest.raises(BadRatesError, match=said):
        read_rates(GOOD.replace(old, new))


def test_the_examples_say_that_they_are_examples_and_reach_all_rooms_but_two() -> None:
    assert example_rates().example
    assert "trình diễn" in example_rates().source
    assert len(example_roads().from_room(HALL)) == 145 - 2
