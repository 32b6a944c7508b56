"""A synthetic site's part in a drill: it reports once, when asked, the longest that it missed."""

import json
import random

import pytest

from nhipcau.quantities import SiteId
from nhipcau.rehearsal import messages
from nhipcau.rehearsal.endpoint import Drill, Endpoint
from nhipcau.rehearsal.showing import Gaps
from nhipcau.rehearsal.spec import SiteSpec

ASKED = json.dumps({"type": "drill", "drill": 3, "age_ms": 500, "report_in_ms": 7_500})
SPEC = SiteSpec(code=SiteId("573"), name="Khánh Vĩnh", url="ws://mcu/signal", token="token")
WELCOME = json.dumps({"type": "welcome", "beat_ms": 100})


def seated() -> Endpoint:
    endpoint = Endpoint(SPEC, random.Random(1))
    endpoint.handle_open(0.0)
    endpoint.handle_text(WELCOME, 1.0)
    return endpoint


def test_a_site_reports_once_when_it_was_asked_to() -> None:
    endpoint = seated()
    endpoint.handle_text(ASKED, 10.0)
    assert endpoint.due_drill(17.4) is None
    assert endpoint.due_drill(17.5) == Drill(3, began_s=9.5, due_s=17.5)
    assert endpoint.due_drill(17.6) is None


def test_a_site_that_was_lost_reports_from_where_it_is_seated_then() -> None:
    endpoint = seated()
    endpoint.handle_text(ASKED, 10.0)
    endpoint.handle_lost()
    assert endpoint.due_drill(18.0) is None
    endpoint.handle_open(18.1)
    endpoint.handle_text(WELCOME, 18.2)
    assert endpoint.due_drill(18.3) == Drill(3, began_s=9.5, due_s=17.5)


def test_what_it_says_is_in_milliseconds() -> None:
    said = json.loads(messages.drilled(3, 230, 310))
    assert said == {"type": "drilled", "drill": 3, "sound_ms": 230, "picture_ms": 310}


def gaps(*at_s: float) -> Gaps:
    found = Gaps()
    for one in at_s:
        found.note(one)
    return found


@pytest.mark.parametrize(
    ("marks", "since_s", "now_s", "missed_s"),
    [
        ((), 0.0, 9.0, 0.0),
        ((0.0, 0.2, 0.4), 0.0, 0.5, 0.0),
        ((0.0, 0.5, 0.6, 1.4), 0.0, 1.5, 0.8),
        # Over before the drill, begun just before it, and going on.
        ((0.0, 0.9, 1.0, 1.1), 1.0, 1.2, 0.0),
        ((0.9, 1.5), 1.0, 1.6, 0.6),
        ((0.0, 0.1), 0.05, 5.1, 5.0),
    ],
)
def test_the_longest_pause_that_was_not_over_counts(
    marks: tuple[float, ...], since_s: float, now_s: float, missed_s: float
) -> None:
    assert gaps(*marks).missed_s(since_s, now_s) == pytest.approx(missed_s)


@pytest.mark.parametrize(
    ("marks", "at_s", "flowed"),
    [
        ((), 1.0, False),
        ((0.9, 1.0, 1.1), 1.05, True),
        ((0.0, 0.1), 1.0, False),
        ((0.0, 5.0), 4.0, False),
        ((3.8, 5.0), 4.0, True),
        ((2.0, 2.1), 1.0, False),
    ],
)
def test_what_came_just_before_a_moment_was_coming_then(
    marks: tuple[float, ...], at_s: float, flowed: bool
) -> None:
    assert gaps(*marks).flowed(at_s) is flowed
