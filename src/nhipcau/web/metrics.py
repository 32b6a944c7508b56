"""Prometheus metrics from the `stats()` of the living objects: read when asked, never pushed."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Sample:
    """One value and its labels."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: its name without prefix, what it says, whether it only grows, its samples."""

    name: str
    text: str
    counter: bool
    samples: Sequence[Sample]


MetricFamilies = Sequence[Family]


class _Collector:
    def __init__(self, families: MetricFamilies) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """Yield the families as the library wants them."""
        for family in self._families:
            names = sorted({name for sample in family.samples for name in sample.labels})
            make = CounterMetricFamily if family.counter else GaugeMetricFamily
            metric = make(f"nhipcau_{family.name}", family.text, labels=names)
            for sample in family.samples:
                metric.add_metric([sample.labels.get(name, "") for name in names], sample.value)
            yield metric


def render_metrics(families: MetricFamilies) -> Response:
    """Return the metrics page."""
    registry = CollectorRegistry()
    ours = Family("process_id", "of this process", False, [Sample(os.getpid())])
    registry.register(_Collector((ours, *families)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
