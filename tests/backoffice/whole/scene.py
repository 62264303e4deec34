"""A world with one of everything that the backoffice shows, in every state that has a button."""

from typing import Any

from django.conf import settings

from core.audit.models import AuditEntry
from core.consumers.services import create_consumer
from core.disputes import services as disputes
from core.disputes.models import Dispute
from core.jobs import services as jobs
from core.mailbox import services as mailbox
from core.money import services as money
from core.money.adjustments.terms import Terms
from core.money.models import Account, Escrow, LedgerEntry, TopUp
from core.people import services as people
from core.people.models import CreatorProfile, User, Verification
from core.people.policies import CAPABILITIES
from core.reports.services import block_person, dismiss_report
from core.rules import services as rules
from core.rules.models import CommissionRule
from outbox.models import Delivery, Event
from tests.core.mailbox.rows import parcel
from tests.world import World, unique

REASON = "Причина для проверки страниц."


class RussianWorld(World):
    """The same world, whose people write Russian: what is Latin on a page is ours."""

    def brand(self, **profile: Any) -> User:
        return super().brand(**{"company_name": unique("Лавка"), "description": "Продаём чай."} | profile)

    def creator(self, **profile: Any) -> User:
        return super().creator(**{"display_name": unique("Мария"), "bio": "Снимаю честные обзоры."} | profile)

    def staff(self, *capabilities: str) -> User:
        user = super().staff(*capabilities)
        user.staff_name = unique("Сотрудник")
        user.save(update_fields=["staff_name"])
        return user

    def terms(self, cents: int = 5_000, **chosen: Any) -> Terms:
        return super().terms(cents, **{"reason": REASON} | chosen)

    def job_content(self, **content: Any) -> dict[str, Any]:
        return super().job_content(**{"title": f"Обзор чая {unique('номер')}", "description": "Заварите чай и расскажите."} | content)


class Scene:
    """Rows by name. Made through verbs, like every world."""

    def __init__(self) -> None:
        world = self.world = RussianWorld()
        self.staff = {capability: world.staff(capability) for capability in CAPABILITIES}
        self.moderation()
        self.verification()
        self.money()
        self.cases()
        self.rules()
        self.mailbox()

    def moderation(self) -> None:
        """Jobs: waiting, approved, edited, rejected."""
        world = self.world
        self.waiting_job = world.job(
            description="Снимите чай.", brief={"начало": "чай", "обязательно": ["логотип"], "срочно": True}, notes="Без музыки."
        )
        self.live_job = world.live_job()
        refused = world.job()
        self.rejected_job = jobs.reject_job(refused.id, by=world.moderator, content_version=1, reason=REASON)
        self.edited_job = world.live_job()
        jobs.edit_job(self.edited_job.id, by=self.edited_job.brand, content={"description": "Снимите чай и чашку.", "budget_max": 9_000})

    def verification(self) -> None:
        """Creators: waiting, verified, rejected."""
        world = self.world
        self.waiting = Verification.objects.get(profile__user=world.waiting_creator())
        self.verified = Verification.objects.get(profile__user=world.verified_creator())
        rejected = world.waiting_creator()
        people.reject_creator(CreatorProfile.objects.get(user=rejected).id, by=world.moderator, reason=REASON)
        self.rejected = Verification.objects.get(profile__user=rejected)
        self.blocked = block_person(world.brand().id, by=world.moderator, reason=REASON)

    def money(self) -> None:
        """Deals, payouts in every state, top-ups in two."""
        world = self.world
        self.deal = world.deal()
        self.payout = world.payout()
        self.big_payout = world.payout(creator=world.paid_creator(price_quote=90_000), amount_cents=6_000_000)
        self.signed_payout = world.payout(creator=world.paid_creator(price_quote=90_000), amount_cents=6_000_000)
        money.approve_payout(self.signed_payout.id, by=world.finance)
        self.approved_payout = world.approved_payout()
        self.sent_payout = world.sent_payout()
        self.paid_payout = world.paid_payout()
        self.failed_payout = money.fail_payout(world.approved_payout().id, by=world.finance, reason=REASON)
        self.top_up = self.asked_top_up(100_000)
        self.big_top_up = self.asked_top_up(60_000_000)

    def asked_top_up(self, cents: int) -> TopUp:
        """A top-up by bank transfer that waits for finance."""
        kept, settings.PAYMENT_PROVIDER = settings.PAYMENT_PROVIDER, "manual"
        try:
            return money.request_top_up(by=self.world.brand(), amount_cents=cents, currency="RUB")
        finally:
            settings.PAYMENT_PROVIDER = kept

    def cases(self) -> None:
        """Reports, disputes and corrections: waiting, and decided."""
        world = self.world
        review = world.published_review(text="Груб и опоздал.")
        self.review_report = world.report(subject=review, text="Это неправда.")
        self.job_report = world.report(subject=self.live_job, reason="SPAM", text="")
        self.dismissed_report = dismiss_report(
            world.report(subject=review, by=world.creator(), text="").id, by=world.moderator, note=REASON
        )
        self.dispute, self.resolved_dispute = self.disputed(), self.disputed()
        disputes.resolve_dispute(self.resolved_dispute.id, by=world.moderator, resolution="SPLIT", creator_share_cents=100_000, note=REASON)
        self.adjustment = world.adjustment(world.paid_creator())
        self.posted_adjustment = world.posted_adjustment(world.paid_creator())

    def disputed(self) -> Dispute:
        """A dispute in which both sides have spoken."""
        dispute = self.world.dispute(statement="Снято слишком темно.")
        disputes.add_message(dispute.id, by=dispute.respondent, kind="MESSAGE", text="Всё как договаривались.")
        return dispute

    def rules(self) -> None:
        """One rule of each scope, and a limit."""
        by: dict[str, Any] = {"by": self.world.approver, "note": REASON}
        self.rule = rules.add_commission_rule(scope="NICHE", niche="FOOD", bps=1_250, **by)
        rules.add_commission_rule(scope="BRAND", brand_id=self.waiting_job.brand_id, bps=1_000, **by)
        self.limit = rules.set_limit(key="PAYOUT_MIN", value=50_000, currency="RUB", **by)

    def mailbox(self) -> None:
        """Parcels in every state, somebody who pulls events, a webhook, a chat, and a channel that was paused once."""
        keeper, world = self.staff["engineer"], self.world
        self.parcels = [parcel(state, type="ESCROW_FUNDED", reason="NO_ANSWER") for state in Delivery.State.values]
        self.chat = world.chat(person=self.verified.profile.user)
        self.endpoint, _secret = world.endpoint(owner=self.deal.brand, url="https://priem1.example.com/events")
        self.consumer = create_consumer(by=keeper, name="sklad-1", scopes=["*"]).consumer
        mailbox.pause_channel("EMAIL", by=keeper, reason=REASON)
        self.channel = mailbox.resume_channel("EMAIL", by=keeper)

    def rows(self) -> dict[str, list[Any]]:
        """The rows that have a page, by the name of their model."""
        payouts = [self.payout, self.big_payout, self.signed_payout, self.approved_payout, self.sent_payout, self.paid_payout]
        return {
            "job": [self.waiting_job, self.live_job, self.rejected_job, self.edited_job, self.deal],
            "verification": [self.waiting, self.verified, self.rejected],
            "user": [self.waiting_job.brand, self.waiting.profile.user, self.blocked, self.world.moderator],
            "payout": [*payouts, self.failed_payout],
            "topup": [self.top_up, self.big_top_up, TopUp.objects.filter(status="CONFIRMED")[0]],
            "escrow": [self.deal.escrow, *Escrow.objects.filter(status="RELEASED")[:1]],
            "account": [Account.objects.filter(kind=kind)[0] for kind in Account.Kind.values],
            "ledgerentry": [LedgerEntry.objects.filter(type=kind)[0] for kind in ("ESCROW_FUNDED", "PAYOUT_PAID", "COMMISSION_TAKEN")],
            "commissionrule": list(CommissionRule.objects.all()),
            "limit": [self.limit],
            "report": [self.review_report, self.job_report, self.dismissed_report],
            "dispute": [self.dispute, self.resolved_dispute],
            "adjustment": [self.adjustment, self.posted_adjustment],
            "telegramaccount": [self.chat],
            "channel": [self.channel],
            "delivery": self.parcels,
            "event": [Event.objects.filter(type=kind)[0] for kind in ("ESCROW_FUNDED", "JOB_PUBLISHED")],
            "consumer": [self.consumer],
            "endpoint": [self.endpoint],
            "auditentry": list(AuditEntry.objects.order_by("action", "-id").distinct("action")),
        }

    def superuser(self) -> User:
        """Somebody who may do everything."""
        user = self.world.staff()
        user.is_superuser = True
        user.save(update_fields=["is_superuser"])
        return user
