"""Reports wired: the gathered logs, the press, and the installation's rates and distances.

DATA/rates.toml, DATA/distances.csv      read for each report, so that a change holds at once
"""

from collections.abc import Callable
from pathlib import Path

import structlog

from nhipcau.office.planning.desk import Desk
from nhipcau.office.reporting import Reports, Yardstick
from nhipcau.papers.press import Press
from nhipcau.ports.eventstore import EventStore
from nhipcau.report.examples import example_rates, example_roads
from nhipcau.report.roads import BadDistancesError, Roads, read_roads
from nhipcau.report.savings import BadRatesError, read_rates

_log = structlog.get_logger()
RATES, DISTANCES = "rates.toml", "distances.csv"


def reporting(desk: Desk, store: EventStore, data_dir: Path, *, examples: bool) -> Reports:
    """Return what the verbs of reports lean on; `examples`: as a demo has them."""
    return Reports(desk, store, Press(), yardstick_of(data_dir, examples=examples))


def yardstick_of(data_dir: Path, *, examples: bool) -> Callable[[], Yardstick]:
    """Return what reads an installation's rates and distances; without them the examples."""

    def read() -> Yardstick:
        try:
            rates = data_dir / RATES
            if not rates.exists():
                return Yardstick(example_rates(), example_roads()) if examples else Yardstick()
            found = read_rates(rates.read_bytes())
            distances = data_dir / DISTANCES
            roads = read_roads(distances.read_bytes()) if distances.exists() else Roads()
        except BadRatesError as error:
            return _unusable(RATES, error)
        except (BadDistancesError, OSError) as error:
            return _unusable(DISTANCES, error)
        return Yardstick(found, roads)

    return read


def _unusable(name: str, error: Exception) -> Yardstick:
    _log.warning("a file for reports can't be used", file=name, error=str(error))
    return Yardstick(trouble=f"{name}: {error}")
