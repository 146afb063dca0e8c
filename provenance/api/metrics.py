"""What Prometheus reads: gauges asked for at each scrape, and the time that retrievals take."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from provenance.api.health import seconds_since
from provenance.coverage.completeness import alarms
from provenance.coverage.reading import by_application, limits
from provenance.history.reproduction import count_unexplained
from provenance.integrity.checkpoints import newest
from provenance.integrity.verification.outcomes import alarm, last_verification
from provenance.projections.standing import standing

REGISTRY = CollectorRegistry()
RETRIEVAL_SECONDS = Histogram(
    "ragledger_retrieval_seconds",
    "Time from a retrieval's request to its answer, its record committed.",
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5),
    registry=REGISTRY,
)


class PipelineCollector(Collector):
    """The end of the log, and what is behind it."""

    def collect(self) -> Iterator[Metric]:
        now = standing()
        events = CounterMetricFamily("ragledger_events", "Events that have a position.")
        events.add_metric([], now.head + 1)
        unplaced = GaugeMetricFamily(
            "ragledger_sequencer_lag_events", "Committed events without a position.", now.unplaced
        )
        waited = GaugeMetricFamily(
            "ragledger_sequencer_lag_seconds",
            "How long the oldest of them waits.",
            seconds_since(now.oldest_unplaced_at),
        )
        behind = GaugeMetricFamily(
            "ragledger_projection_lag_events", "Positions not folded.", labels=["projection"]
        )
        behind_seconds = GaugeMetricFamily(
            "ragledger_projection_lag_seconds", "How long the first waits.", labels=["projection"]
        )
        parked = GaugeMetricFamily(
            "ragledger_parked_events", "Events that could not be folded.", labels=["projection"]
        )
        for each in now.read_models:
            behind.add_metric([each.name], each.behind)
            behind_seconds.add_metric([each.name], seconds_since(each.behind_since))
            parked.add_metric([each.name], each.parked)
        work = GaugeMetricFamily(
            "ragledger_pending_work", "Work that waits for its result.", labels=["kind"]
        )
        for kind, count in now.waiting_work.items():
            work.add_metric([kind], count)
        failing = GaugeMetricFamily(
            "ragledger_failing_work", "Work that fails again and again.", labels=["kind"]
        )
        for each_kind in now.failing_work:
            failing.add_metric([each_kind.kind], each_kind.count)
        yield from (events, unplaced, waited, behind, behind_seconds, parked, work, failing)


class IntegrityCollector(Collector):
    """Whether the log is whole as far as was last seen, and how much of it is sealed."""

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "ragledger_log_whole",
            "0 after a verification that found the log broken, or while nothing can be sealed.",
            0 if alarm() else 1,
        )
        last = last_verification()
        if last is not None:
            yield GaugeMetricFamily(
                "ragledger_log_verified_timestamp_seconds",
                "When the whole log was last verified.",
                last.recorded_at.timestamp(),
            )
        sealed = newest()
        yield GaugeMetricFamily(
            "ragledger_log_sealed_events",
            "Events under the newest checkpoint.",
            sealed.size if sealed else 0,
        )


class ReproductionCollector(Collector):
    """Retrievals that came out otherwise when they were run again, and nobody knows why."""

    def collect(self) -> Iterator[Metric]:
        unexplained = CounterMetricFamily(
            "ragledger_unexplained_reproductions",
            "Retrievals that were run again and came out otherwise, unexplained.",
        )
        unexplained.add_metric([], count_unexplained())
        yield unexplained


class CoverageCollector(Collector):
    """How complete the records of each application are, by its newest day."""

    def collect(self) -> Iterator[Metric]:
        ratio = GaugeMetricFamily(
            "ragledger_coverage_ratio",
            "What an application recorded of what is expected, on its newest day of the last two.",
            labels=["application"],
        )
        alarmed = GaugeMetricFamily(
            "ragledger_coverage_alarm", "1 while that is too little.", labels=["application"]
        )
        now = datetime.now(UTC)
        days = by_application(now.date(), now)
        names = {each.day.application for each in alarms(days, now.date(), limits())}
        for name, of in days.items():
            newest = of[-1]
            if name and newest.ratio is not None and now.date() - newest.day <= timedelta(days=1):
                ratio.add_metric([name], newest.ratio)
                alarmed.add_metric([name], int(name in names))
        yield from (ratio, alarmed)


def exposition() -> bytes:
    """The text format; over all web processes where PROMETHEUS_MULTIPROC_DIR is set."""
    pipeline = CollectorRegistry()
    pipeline.register(PipelineCollector())
    pipeline.register(IntegrityCollector())
    pipeline.register(ReproductionCollector())
    pipeline.register(CoverageCollector())
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(pipeline) + generate_latest(REGISTRY)
    shared = CollectorRegistry()
    MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
    return generate_latest(pipeline) + generate_latest(shared)
