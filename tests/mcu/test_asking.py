"""What a room is asked to send: what is seen of it, as far as its line goes, in a fixed order."""

from dataclasses import replace

import pytest

from nhipcau.mcu.asking import NOTHING, Asking, Duties, Upstream
from nhipcau.mcu.linecare import Strain
from nhipcau.mcu.uplink import Uplink
from nhipcau.mcu.uplinkcontrol import LARGE, SMALL, TILE
from nhipcau.quantities import Bitrate, EndpointId

ROOM = EndpointId("room")
SEEN = Duties(picture=LARGE, microphone=True, content=False, still=True, test=False)
UNSEEN = replace(SEEN, picture=None, microphone=False)


class Line:
    """One room whose line a test sets."""

    def __init__(self, line_bps: int | None = None) -> None:
        self.asking, self.uplink, self.now_s = Asking(), Uplink(), 0.0
        self.asking.begin(ROOM, self.uplink, Bitrate(line_bps) if line_bps else None)

    def after(
        self,
        seconds: int,
        duties: Duties = SEEN,
        bps: int | None = None,
        *,
        strain: Strain = Strain.NONE,
    ) -> Upstream:
        """Let seconds pass on a line that is measured to carry `bps`; return what is asked."""
        for _ in range(seconds):
            self.now_s += 1.0
            if bps is not None:
                self.uplink.trust(Bitrate(bps))
                self.uplink.poll(self.now_s)
            self.asking.upstream(ROOM, duties, self.now_s)
            self.asking.tick({ROOM: strain}, self.now_s)
        return self.asking.upstream(ROOM, duties, self.now_s)


def shape(asked: Upstream) -> tuple[bool, int, int]:
    return (asked.camera, asked.height, asked.fps)


def test_who_is_seen_large_sends_720p_and_who_is_seen_small_360p() -> None:
    line = Line()
    assert shape(line.after(1)) == (True, 720, 30)
    asked = line.after(1, replace(SEEN, picture=SMALL))
    assert shape(asked) == (True, 360, 30)
    assert asked.max_bps == 400_000
    asked = line.after(1, replace(SEEN, picture=TILE))
    assert shape(asked) == (True, 360, 15)


def test_whom_nobody_sees_sends_no_picture_but_a_still_every_three_seconds() -> None:
    asked = Line().after(1, UNSEEN)
    assert asked == replace(NOTHING, still_s=3.0)
    assert Line().after(1, replace(UNSEEN, still=False)) == NOTHING


def test_the_order_of_sacrifice_on_a_line_that_gets_thinner() -> None:
    line = Line()
    seen = [(2_000_000, 3.0, (True, 720, 30)), (450_000, 10.0, (True, 360, 30))]
    seen += [(150_000, 10.0, (True, 360, 15)), (50_000, 10.0, (True, 360, 10))]
    for bps, still_s, shaped in seen:
        asked = line.after(3, bps=bps)
        assert (asked.still_s, shape(asked)) == (still_s, shaped)
        assert asked.max_bps <= max(bps, 70_000)
        assert asked.microphone
    asked = line.after(3, bps=50_000, strain=Strain.ALL)
    assert (asked.still_s, shape(asked)) == (0.0, (False, 0, 0))
    assert asked.microphone


def test_a_way_down_without_a_picture_does_not_end_the_one_that_goes_up_well() -> None:
    asked = Line().after(60, bps=2_000_000, strain=Strain.ALL)
    assert (asked.still_s, shape(asked)) == (10.0, (True, 360, 10))


def test_a_line_declared_too_thin_for_a_picture_sends_none() -> None:
    asked = Line(64_000).after(1)
    assert (asked.still_s, shape(asked)) == (0.0, (False, 0, 0))
    assert asked.microphone


@pytest.mark.parametrize(
    ("strain", "still_s", "shaped"),
    [
        (Strain.NONE, 3.0, (True, 720, 30)),
        (Strain.SOME, 10.0, (True, 720, 30)),
        (Strain.MUCH, 10.0, (True, 360, 10)),
        (Strain.ALL, 10.0, (True, 360, 10)),
    ],
)
def test_the_rooms_own_picture_goes_before_what_it_sees(
    strain: Strain, still_s: float, shaped: tuple[bool, int, int]
) -> None:
    asked = Line().after(1, strain=strain)
    assert (asked.still_s, shape(asked)) == (still_s, shaped)
    assert asked.microphone


def test_a_shared_screen_is_worth_more_than_the_camera_beside_it() -> None:
    line = Line()
    assert shape(line.after(3, bps=700_000)) == (True, 720, 30)
    asked = line.after(3, replace(SEEN, content=True), bps=700_000)
    assert shape(asked) == (True, 360, 30)
    assert asked.content


def test_a_declared_line_is_thin_from_the_first_moment() -> None:
    line = Line(512_000)
    asked = line.after(1)
    assert asked.still_s == 10.0
    assert asked.max_bps <= 467_000
    assert shape(line.after(2)) == (True, 360, 30)
    assert Line(4_000_000).after(1).still_s == 3.0


def test_a_line_that_breathes_is_told_few_rates() -> None:
    line = Line()
    told = {line.after(1, bps=300_000 + 500 * (n % 20)).max_bps for n in range(60)}
    assert len(told) <= 2


def test_a_line_of_which_nothing_was_known_for_a_minute_is_a_good_one_again() -> None:
    line = Line()
    assert shape(line.after(3, bps=200_000)) == (True, 360, 30)
    line.after(90, UNSEEN)
    assert shape(line.after(1)) == (True, 720, 30)
    line.uplink.poll(line.now_s)
    assert line.uplink.bps == 2_000_000


def test_a_connection_that_is_being_made_is_asked_for_no_picture() -> None:
    asked = Asking().upstream(ROOM, SEEN, 0.0)
    assert asked == replace(NOTHING, microphone=True)
