"""A small marketplace to look at: people, jobs and deals in every state, made by the verbs that everybody uses."""

import itertools
from typing import Any

from django.db import transaction

from core.chat.services import send_message
from core.deals.reviews.services import write_review
from core.deals.services import approve_work, propose_cancellation, request_changes, submit_work
from core.disputes.services import add_message, open_dispute
from core.hiring.invitations.services import invite_creator
from core.hiring.services import accept_application, apply_to_job
from core.jobs.alerts.services import create_alert
from core.jobs.models import Job
from core.jobs.services import approve_job, create_job, edit_job
from core.money.models import TopUp
from core.money.services import add_payout_method, confirm_top_up, fund_escrow, request_payout, request_top_up
from core.people.accounts.operator import create_account
from core.people.factors.demo import demo_code, demo_secret
from core.people.factors.models import Factor
from core.people.factors.steps import forget_factor
from core.people.models import User
from core.people.services import (
    add_portfolio_item,
    issue_verification_code,
    set_up_factor,
    submit_verification,
    update_brand_profile,
    update_creator_profile,
    verify_creator,
)

DOMAIN = "example.com"
STAFF = {
    "moderator": ("Модератор", ("moderator",)),
    "finance": ("Финансист", ("finance",)),
    "finance-2": ("Второй финансист", ("finance", "finance_approver")),
    "support": ("Поддержка", ("support",)),
    "engineer": ("Инженер", ("engineer",)),
}
JOBS = (
    ("Распаковка набора чая для TikTok", "FOOD", "TIKTOK", 3_000, 6_000),
    ("Честный обзор увлажняющего крема", "BEAUTY", "INSTAGRAM_REELS", 8_000, 15_000),
    ("Три рецепта с кофе за тридцать секунд", "FOOD", "VK_CLIPS", 5_000, 9_000),
    ("Приложение для сна: неделя с дневником", "APPS", "YOUTUBE_SHORTS", 12_000, 20_000),
    ("Кроссовки для города: до и после пробежки", "FITNESS", "TIKTOK", 10_000, 18_000),
)
WAITING = (
    ("Гирлянда для спальни: снимите вечерний уют", "HOME", "TIKTOK", 2_000, 4_000),
    ("Игрушка-антистресс: короткий скетч", "KIDS", "VK_CLIPS", 3_000, 5_000),
)


def is_seeded() -> bool:
    """Whether the demonstration stands already."""
    return User.objects.filter(email=f"brand@{DOMAIN}").exists()


@transaction.atomic
def seed(password: str) -> None:
    """The accounts of every role stand, and between them jobs, applications and deals in every state."""
    Demo(password).make()


@transaction.atomic
def renew_passwords(password: str) -> None:
    """The demonstration's accounts open with this password, also when they were made with another."""
    for user in User.objects.filter(
        email__in=[f"{name}@{DOMAIN}" for name in ("brand", "brand-b", "creator", "creator-b", "admin", *STAFF)]
    ):
        if not user.check_password(password):
            user.set_password(password)
            user.save(update_fields=["password"])
            forget_factor(user)
        if user.role == User.Role.STAFF and not Factor.objects.filter(user=user).exists():
            give_authenticator(user, password)


def give_authenticator(user: User, password: str) -> None:
    """The account has the authenticator of demonstrations, so that it also opens where a second factor is asked."""
    set_up_factor(by=user, secret=demo_secret(user.email, password), code=demo_code(user.email, password))


class Demo:
    """Makes the demonstration once."""

    def __init__(self, password: str) -> None:
        self.password = password
        self.people: dict[str, User] = {}
        self.jobs: dict[str, Job] = {}
        self.numbers = itertools.count(1)

    def make(self) -> None:
        self.make_staff()
        self.make_people()
        live = [self.live_job(*words) for words in JOBS]
        for words in WAITING:
            create_job(by=self.people["brand-b"], content=content(*words), publish=True)
        create_job(by=self.people["brand"], content={"title": "Черновик: серия роликов к лету"}, publish=False)
        edit_job(live[0].id, by=self.people["brand"], content={"budget_max": 7_000})
        apply_to_job(live[1].id, by=self.people["creator"], message="Снимаю крем-обзоры второй год, покажу примеры.", price_quote=12_000)
        apply_to_job(live[1].id, by=self.people["creator-b"], message="Готова снять на этой неделе.", price_quote=9_000)
        self.make_deals()
        self.make_talk(live[2])

    def account(self, name: str, role: str, *, title: str = "", capabilities: tuple[str, ...] = (), superuser: bool = False) -> None:
        self.people[name] = create_account(
            email=f"{name}@{DOMAIN}", password=self.password, role=role, name=title, capabilities=capabilities, superuser=superuser
        )

    def make_staff(self) -> None:
        for name, (title, capabilities) in STAFF.items():
            self.account(name, "STAFF", title=title, capabilities=capabilities)
        self.account("admin", "STAFF", title="Администратор", superuser=True)
        for name in (*STAFF, "admin"):
            give_authenticator(self.people[name], self.password)

    def make_people(self) -> None:
        """Two brands and two creators; one creator is verified, the other waits for it."""
        for name, company, words in (("brand", "Чайный дом", "Чай и посуда с доставкой."), ("brand-b", "Уютная лавка", "Вещи для дома.")):
            self.account(name, "BRAND", title=company)
            update_brand_profile(by=self.people[name], changes={"description": words, "website": f"https://{DOMAIN}"})
        for name, title in (("creator", "Лена снимает"), ("creator-b", "Тимур в кадре")):
            self.account(name, "CREATOR", title=title)
            self.describe(self.people[name])
        profile = self.people["creator"].creator_profile
        verify_creator(profile.id, by=self.people["moderator"])

    def describe(self, creator: User) -> None:
        changes = {
            "bio": "Снимаю короткие честные обзоры: еда, дом и красота.",
            "platforms": ["TIKTOK", "VK_CLIPS"],
            "niches": ["FOOD", "HOME", "BEAUTY"],
            "price_per_video": 5_000,
            "is_public": True,
        }
        update_creator_profile(by=creator, changes=changes)
        add_portfolio_item(by=creator, content={"url": f"https://{DOMAIN}/video/{next(self.numbers)}", "title": "Обзор месяца"})
        issue_verification_code(by=creator)
        submit_verification(by=creator, account_url=f"https://{DOMAIN}/@author-{next(self.numbers)}")

    def live_job(self, *words: Any) -> Job:
        job = create_job(by=self.people["brand"], content=content(*words), publish=True)
        return approve_job(job.id, by=self.people["moderator"], content_version=job.content_version)

    def make_deals(self) -> None:
        """Deals in every state, a payout that waits, and one above the limit of a single signature."""
        self.top_up()
        self.deal("Обзор чайника: ждёт оплаты", 5_000, until="accepted")
        self.deal("Чай в дорогу: в работе", 7_000, until="funded")
        self.deal("Вечерний чай: на проверке", 6_000, until="submitted")
        self.deal("Чайная церемония: просим правки", 8_000, until="changes")
        self.deal("Зимний сбор: готово", 4_000, until="approved")
        self.deal("Новогодний набор: готово", 90_000, until="approved", creator="creator-b")
        method = add_payout_method(by=self.people["creator-b"], kind="CARD", details="4111111111111111")
        request_payout(by=self.people["creator-b"], amount_cents=6_000_000, currency="RUB", method_id=method.id)

    def make_talk(self, open_job: Job) -> None:
        """What people say to each other: an invitation, a chat, a review, a proposal to part and a dispute."""
        brand, creator = self.people["brand"], self.people["creator"]
        invite_creator(open_job.id, creator.creator_profile.id, by=brand, message="Видели ваши обзоры кофе, будем рады вам.")
        create_alert(by=creator, content={"name": "Еда до 10 000 ₽", "niche": "FOOD", "max_budget_cents": 1_000_000, "currency": "RUB"})
        working = self.jobs["Чай в дорогу: в работе"]
        talk = working.conversations.get()
        send_message(talk.id, by=creator, body="Добрый день! Посылка пришла, снимаю завтра.")
        send_message(talk.id, by=brand, body="Отлично. Покажите, пожалуйста, как чай заваривается в термосе.")
        write_review(self.jobs["Зимний сбор: готово"].id, by=brand, rating=5, text="Живой ролик, сдан раньше срока.")
        propose_cancellation(
            self.jobs["Чайная церемония: просим правки"].id, by=brand, creator_share_cents=300_000, reason="Планы на праздник изменились."
        )
        dispute = open_dispute(
            self.jobs["Вечерний чай: на проверке"].id, by=brand, reason="QUALITY", statement="В ролике не тот сорт чая, что в задании."
        )
        add_message(
            dispute.id, by=creator, kind="MESSAGE", text="Снимал тот набор, который прислали. Готов переснять, если пришлёте другой."
        )

    def top_up(self) -> None:
        """The brand's money has come; another brand's is on its way where transfers are confirmed by hand."""
        first = request_top_up(by=self.people["brand"], amount_cents=20_000_000, currency="RUB")
        if first.status == TopUp.Status.PENDING:
            confirm_top_up(first.id, by=self.people["finance"], bank_reference="DEMO-0001")
        request_top_up(by=self.people["brand-b"], amount_cents=3_000_000, currency="RUB")

    def deal(self, title: str, price: int, *, until: str, creator: str = "creator") -> None:
        """A deal that has come as far as the named step."""
        brand, maker = self.people["brand"], self.people[creator]
        job = self.live_job(title, "FOOD", "TIKTOK", price, price)
        application = apply_to_job(job.id, by=maker, message="Сниму за три дня.", price_quote=price)
        accept_application(job.id, application.id, by=brand)
        self.jobs[title] = job
        steps = {
            "funded": lambda: fund_escrow(job.id, by=brand),
            "submitted": lambda: submit_work(job.id, by=maker, items=[final_video()], note="Первая версия, жду отзыва."),
            "changes": lambda: request_changes(job.id, by=brand, comment="Сделайте первые секунды короче."),
            "approved": lambda: approve_work(job.id, by=brand),
        }
        path = {
            "accepted": (),
            "funded": ("funded",),
            "submitted": ("funded", "submitted"),
            "changes": ("funded", "submitted", "changes"),
            "approved": ("funded", "submitted", "approved"),
        }
        for step in path[until]:
            steps[step]()


def content(title: str, niche: str, platform: str, budget_min: int, budget_max: int) -> dict[str, Any]:
    """A whole brief."""
    return {
        "title": title,
        "description": f"{title}. Нужен живой ролик без рекламного голоса: покажите товар в деле и скажите, что думаете.",
        "niche": niche,
        "platform": platform,
        "budget_min": budget_min,
        "budget_max": budget_max,
        "currency": "RUB",
        "content_formats": ["REVIEW"],
        "languages": ["ru"],
        "deliverables_count": 1,
        "video_duration_sec": 30,
        "usage_term_days": 90,
        "revision_rounds": 2,
        "revision_rounds_included": 1,
        "deadline_type": "WEEK_PLUS",
    }


def final_video() -> dict[str, str]:
    return {"type": "FINAL_VIDEO", "url": f"https://{DOMAIN}/video/final.mp4"}
