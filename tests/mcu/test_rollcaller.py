"""The MCU takes the roll call: who sends a living picture and a sound is here, others are told."""

import numpy as np

from nhipcau.conference.rollcall import Doubt, Standing
from nhipcau.mcu.rollcaller import WAVE
from nhipcau.picture.frame import Picture, solid
from nhipcau.quantities import SiteId
from tests.mcu.medias import GREEN
from tests.mcu.rolls import Roll


def living(seed: int, number: int) -> Picture:
    """Return picture `number` of a room in which something moves."""
    rng = np.random.default_rng((seed, number))
    plain = solid(64, 36, GREEN)
    return Picture(rng.integers(60, 180, (36, 64), np.uint8), plain.u, plain.v)


def test_a_living_picture_with_sound_is_seen_and_the_others_are_named() -> None:
    roll = Roll("live", "frozen", "mute", "dark", "absent")
    roll.connect("live", "frozen", "mute", "dark")
    roll.call()
    still = living(9, 0)
    for number in range(40):
        roll.pass_tenth(
            pictures={
                "live": living(1, number),
                "frozen": still,
                "mute": living(2, number),
            },
            levels={"live": -40, "frozen": -41, "dark": -42},
        )
    roll.pass_seconds(22)
    state = roll.state
    found = {site: state.roll.standing(SiteId(site)) for site in roll.names}
    assert found == {
        "live": Standing.SEEN,
        "frozen": Standing.DOUBTFUL,
        "mute": Standing.DOUBTFUL,
        "dark": Standing.MISSING,
        "absent": Standing.MISSING,
    }
    assert roll.doubts("frozen") == (Doubt.FROZEN,)
    assert roll.doubts("mute") == (Doubt.NO_SOUND,)
    assert roll.doubts("dark") == (Doubt.NO_PICTURE,)
    assert state.roll.entries[SiteId("absent")].evidence is None
    assert not state.roll.runs


def test_what_was_played_in_the_last_roll_call_is_known_again() -> None:
    roll = Roll("live", "film")
    roll.connect("live", "film")
    for day in range(2):
        roll.call()
        for number in range(40):
            pictures = {"live": living(day + 1, number), "film": living(7, number)}
            roll.pass_tenth(pictures=pictures, levels={"live": -40, "film": -40})
    assert roll.doubts("live") == ()
    assert roll.doubts("film") == (Doubt.REPEATED,)


def test_no_more_than_a_wave_is_called_at_once_and_all_have_their_turn() -> None:
    names = [f"site-{number}" for number in range(3 * WAVE - 4)]
    roll = Roll(*names)
    roll.connect(*names)
    roll.call()
    most = 0
    for number in range(160):
        called = roll.caller.sites
        most = max(most, len(called))
        roll.pass_tenth(
            pictures={site: living(1, number) for site in called},
            levels=dict.fromkeys(called, -40),
        )
    assert most == WAVE
    assert roll.state.roll.count() == len(names)
    assert not roll.caller.sites


def test_a_room_that_comes_back_within_its_turn_is_called_anew() -> None:
    roll = Roll("live")
    roll.connect("live")
    roll.call()
    for number in range(10):
        roll.pass_tenth(pictures={"live": living(1, number)}, levels={"live": -40})
    roll.connect("live")
    for number in range(40):
        roll.pass_tenth(pictures={"live": living(1, number)}, levels={"live": -40})
    assert roll.state.roll.standing(SiteId("live")) is Standing.SEEN


def test_nobody_is_asked_for_anything_while_no_roll_is_called() -> None:
    roll = Roll("live")
    roll.connect("live")
    roll.pass_seconds(5)
    assert roll.caller.sites == frozenset()
