"""What the bench of a lost office makes of what it saw, and of a Janus that is not there."""

import asyncio

import pytest

from nhipcau.bench import janusback
from nhipcau.bench.officeground import Stored
from nhipcau.bench.officeloss import Gaps, wrong

_QUIET = Gaps(6.0, picture_ms=120.0, sound_ms=40.0, calls=0)
_ONE, _TWO, _THREE = b"1", b"2", b"3"


@pytest.mark.parametrize(
    ("picture_ms", "sound_ms", "longer_ms"),
    [
        (120.0, 40.0, 0.0),
        (60.0, 20.0, 0.0),
        # Sites read what came every 5 ms.
        (124.0, 44.0, 0.0),
        (320.0, 40.0, 200.0),
        (60.0, 100.0, 60.0),
    ],
)
def test_a_gap_counts_by_what_it_was_longer_than_in_quiet(
    picture_ms: float, sound_ms: float, longer_ms: float
) -> None:
    assert Gaps(6.0, picture_ms, sound_ms, 0).longer_ms(_QUIET) == longer_ms


@pytest.mark.parametrize(
    ("kept", "events"),
    [
        ((_ONE, _TWO, _THREE), 0),
        ((_ONE, _TWO), 1),
        ((), 3),
        ((_ONE, _THREE, _TWO), 2),
        ((_ONE, _TWO, _TWO, _THREE), 2),
    ],
)
def test_an_event_that_is_missing_twice_there_or_out_of_order_is_wrong(
    kept: tuple[bytes, ...], events: int
) -> None:
    stored = Stored((_ONE, _TWO, _THREE), kept)
    assert wrong(stored) == events
    assert stored.same is (events == 0)


def test_where_there_is_no_janus_its_figures_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(janusback, "missing", lambda: "needs Janus")
    figures = asyncio.run(janusback.janus_figures())
    assert [figure.name for figure in figures] == ["janus_reconnect_s_p50", "janus_reconnect_s_max"]
    assert all(figure.value is None and figure.against for figure in figures)
