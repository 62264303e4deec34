"""`manage.py run_worker`: the consumer of the queue, with a health file, and with an end that takes nothing new."""

from argparse import ArgumentParser
from typing import Any

from huey.consumer import Consumer
from huey.contrib.djhuey import HUEY, post_execute
from huey.contrib.djhuey.management.commands.run_huey import Command as RunHuey

from outbox import health, meters, pulse, stopping
from outbox.management.commands.health import tell


class Worker(Consumer):
    """SIGTERM: what is in flight is finished and nothing new is begun. A second one ends it at once; the rows lose nothing by it."""

    def stop(self, graceful: bool = False) -> None:
        """Those who take work in turns take no more."""
        stopping.begin()
        super().stop(graceful=graceful)


class Command(RunHuey):
    """Takes the options of `run_huey`, which only those need who run several workers."""

    help = "Runs the tasks of the queue: carries parcels, turns clocks. --print-health tells whether it is well."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options of the consumer, --name and --print-health."""
        super().add_arguments(parser)
        parser.add_argument("--name", default=pulse.WORKER, help="of the health file; several workers of one machine need several")
        parser.add_argument("--print-health", action="store_true", help="print what the running worker wrote; 1 when it is not well")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Works until it is told to stop."""
        name = options.pop("name")
        if options.pop("print_health"):
            tell(self, name, whole=True)
            return
        process = health.Process(name)
        listen(process)
        meters.forget()
        HUEY.create_consumer = lambda **chosen: Worker(HUEY, **chosen)
        with health.Reporter(process):
            super().handle(*arguments, **options)


def listen(process: health.Process) -> None:
    """The process knows of every task how it went."""

    @post_execute(name="note_health")
    def note_health(task: Any, value: Any, error: Exception | None) -> None:
        if error is None:
            process.worked(task.name)
        else:
            process.failed(task.name)
