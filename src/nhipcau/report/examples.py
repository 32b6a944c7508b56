"""The rates and distances that come with the program: examples, and marked as such."""

from importlib import resources

from nhipcau.report.roads import Roads, read_roads
from nhipcau.report.savings import Rates, read_rates

_DATA = resources.files("nhipcau.report") / "data"


def example_rates() -> Rates:
    """Return the example rates."""
    return read_rates((_DATA / "example-rates.toml").read_bytes())


def example_roads() -> Roads:
    """Return the example distances between the rooms of the demo's province."""
    return read_roads((_DATA / "example-distances.csv").read_bytes())
