"""`manage.py smoke`: a whole paid deal over HTTP."""

import argparse
import json
import os
import time

from django.core.management.base import BaseCommand

from api.smoke.alerts import check_alerts
from api.smoke.chat import check_chat
from api.smoke.client import BrokenPromise, Walk
from api.smoke.contract import check_contract
from api.smoke.deal import check_hiring, check_job, check_work
from api.smoke.disputes import check_disputes
from api.smoke.events import check_events
from api.smoke.invitations import check_invitations
from api.smoke.money import check_cancellation, check_funding, check_payouts, check_two_people
from api.smoke.notices import check_notices, check_preferences
from api.smoke.outbox import check_outbox
from api.smoke.overview import check_search, check_tabs
from api.smoke.parting import check_parting
from api.smoke.people import check_people
from api.smoke.privacy import check_privacy
from api.smoke.reviews import check_contacts, check_reviews
from api.smoke.telegram import check_telegram
from api.smoke.wallets import check_adjustments, check_explanations, check_readiness
from api.smoke.webhooks import check_webhooks


class Command(BaseCommand):
    help = "Walk a whole paid deal over HTTP on a running server. Ends with 1 at the first broken promise."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--base-url", required=True, help="where the server is, such as http://127.0.0.1:8000")
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")

    def handle(self, *args, **options) -> None:
        """Every promise was kept, and their number is printed; or the first broken one, with exit code 1.

        The password of the accounts comes from SMOKE_PASSWORD or DEMO_PASSWORD.
        """
        password = os.environ.get("SMOKE_PASSWORD") or os.environ.get("DEMO_PASSWORD", "")
        quiet = options["json"]
        walk = Walk(options["base_url"], password, say=lambda line: None if quiet else self.stdout.write(line))
        broken = ""
        try:
            run(walk)
        except BrokenPromise as promise:
            broken = str(promise)
        seconds = round(time.monotonic() - walk.began, 1)
        if quiet:
            self.stdout.write(
                json.dumps({"ok": not broken, "broken": broken, "checks": walk.checks, "seconds": seconds}, ensure_ascii=False)
            )
        elif not broken:
            self.stdout.write(f"\nEvery promise was kept: {len(walk.checks)} checks, {seconds} s.")
        if broken:
            self.stderr.write(f"\nBROKEN after {len(walk.checks)} checks, {seconds} s: {broken}")
            raise SystemExit(1)


def run(walk: Walk) -> None:
    """The whole walk, in the order of a deal."""
    check_contract(walk)
    check_people(walk)
    deal = check_job(walk)
    check_alerts(walk)
    check_search(walk, deal)
    check_chat(walk)
    check_events(walk)
    check_invitations(walk)
    check_hiring(walk, deal)
    check_funding(walk, deal)
    check_work(walk, deal)
    check_explanations(walk, deal)
    check_reviews(walk, deal)
    check_contacts(walk)
    check_webhooks(walk)
    check_readiness(walk)
    check_payouts(walk)
    check_two_people(walk)
    check_adjustments(walk)
    check_cancellation(walk)
    check_parting(walk)
    check_disputes(walk)
    check_tabs(walk)
    check_notices(walk)
    check_preferences(walk)
    check_telegram(walk)
    check_privacy(walk)
    check_outbox(walk)
