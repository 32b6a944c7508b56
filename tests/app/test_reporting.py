"""An installation's own rates and distances: read for each report, refused with their name."""

from pathlib import Path

import pytest

from nhipcau.app.reporting import DISTANCES, RATES, yardstick_of
from nhipcau.quantities import SiteId

GOOD = """
example = false
source = "Quyết định thử"
currency = "đồng"
delegates = 3
seats = 4
minutes_per_km = 1.5
cost_per_km = 6000
cost_per_person_hour = 50000
"""


def test_without_files_a_demo_has_examples_and_an_installation_nothing(tmp_path: Path) -> None:
    shown = yardstick_of(tmp_path, examples=True)()
    assert shown.rates is not None
    assert shown.rates.example
    bare = yardstick_of(tmp_path, examples=False)()
    assert (bare.rates, bare.trouble) == (None, "")


def test_what_is_written_into_the_files_holds_for_the_next_report(tmp_path: Path) -> None:
    read = yardstick_of(tmp_path, examples=True)
    (tmp_path / RATES).write_text(GOOD, encoding="utf-8")
    first = read()
    assert first.rates is not None
    assert (first.rates.example, first.rates.delegates) == (False, 3)
    assert first.roads.from_room(SiteId("56")) == {"56": 0}
    (tmp_path / DISTANCES).write_text("site,to,km\n568,56,3\n", encoding="utf-8")
    assert read().roads.from_room(SiteId("56")) == {"56": 0, "568": 3}


@pytest.mark.parametrize(("name", "text"), [(RATES, "seats = 4"), (DISTANCES, "a,b\n")])
def test_a_file_that_can_not_be_used_is_named_and_nothing_is_worked_out(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / RATES).write_text(GOOD, encoding="utf-8")
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = yardstick_of(tmp_path, examples=True)()
    assert found.rates is None
    assert found.trouble.startswith(f"{name}: ")
