"""One interleaved run: ours, the floor, ours, the floor, at each number of connections."""

import dataclasses
import statistics
from collections.abc import Callable, Iterator

from perf.bench import load
from perf.bench.scenarios import Scenario
from perf.bench.server import processor_seconds

WARM_UP_SECONDS = 0.5

Address = tuple[str, int]


@dataclasses.dataclass(frozen=True)
class Plan:
    """How long and how often."""

    connections: tuple[int, ...] = (1, 8, 32)
    rounds: int = 3
    seconds: float = 2.0


@dataclasses.dataclass(frozen=True)
class Side:
    """One of the two servers, and the process whose children do its work in the database."""

    address: Address
    process: int
    database: int | None


@dataclasses.dataclass(frozen=True)
class Sample:
    """One round of one side. Processor times are milliseconds per request."""

    per_second: float
    p50: float
    p99: float
    web_ms: float
    database_ms: float


@dataclasses.dataclass
class Result:
    """All rounds of one scenario at one number of connections."""

    scenario: str
    title: str
    connections: int
    ours: list[Sample] = dataclasses.field(default_factory=list)
    floor: list[Sample] = dataclasses.field(default_factory=list)

    @property
    def share(self) -> float:
        """Ours as a part of the floor: the median of the rounds' ratios."""
        return statistics.median(our.per_second / floor.per_second for our, floor in zip(self.ours, self.floor, strict=True))

    def median(self, side: str, what: str) -> float:
        return statistics.median(getattr(sample, what) for sample in getattr(self, side))


def measure(scenarios: list[Scenario], ours: Side, floor: Side, plan: Plan, report: Callable[[str], None]) -> Iterator[Result]:
    """The results as they come. Raises RuntimeError when a request was not answered as the scenario says."""
    for scenario in scenarios:
        for connections in plan.connections:
            result = Result(scenario.name, scenario.title, connections)
            for number in range(plan.rounds):
                for side, requests, samples, status in (
                    (ours, scenario.ours(), result.ours, scenario.status),
                    (floor, scenario.floors(), result.floor, 200),
                ):
                    if number == 0:
                        load.run(side.address, requests, connections=connections, seconds=WARM_UP_SECONDS)
                    before = used(side)
                    outcome = load.run(side.address, requests, connections=connections, seconds=plan.seconds)
                    if set(outcome.statuses) != {status}:
                        raise RuntimeError(f"{scenario.name}: answered {dict(outcome.statuses)}, expected only {status}")
                    samples.append(sample(outcome, before, used(side)))
            report(f"{scenario.title}, {connections}: {result.median('ours', 'per_second'):.0f}/s, {result.share:.2f} of the floor")
            yield result


def sample(outcome: load.Outcome, before: tuple[float, float], after: tuple[float, float]) -> Sample:
    web, database = (end - start for end, start in zip(after, before, strict=True))
    milliseconds = 1_000 / outcome.requests
    return Sample(outcome.per_second, outcome.percentile(0.5), outcome.percentile(0.99), web * milliseconds, database * milliseconds)


def used(side: Side) -> tuple[float, float]:
    return processor_seconds(side.process), processor_seconds(side.database) if side.database else 0.0
