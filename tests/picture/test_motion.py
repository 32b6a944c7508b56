"""A live picture is told from one that stands still and from a recording that is played again."""

import numpy as np
import numpy.typing as npt
import pytest

from nhipcau.picture.frame import Picture, solid
from nhipcau.picture.motion import Trace, is_repeat, sample, trace

_SIDE = (360, 640)


def picture(luma: npt.NDArray[np.float64]) -> Picture:
    grey = solid(luma.shape[1], luma.shape[0])
    return Picture(luma.clip(16, 235).astype(np.uint8), grey.u, grey.v)


def room(seed: int, count: int = 20) -> list[Picture]:
    """A room: the same walls each time, somebody who moves about, and a camera's noise."""
    rng = np.random.default_rng(seed)
    walls = np.random.default_rng(0).uniform(60, 180, (9, 16)).repeat(40, 0).repeat(40, 1)
    at = rng.uniform(100, 500)
    found = []
    for _ in range(count):
        at = min(max(at + rng.normal(0, 8), 0), 540)
        luma = walls + rng.normal(0, 2, _SIDE)
        luma[150:330, int(at) : int(at) + 100] = 40
        found.append(picture(luma))
    return found


def traced(pictures: list[Picture]) -> Trace:
    return trace([sample(one) for one in pictures])


def test_a_live_picture_moves_and_one_that_stands_still_does_not() -> None:
    assert traced(room(1)).changes >= 15
    assert traced([room(1)[0]] * 20).changes == 0


def test_a_camera_s_noise_alone_shows_that_it_is_live() -> None:
    rng = np.random.default_rng(2)
    walls = np.full(_SIDE, 100.0)
    noisy = [picture(walls + rng.normal(0, 2, _SIDE)) for _ in range(20)]
    assert traced(noisy).changes >= 15


@pytest.mark.parametrize("seed", range(5))
def test_the_same_room_another_day_is_no_repeat(seed: int) -> None:
    assert not is_repeat(traced(room(seed)), traced(room(seed + 100)))


@pytest.mark.parametrize("shift", [0, 3, 9])
def test_a_recording_that_is_played_again_is_a_repeat(shift: int) -> None:
    film = room(7, 40)
    rng = np.random.default_rng(3)
    # Sent again it is encoded again, so that it is not the same to the bit.
    again = [picture(one.y + rng.normal(0, 1, _SIDE)) for one in film[shift : shift + 20]]
    assert is_repeat(traced(again), traced(film[:20]))
    assert is_repeat(traced(film[:20]), traced(again))


def test_two_pictures_that_stand_still_are_frozen_and_no_repeat() -> None:
    still = traced([room(1)[0]] * 20)
    assert not is_repeat(still, still)


@pytest.mark.parametrize("size", [(2, 2), (18, 32), (180, 320), (1080, 1920), (634, 358)])
def test_any_size_is_sampled(size: tuple[int, int]) -> None:
    found = sample(picture(np.full(size, 90.0)))
    assert found.shape == (9, 16)
    assert np.allclose(found, 90)


def test_too_little_says_nothing() -> None:
    assert traced([]).changes == 0
    assert traced(room(1, 1)).changes == 0
    assert not is_repeat(traced(room(1, 5)), traced(room(1, 5)))
