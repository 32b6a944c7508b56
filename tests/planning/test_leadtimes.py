"""Lead times count working days and know the public holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhipcau.planning.editing import apply_edit
from nhipcau.planning.leadtimes import Deadline, deadlines
from nhipcau.planning.parts import parts_of, plan_of
from nhipcau.planning.plan import Plan
from nhipcau.planning.rules import shipped_rules
from nhipcau.planning.workdays import read_calendar, vietnam_calendar

from .session import edit, field, session

VIETNAM = vietnam_calendar()


def watch(plan: Plan, today: date, **done: date) -> dict[str, Deadline]:
    found = deadlines(plan, shipped_rules(), VIETNAM, done, today)
    return {one.rule.key: one for one in found}


def test_the_session_has_its_deadlines_on_these_days() -> None:
    found = watch(session(), date(2024, 1, 15))
    assert {key: one.due for key, one in found.items()} == {
        "invitation": date(2024, 1, 22),
        "papers": date(2024, 1, 23),
        "attendance": date(2024, 1, 24),
    }


@pytest.mark.parametrize(
    ("today", "done", "standing"),
    [
        (date(2024, 1, 15), None, "pending"),
        (date(2024, 1, 19), None, "soon"),
        (date(2024, 1, 22), None, "soon"),
        (date(2024, 1, 23), None, "overdue"),
        (date(2024, 1, 23), date(2024, 1, 22), "done"),
        (date(2024, 1, 23), date(2024, 1, 23), "late"),
    ],
)
def test_a_deadline_is_watched(today: date, done: date | None, standing: str) -> None:
    facts = {} if done is None else {"invitation": done}
    assert watch(session(), today, **facts)["invitation"].standing == standing


@pytest.mark.parametrize("change", [field("urgent", True), field("kind", "emergency")])
def test_an_urgent_meeting_is_excepted(change: object) -> None:
    parts = parts_of(session())
    plan = plan_of(apply_edit(parts, edit(change)))  # type: ignore[arg-type] # a change of the header
    assert {one.standing for one in watch(plan, date(2024, 1, 25)).values()} == {"excepted"}


def test_tet_is_no_working_time() -> None:
    assert VIETNAM.shift(date(2024, 2, 15), -3) == date(2024, 2, 5)
    assert VIETNAM.shift(date(2024, 2, 7), 1) == date(2024, 2, 15)


def test_a_saturday_that_makes_up_for_a_holiday_is_worked() -> None:
    assert VIETNAM.is_working(date(2024, 5, 4))
    assert VIETNAM.shift(date(2024, 4, 26), 2) == date(2024, 5, 3)
    assert VIETNAM.shift(date(2024, 5, 6), -1) == date(2024, 5, 4)


@given(
    st.dates(date(2023, 1, 1), date(2028, 1, 1)),
    st.integers(min_value=1, max_value=60),
)
def test_so_many_working_days_lie_between_as_were_asked_for(day: date, count: int) -> None:
    later = VIETNAM.shift(day, count)
    days = [day + timedelta(days=n + 1) for n in range((later - day).days)]
    assert sum(VIETNAM.is_working(one) for one in days) == count
    assert VIETNAM.is_working(later)


def test_a_calendar_with_a_bad_line_is_refused() -> None:
    with pytest.raises(ValueError, match="off or work"):
        read_calendar(["day,kind,name,source", "2024-01-01,maybe,Tết,"])
    with pytest.raises(ValueError, match="month"):
        read_calendar(["day,kind,name,source", "2024-13-01,off,Tết,"])
