"""`manage.py outbox_consumer`: who may pull events, and from where."""

import argparse
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import is_aware

from core.base.errors import Refusal
from core.consumers import services
from core.people.models import User
from outbox.consumers import selectors, steps, tokens
from outbox.consumers.models import Consumer

DEAD_SHOWN_MAX = 100


def moment(text: str) -> datetime:
    """A moment with its offset, such as 2026-03-01T12:00:00+03:00."""
    found = datetime.fromisoformat(text)
    if not is_aware(found):
        raise argparse.ArgumentTypeError("name the offset too: 2026-03-01T12:00:00+03:00")
    return found


class Command(BaseCommand):
    """Consumers of the pull API. A secret is printed once, when it is made, and is nowhere afterwards."""

    help = "Create, rotate, revoke, list and rewind the consumers of the pull API, and redrive what they gave up."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="a consumer with a token")
        create.add_argument("name")
        create.add_argument("--scope", action="append", default=[], help="ESCROW_FUNDED, or ESCROW_*; may be repeated (all)")
        create.add_argument("--from-start", action="store_true", help="everything that is kept, and not only what comes")
        rotate = verbs.add_parser("rotate", help="a new token; the old one dies when the overlap is over")
        rotate.add_argument("name")
        rotate.add_argument("--overlap-hours", type=float, default=tokens.OVERLAP_MAX.total_seconds() / 3600, help="0 to 24 (24)")
        verbs.add_parser("revoke", help="no token opens anything, for good").add_argument("name")
        listed = verbs.add_parser("list", help="all consumers, and with --dead what they gave up")
        listed.add_argument("--dead", action="store_true")
        rewind = verbs.add_parser("rewind", help="everything after a place comes again")
        rewind.add_argument("name")
        place = rewind.add_mutually_exclusive_group(required=True)
        place.add_argument("--to", type=int, help="a position, 0 for the beginning")
        place.add_argument("--since", type=moment, help="a moment, such as 2026-03-01T12:00:00+03:00")
        redrive = verbs.add_parser("redrive", help="what was given up comes again")
        redrive.add_argument("name")
        redrive.add_argument("ids", nargs="*", type=UUID, help="ids of events (all)")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """The verb is done and one line says so. Ends with exit code 1 and the reason when it is refused."""
        verb: Callable[[dict[str, Any]], None] = getattr(self, options["verb"])
        try:
            verb(options)
        except Refusal as refusal:
            faults = getattr(refusal, "fields", {})
            raise CommandError("; ".join([refusal.text(), *(f"{name}: {' '.join(texts)}" for name, texts in faults.items())])) from refusal

    def create(self, options: dict[str, Any]) -> None:
        opened = services.create_consumer(
            by=User.objects.system(), name=options["name"], scopes=options["scope"] or ["*"], from_start=options["from_start"]
        )
        self.stdout.write(f"{opened.consumer.name} pulls from position {opened.consumer.position}. Its token, shown only now:")
        self.stdout.write(opened.secret)

    def rotate(self, options: dict[str, Any]) -> None:
        overlap = timedelta(hours=options["overlap_hours"])
        opened = services.rotate_consumer(options["name"], by=User.objects.system(), overlap=overlap)
        self.stdout.write(f"{opened.consumer.name}: the former token dies in {overlap}. The new one, shown only now:")
        self.stdout.write(opened.secret)

    def revoke(self, options: dict[str, Any]) -> None:
        services.revoke_consumer(options["name"], by=User.objects.system())
        self.stdout.write(f"{options['name']} is revoked")

    def list(self, options: dict[str, Any]) -> None:
        lags = {lag.name: lag for lag in selectors.lags()}
        for consumer in Consumer.objects.order_by("name"):
            lag = lags.get(consumer.name)
            state = f"behind {lag.behind} ({lag.seconds:.0f} s), given up {lag.dead}, abandoned {lag.abandoned}" if lag else "revoked"
            seen = consumer.last_seen_at.isoformat(timespec="seconds") if consumer.last_seen_at else "never"
            self.stdout.write(f"{consumer.name}  {','.join(consumer.scopes)}  position {consumer.position}  {state}  seen {seen}")
            for token in consumer.tokens.filter(tokens.LIVING).order_by("id"):
                until = token.expires_at.isoformat(timespec="seconds") if token.expires_at else "until it is rotated"
                self.stdout.write(f"    {'OUTBOX_CONSUMER_SECRET' if token.is_setting else token.prefix + '…'}  {until}")
            if options["dead"]:
                for handout in selectors.given_up(consumer)[:DEAD_SHOWN_MAX]:
                    why = handout.reason or f"{handout.failures} failures"
                    self.stdout.write(f"    {handout.event.uid}  {handout.event.type}  {why}  {handout.error}")

    def rewind(self, options: dict[str, Any]) -> None:
        to = options["to"] if options["since"] is None else steps.position_at(options["since"])
        position = services.rewind_consumer(options["name"], by=User.objects.system(), to=to)
        self.stdout.write(f"{options['name']} pulls from position {position} again")

    def redrive(self, options: dict[str, Any]) -> None:
        redriven = services.redrive_consumer(options["name"], by=User.objects.system(), uids=options["ids"] or None)
        self.stdout.write(f"{options['name']}: {redriven} come again")
