"""Places of rows: between any two there is always room for another."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.planning.ordering import between, spread


@given(st.lists(st.integers(min_value=0, max_value=10_000), max_size=150))
def test_rows_put_anywhere_stay_in_the_order_in_which_they_were_put(spots: list[int]) -> None:
    places: list[str] = []
    for spot in spots:
        index = spot % (len(places) + 1)
        low = places[index - 1] if index else ""
        high = places[index] if index < len(places) else ""
        places.insert(index, between(low, high))
    assert all(one < other for one, other in pairwise(places))


@given(st.integers(min_value=0, max_value=1500))
def test_fresh_places_are_short_and_in_order(count: int) -> None:
    places = spread(count)
    assert len(places) == count
    assert all(one < other for one, other in pairwise(places))
    assert max((len(place) for place in places), default=1) <= 3


def test_rows_added_at_the_end_keep_short_places() -> None:
    place = ""
    for _ in range(1000):
        place = between(place, "")
    assert len(place) < 30


@pytest.mark.parametrize(("low", "high"), [("V", "V"), ("V", "3"), ("a-b", ""), ("", "ạ")])
def test_what_has_no_between_is_refused(low: str, high: str) -> None:
    with pytest.raises(ValueError, match="no place"):
        between(low, high)
