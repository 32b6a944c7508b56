"""Codecs for the tests: the real ones and their twins."""

import pytest

from nhipcau.codec.pyav import PyAvCodecs
from nhipcau.codec.raw import RawCodecs
from nhipcau.ports.codec import Codecs
from tests.codec.scenes import WallClock


@pytest.fixture(params=["pyav", "raw"])
def codecs(request: pytest.FixtureRequest) -> Codecs:
    return PyAvCodecs(WallClock()) if request.param == "pyav" else RawCodecs(WallClock())


@pytest.fixture
def pyav() -> PyAvCodecs:
    return PyAvCodecs(WallClock())
