"""Faults in a row, drawn by a seed, in real processes: floor, tallies, microphones after each."""

import asyncio

import pytest

from nhipcau.bench.chaos import chaos_figures

pytestmark = [pytest.mark.slow, pytest.mark.timeout(420)]
_SITES, _FAULTS = 8, 3


def test_after_each_fault_everything_is_as_it_was() -> None:
    figures = {one.name: one.value for one in asyncio.run(chaos_figures(_SITES, _FAULTS))}
    assert figures == {f"chaos_{_FAULTS}_wrong": 0, "chaos_handles_left": 0}
