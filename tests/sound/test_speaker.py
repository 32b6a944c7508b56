"""The active speaker: who is heard most, with hysteresis."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from nhipcau.quantities import SiteId
from nhipcau.sound.speaker import ActiveSpeaker

HALL, NINH_HOA, GIANG_LY = SiteId("56"), SiteId("576"), SiteId("22732")
TICK_S = 0.02
QUIET = -70.0


class Room:
    """An `ActiveSpeaker` and the time that passes for it."""

    def __init__(self) -> None:
        self.who = ActiveSpeaker()
        self.now_s = 100.0

    def hear(self, levels: Mapping[SiteId, float], seconds: float) -> SiteId | None:
        """Let the levels stand for a while."""
        for _ in range(round(seconds / TICK_S)):
            self.now_s += TICK_S
            self.who.observe(levels, self.now_s)
        return self.who.speaker


def test_nobody_speaks_in_silence() -> None:
    assert Room().hear({HALL: QUIET, NINH_HOA: -127.0}, 5) is None


def test_the_first_to_speak_is_the_speaker_within_half_a_second() -> None:
    room = Room()
    room.hear({HALL: QUIET, NINH_HOA: QUIET}, 1)
    assert room.hear({HALL: QUIET, NINH_HOA: -25.0}, 0.1) is None
    assert room.hear({HALL: QUIET, NINH_HOA: -25.0}, 0.4) == NINH_HOA


def test_a_cough_of_half_a_second_takes_nothing_over() -> None:
    room = Room()
    room.hear({HALL: -25.0, NINH_HOA: QUIET}, 2)
    assert room.hear({HALL: -25.0, NINH_HOA: -10.0}, 0.5) == HALL
    assert room.hear({HALL: -25.0, NINH_HOA: QUIET}, 2) == HALL


def test_a_louder_voice_takes_over_after_its_time_and_not_before() -> None:
    room = Room()
    room.hear({HALL: -30.0, NINH_HOA: QUIET}, 2)
    assert room.hear({HALL: -30.0, NINH_HOA: -20.0}, 0.6) == HALL
    assert room.hear({HALL: -30.0, NINH_HOA: -20.0}, 0.4) == NINH_HOA


def test_two_voices_of_nearly_the_same_level_do_not_flap() -> None:
    room = Room()
    room.hear({HALL: -25.0, NINH_HOA: QUIET}, 2)
    for _ in range(20):
        assert room.hear({HALL: -25.0, NINH_HOA: -23.0}, 0.7) == HALL
        assert room.hear({HALL: -23.0, NINH_HOA: -25.0}, 0.7) == HALL


def test_the_last_speaker_stays_through_a_pause_and_not_for_ever() -> None:
    room = Room()
    room.hear({HALL: -25.0}, 2)
    assert room.hear({HALL: QUIET}, 3) == HALL
    assert room.hear({HALL: QUIET}, 3) is None


def test_syllables_with_pauses_between_them_are_one_speech() -> None:
    room = Room()
    for _ in range(10):
        room.hear({HALL: -20.0, GIANG_LY: -45.0}, 0.2)
        room.hear({HALL: -127.0, GIANG_LY: -45.0}, 0.2)
    assert room.who.speaker == HALL


def test_a_closed_microphone_is_no_speaker() -> None:
    room = Room()
    room.hear({HALL: -25.0, NINH_HOA: QUIET}, 2)
    assert room.hear({NINH_HOA: QUIET}, TICK_S) is None
    assert room.hear({}, TICK_S) is None


def test_a_hum_below_the_gate_never_speaks() -> None:
    assert Room().hear({HALL: -51.0, NINH_HOA: -55.0}, 10) is None


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from([HALL, NINH_HOA, GIANG_LY]), st.floats(-127, 0), max_size=3
        ),
        max_size=60,
    )
)
def test_only_an_open_microphone_speaks_whatever_the_levels_do(
    ticks: list[dict[SiteId, float]],
) -> None:
    who = ActiveSpeaker()
    for index, levels in enumerate(ticks):
        speaker = who.observe(levels, index * 0.1)
        assert speaker is None or speaker in levels
