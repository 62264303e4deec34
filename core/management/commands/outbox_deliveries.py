"""`manage.py outbox_deliveries`: what is on its way, what is stuck, and what to do about it."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Max, Min

from core.base.errors import Refusal
from core.mailbox import services
from core.management.commands.outbox_consumer import moment
from core.people.models import User
from outbox.models import Delivery

SHOWN_MAX = 100


class Command(BaseCommand):
    """Parcels by channel and state; one again, one given up, a range again with a preview, a channel paused."""

    help = "Look at deliveries, retry, skip or replay them, pause and resume a channel."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("summary", help="how many there are, by channel and state")
        listed = verbs.add_parser("list", help="the newest of a state")
        listed.add_argument("--state", default="DEAD", choices=Delivery.State.values)
        listed.add_argument("--channel", default="")
        verbs.add_parser("retry", help="one that had ended goes out again").add_argument("id", type=int)
        skip = verbs.add_parser("skip", help="one is given up, and what waits behind it goes on")
        skip.add_argument("id", type=int)
        skip.add_argument("--reason", required=True)
        self._add_replay(verbs.add_parser("replay", help="a range goes out again"))
        pause = verbs.add_parser("pause", help="nothing leaves by this channel")
        pause.add_argument("channel")
        pause.add_argument("--reason", required=True)
        verbs.add_parser("resume", help="the channel carries again").add_argument("channel")

    def _add_replay(self, replay: argparse.ArgumentParser) -> None:
        replay.add_argument("channel")
        replay.add_argument("--since", type=moment, help="written from then on (a day ago)")
        replay.add_argument("--until", type=moment, help="written before (now)")
        replay.add_argument("--state", action="append", choices=["DEAD", "SKIPPED", "UNCERTAIN", "SENT"], help="may be repeated (DEAD)")
        replay.add_argument("--type", default="")
        replay.add_argument("--recipient")
        replay.add_argument("--per-second", type=int, default=10)
        replay.add_argument("--reason", default="")
        replay.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")

    def handle(self, *arguments: Any, **options: Any) -> None:
        """Does what was asked as the SYSTEM user, and prints what is now true. A refusal ends with its text."""
        verb: Callable[[dict[str, Any]], None] = getattr(self, f"do_{options['verb']}")
        try:
            verb(options)
        except Refusal as refusal:
            raise CommandError(refusal.text()) from refusal

    def do_summary(self, options: dict[str, Any]) -> None:
        """One line for each channel and state."""
        counted = Delivery.objects.values_list("channel", "state").annotate(Count("id"), Min("created_at"), Max("created_at"))
        for channel, state, count, first, last in counted.order_by("channel", "state"):
            self.stdout.write(f"{channel:<10} {state:<10} {count:>8}  {first:%Y-%m-%d %H:%M} - {last:%Y-%m-%d %H:%M}")

    def do_list(self, options: dict[str, Any]) -> None:
        """One line for each parcel: nothing of what it says."""
        rows = Delivery.objects.filter(state=options["state"]).order_by("-id")
        rows = rows.filter(channel=options["channel"]) if options["channel"] else rows
        for row in rows[:SHOWN_MAX]:
            self.stdout.write(f"{row.id} {row.channel} {row.recipient_id} {row.type} {row.aggregate} {row.reason} {row.request_id}")

    def do_retry(self, options: dict[str, Any]) -> None:
        self._say(services.retry_delivery(options["id"], by=User.objects.system()))

    def do_skip(self, options: dict[str, Any]) -> None:
        self._say(services.skip_delivery(options["id"], by=User.objects.system(), reason=options["reason"]))

    def do_replay(self, options: dict[str, Any]) -> None:
        """With --dry-run the preview alone."""
        now = datetime.now(UTC)
        which = services.Range(
            channel=options["channel"],
            since=options["since"] or now - timedelta(days=1),
            until=options["until"] or now,
            states=tuple(options["state"] or ["DEAD"]),
            type=options["type"],
            recipient_id=options["recipient"],
        )
        by = User.objects.system()
        found = services.preview_replay(which, by=by)
        for line in found:
            self.stdout.write(f"{line.count:>8}  {line.state:<10} {line.type:<32} {line.would}")
        if options["dry_run"]:
            self.stdout.write(f"{sum(line.count for line in found)} in this range. Nothing was sent.")
        else:
            count = services.replay_deliveries(which, by=by, reason=options["reason"], per_second=options["per_second"])
            self.stdout.write(f"{count} on their way again.")

    def do_pause(self, options: dict[str, Any]) -> None:
        services.pause_channel(options["channel"], by=User.objects.system(), reason=options["reason"])
        self.stdout.write(f"{options['channel']} is paused.")

    def do_resume(self, options: dict[str, Any]) -> None:
        services.resume_channel(options["channel"], by=User.objects.system())
        self.stdout.write(f"{options['channel']} carries again.")

    def _say(self, row: Delivery) -> None:
        self.stdout.write(f"{row.id} {row.state}")
