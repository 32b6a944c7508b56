"""What the bench of a lost office makes of what it saw, and of a Janus that is not there."""

import asyncio

import pytest

from nhipcau.bench import janusback
from nhipcau.bench.ears import Heard
from nhipcau.bench.officeground import Stored
from nhipcau.bench.officeloss import Stretch, gap_figure, wrong

_ONE, _TWO, _THREE = b"1", b"2", b"3"


def stretch(picture_ms: float, sound_ms: float, deaf_ms: float = 3.0) -> Stretch:
    return Stretch(6.0, Heard(picture_ms / 1000, 0.36, sound_ms / 1000, 0, deaf_ms / 1000))


_QUIET = stretch(120.0, 40.0)


@pytest.mark.parametrize(
    ("picture_ms", "sound_ms", "longer_ms"),
    [
        (120.0, 40.0, 0.0),
        (60.0, 20.0, 0.0),
        # One picture and one packet of sound.
        (164.0, 64.0, 0.0),
        (166.0, 40.0, 46.0),
        (120.0, 66.0, 26.0),
        (320.0, 40.0, 200.0),
        (60.0, 100.0, 60.0),
        (320.0, 100.0, 200.0),
    ],
)
def test_a_gap_counts_by_what_it_was_longer_than_in_quiet(
    picture_ms: float, sound_ms: float, longer_ms: float
) -> None:
    figure = gap_figure("SQLite", _QUIET, stretch(picture_ms, sound_ms))
    assert figure.value == pytest.approx(longer_ms)
    assert figure.met is (longer_ms == 0.0)


def test_sites_that_were_deaf_themselves_prove_no_gap() -> None:
    assert gap_figure("SQLite", _QUIET, stretch(320.0, 300.0, deaf_ms=250.0)).met is None


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
