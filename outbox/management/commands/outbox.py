"""`manage.py outbox tail`: what happens, as it happens. `manage.py outbox prune`: what is old enough goes now."""

import argparse
import time
from typing import Any

import orjson
from django.core.management.base import BaseCommand

from outbox.consumers.scopes import names
from outbox.consumers.selectors import events_after, head
from outbox.models import Event
from outbox.retention import prune

PAGE = 500
LOOK_SECONDS = 1.0


class Command(BaseCommand):
    """Events in the order of their positions, one line of JSON each. Nobody's place is moved by it."""

    help = "Print events in their order (tail), or let go of old ones (prune)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("prune", help="what is old enough goes now, as it does each night")
        tail = verbs.add_parser("tail", help="print events in their order")
        tail.add_argument("--after", type=int, help="a position to begin behind (the last ten events)")
        tail.add_argument("--type", action="append", default=[], help="an event such as ESCROW_FUNDED, or ESCROW_*; may be repeated (all)")
        tail.add_argument("--follow", action="store_true", help="go on until interrupted")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """The verb is done."""
        if options["verb"] == "prune":
            gone = prune()
            self.stdout.write(f"{gone.events} events, {gone.deliveries} deliveries and {gone.handouts} handouts are gone")
        else:
            self.tail(options)

    def tail(self, options: dict[str, Any]) -> None:
        """What there is was printed; with --follow also what comes, until Ctrl+C."""
        place = options["after"] if options["after"] is not None else max(0, head() - 10)
        try:
            while True:
                found = events_after(place, PAGE)
                for event in found:
                    place = event.position or place
                    if not options["type"] or any(names(scope, event.type) for scope in options["type"]):
                        self.stdout.write(line(event))
                if len(found) < PAGE:
                    if not options["follow"]:
                        return
                    self.stdout.flush()
                    time.sleep(LOOK_SECONDS)
        except KeyboardInterrupt:
            return


def line(event: Event) -> str:
    """The event on one line."""
    shown = {"position": event.position, "id": event.uid, "type": event.type, "occurredAt": event.occurred_at, "aggregate": event.aggregate}
    return orjson.dumps(shown | {"requestId": event.request_id, "payload": event.payload}).decode()
