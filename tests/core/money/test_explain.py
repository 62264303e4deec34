"""Every number that is shown is the sum of the movements listed under it, and says so in words."""

import random
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import translation

from core.base import clock
from core.base.errors import NotFound
from core.base.money import money_text, percent_text
from core.money import ledger, steps
from core.money.explain import words
from core.money.explain.deal import deal_money
from core.money.explain.wallet import PLACES, wallet_money, wallets_as_of
from core.money.models import Account, Escrow, LedgerEntry, Payout
from core.money.selectors import statement, wallet_list
from core.money.services import approve_adjustment, draft_adjustment, fund_escrow, request_payout
from core.money.services import decisions as payouts
from core.money.services.payouts import hold, open_payout
from core.rules.models import CommissionRule
from core.rules.services import add_commission_rule

LIVES, STEPS = 100, 10  # every step makes another history: a thousand in all
SEED = 20_260_102
LANGUAGES = ("ru", "en")


def numbers(found):
    return {number.name: number.cents for number in found.numbers}


def sentences(found):
    return {number.name: number.sentence for number in found.numbers}


# Deals


def test_a_paid_deal_as_each_side_sees_it(world):
    job = world.completed_deal(price_quote=10_000)
    escrow = job.escrow

    seen = {name: deal_money(job.id, by=person) for name, person in {
        "brand": escrow.brand, "creator": escrow.creator, "finance": world.finance,
    }.items()}  # fmt: skip

    shared = {"FUNDED": 1_000_000, "HELD": 0, "RELEASED": 850_000, "COMMISSION": 150_000, "REFUNDED": 0, "ADJUSTED": 0}
    assert numbers(seen["brand"]) == shared | {"WALLET": -1_000_000}
    assert numbers(seen["creator"]) == shared | {"WALLET": 850_000}
    assert numbers(seen["finance"]) == shared
    with translation.override("ru"):
        told = deal_money(job.id, by=escrow.creator)
    since = words.day(escrow.commission_rule.valid_from)
    assert (
        told.sentence.replace("\u202f", " ")
        .replace("\u00a0", " ")
        .startswith("Из 10 000,00 ₽ удержана комиссия 15 % — 1 500,00 ₽. Вам перечислено 8 500,00 ₽. Это общая ставка, она действует с ")
    )
    assert since[:2] in told.sentence
    assert sentences(told)["RELEASED"].replace("\u202f", " ").replace("\u00a0", " ") == "Вам перечислено 8 500,00 ₽."


def test_a_stranger_and_other_staff_learn_nothing(world):
    job = world.completed_deal()

    for other in (world.brand(), world.creator(), world.moderator, world.staff("support")):
        with pytest.raises(NotFound):
            deal_money(job.id, by=other)


def test_before_it_is_paid_the_words_speak_of_what_will_be(world):
    unfunded, funded = world.accepted_job(price_quote=10_000), world.funded_job(price_quote=10_000)

    with translation.override("en"):
        before, after = (deal_money(job.id, by=job.brand) for job in (unfunded, funded))

    assert numbers(before)["FUNDED"] == 0
    assert sentences(before)["FUNDED"] == "Nothing has been put into the escrow."
    assert numbers(after) == {
        "FUNDED": 1_000_000, "HELD": 1_000_000, "RELEASED": 0, "COMMISSION": 0, "REFUNDED": 0, "ADJUSTED": 0, "WALLET": -1_000_000,
    }  # fmt: skip
    assert "will be kept" in before.sentence
    assert "The creator gets" in after.sentence


def test_a_split_deal_says_what_the_share_came_to(world):
    job = world.funded_job(price_quote=10_000)
    with transaction.atomic():
        steps.split(job.escrow, creator_share_cents=400_000, by=job.brand, source="DISPUTE")

    with translation.override("en"):
        found = deal_money(job.id, by=job.escrow.creator)

    assert numbers(found) == {
        "FUNDED": 1_000_000, "HELD": 0, "RELEASED": 340_000, "COMMISSION": 60_000, "REFUNDED": 600_000, "ADJUSTED": 0, "WALLET": 340_000,
    }  # fmt: skip
    assert (
        found.sentence.replace("\u202f", " ")
        .replace("\u00a0", " ")
        .startswith("The deal was split. Of your part, 4 000.00 ₽, a commission of 15% was kept, 600.00 ₽. You got 3 400.00 ₽.")
    )


def test_a_canceled_deal_kept_no_commission(world):
    job = world.canceled_deal()

    with translation.override("en"):
        found = deal_money(job.id, by=job.brand)

    assert found.sentence == "No commission was kept: the deal ended without pay."
    assert numbers(found)["WALLET"] == 0


def test_the_parties_see_adjustments_of_their_own_wallet_alone(world):
    job = world.completed_deal(price_quote=10_000)
    creator = job.escrow.creator
    terms = world.terms(-5_000)
    draft = draft_adjustment(creator.id, terms=terms.__class__(**vars(terms) | {"job_id": job.id}), by=world.finance)
    approve_adjustment(draft.id, by=world.approver)

    found = {who: numbers(deal_money(job.id, by=who)) for who in (creator, job.brand, world.finance)}

    assert (found[creator]["ADJUSTED"], found[creator]["WALLET"]) == (-5_000, 845_000)
    assert (found[job.brand]["ADJUSTED"], found[job.brand]["WALLET"]) == (0, -1_000_000)
    assert found[world.finance]["ADJUSTED"] == -5_000


@pytest.mark.parametrize("scope", ["NICHE", "BRAND"])
def test_the_rule_is_the_one_that_the_deal_began_with(world, scope):
    job = world.live_job()
    target = {"niche": job.niche} if scope == "NICHE" else {"brand_id": job.brand_id}
    rule = add_commission_rule(by=world.approver, scope=scope, bps=1_250, note="A campaign.", **target)
    deal = world.accepted_job(job=job, price_quote=10_000)
    add_commission_rule(by=world.approver, scope=scope, bps=500, note="Another one.", **target)

    with translation.override("ru"):
        found = deal_money(deal.id, by=deal.brand)

    assert (found.escrow.commission_rule, found.escrow.commission_bps) == (rule, 1_250)
    assert "12,5\u00a0%" in found.sentence
    assert ("для ниши «Еда»" if scope == "NICHE" else "индивидуальная ставка") in found.sentence


# Words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_movement_and_every_number_has_a_sentence(language):
    said = []
    with translation.override(language):
        for kind in LedgerEntry.Type.values:
            said.append(words.movement(kind, 12_345, "RUB"))
            said += [words.part(place, kind, sign * 12_345, "RUB") for place in PLACES for sign in (1, -1)]
        said += [words.wallet_number(place, 12_345, "RUB") for place in PLACES]
        for name, _reader in words.DEAL_NUMBERS:
            for reader in (words.BRAND, words.CREATOR, words.ANYBODY):
                said.append(words.deal_number(name, reader, 12_345, "RUB", happened=True))
                assert words.deal_number(name, reader, 0, "RUB", happened=False)
        money = money_text(12_345, "RUB")

    assert [sentence for sentence in said if money not in sentence] == []


def test_the_sentences_are_in_the_readers_language():
    with translation.override("ru"):
        russian = [words.movement(kind, 100, "RUB") for kind in LedgerEntry.Type.values]
    with translation.override("en"):
        english = [words.movement(kind, 100, "RUB") for kind in LedgerEntry.Type.values]

    assert all(set(sentence) & set("абвгдежзийклмнопрстуфхцчшщыьэюя") for sentence in russian)
    assert not any(set(sentence) & set("абвгдежзийклмнопрстуфхцчшщыьэюя") for sentence in english)


@pytest.mark.parametrize(
    ("bps", "russian", "english"), [(1_500, "15\u00a0%", "15%"), (1_250, "12,5\u00a0%", "12.5%"), (7, "0,07\u00a0%", "0.07%")]
)
def test_a_rate_is_written_as_people_write_it(bps, russian, english):
    with translation.override("ru"):
        assert percent_text(bps) == russian
    with translation.override("en"):
        assert percent_text(bps) == english


# Wallets at an earlier moment


def test_a_wallet_as_it_was(world):
    job = world.funded_job(price_quote=10_000)
    brand = job.brand
    before = clock.now()
    world.submission(job=job)
    world.approve(job)

    assert wallets_as_of(before, by=brand) == [{"currency": "RUB", "balance_cents": 0, "held_cents": 0, "escrow_cents": 1_000_000}]
    assert wallets_as_of(clock.now(), by=brand) == [{"currency": "RUB", "balance_cents": 0, "held_cents": 0, "escrow_cents": 0}]
    assert wallets_as_of(brand.created_at - timedelta(days=1), by=brand) == []
    assert numbers(wallet_money(by=brand, currency="RUB", as_of=before)) == {"BALANCE": 0, "HELD": 0, "ESCROW": 1_000_000}
    assert numbers(wallet_money(by=brand, currency="USD")) == {"BALANCE": 0, "HELD": 0, "ESCROW": 0}


# A thousand histories


class Life:
    """The money of one brand and one creator, step by step at random."""

    def __init__(self, world, seed):
        self.chance = random.Random(seed)
        self.world = world
        self.brand, self.creator = world.brand(), world.confirmed(world.creator())
        self.method = world.payout_method(self.creator)
        self.deals = [self.deal(price) for price in (1, 7, 450, 10_000)]
        world.posted_adjustment(self.creator, 50_000)
        world.paid_payout(creator=self.creator, amount_cents=10_000)

    def deal(self, price):
        """One more deal of the two, each with a commission of its own."""
        bps = self.chance.choice([0, 1, 333, 1_250, 1_667, 9_999, 10_000])
        if CommissionRule.objects.filter(brand=self.brand).order_by("-valid_from").values_list("bps", flat=True).first() != bps:
            add_commission_rule(by=self.world.approver, scope="BRAND", brand_id=self.brand.id, bps=bps, note="A campaign.")
        return self.world.accepted_job(job=self.world.live_job(brand=self.brand), creator=self.creator, price_quote=price)

    def step(self):
        """Something happens that may happen now."""
        escrows = list(Escrow.objects.filter(brand=self.brand).order_by("id"))
        waiting = list(Payout.objects.filter(creator=self.creator, status__in=["PENDING", "APPROVED", "SENT", "PAID"]).order_by("id"))
        moves = [self.top_up, self.adjust]
        moves += [lambda escrow=escrow: fund_escrow(escrow.job_id, by=self.brand) for escrow in escrows if escrow.status == "UNFUNDED"]
        moves += [lambda escrow=escrow: self.end(escrow) for escrow in escrows if escrow.status == "FUNDED"] * 3
        moves += [lambda payout=payout: self.carry_on(payout) for payout in waiting] * 2
        if self.earned() > 0:
            moves += [self.pay_out] * 4
        self.chance.choice(moves)()

    def earned(self):
        return Account.objects.get(owner=self.creator, currency="RUB").balance_cents

    def top_up(self):
        wallet = ledger.lock_wallet("BRAND", self.brand.id, "RUB")
        steps.top_up_at_once(brand_id=self.brand.id, cents=self.chance.randint(1, 10**6), wallet=wallet, provider="mock")

    def adjust(self):
        person = self.chance.choice([self.brand, self.creator])
        there = Account.objects.filter(owner=person, currency="RUB").values_list("balance_cents", flat=True).first() or 0
        self.world.posted_adjustment(person, self.chance.choice([cents for cents in (5, 100, -1, -there) if -cents <= there and cents]))

    def end(self, escrow):
        how = self.chance.choice(["release", "refund", "split"])
        if how == "split" and escrow.amount_cents > 1:
            steps.split(escrow, creator_share_cents=self.chance.randint(1, escrow.amount_cents - 1), by=self.brand, source="DISPUTE")
        elif how == "refund":
            steps.refund(escrow, by=self.brand)
        else:
            steps.release(escrow, by=self.brand)

    def pay_out(self):
        if Payout.objects.filter(creator=self.creator, status="PENDING").exists():
            return
        cents = self.chance.randint(1, self.earned())
        if cents >= 1_000:
            request_payout(by=self.creator, amount_cents=cents, currency="RUB", method_id=self.method.id)
        else:
            hold(open_payout(self.method, by=self.creator, amount_cents=cents, currency="RUB", needs_second=False), by=self.creator)

    def carry_on(self, payout):
        said = {"by": self.world.finance, "reason": "The account is closed."}
        ways = {
            "PENDING": [lambda: payouts.approve_payout(payout.id, by=said["by"]), lambda: payouts.reject_payout(payout.id, **said)],
            "APPROVED": [lambda: payouts.send_payout(payout.id, by=said["by"]), lambda: payouts.fail_payout(payout.id, **said)],
            "SENT": [lambda: payouts.mark_payout_paid(payout.id, by=said["by"], bank_reference=f"document-{payout.id}")],
            "PAID": [lambda: payouts.return_payout(payout.id, **said)],
        }
        self.chance.choice(ways[payout.status])()


def check_deal(life):
    """What is shown of a deal is what is listed, and what the accounts hold."""
    escrow = life.chance.choice(list(Escrow.objects.select_related("account").filter(brand=life.brand).order_by("id")))
    found = deal_money(escrow.job_id, by=life.chance.choice([life.brand, life.creator, life.world.finance]))
    shown = numbers(found)
    for number in found.numbers:
        assert number.cents == sum(entry["cents"] for entry in number.entries)
        assert number.sentence
        assert all(entry["sentence"] and entry["reference"] for entry in number.entries)
    assert shown["HELD"] == escrow.account.balance_cents
    assert shown["FUNDED"] == shown["HELD"] + shown["RELEASED"] + shown["COMMISSION"] + shown["REFUNDED"]
    assert found.escrow.gross_cents == found.escrow.commission_cents + found.escrow.creator_net_cents
    if escrow.status in ("RELEASED", "SPLIT"):
        assert (shown["COMMISSION"], shown["RELEASED"]) == (found.escrow.commission_cents, found.escrow.creator_net_cents)


def check_wallet(life):
    """What is shown of a wallet is what its parts come to, and what the statement lists."""
    person = life.chance.choice([life.brand, life.creator])
    found = wallet_money(by=person, currency="RUB")
    assert all(number.cents == sum(part.cents for part in number.parts) and number.sentence for number in found.numbers)
    held = next((row for row in wallet_list(by=person) if row["currency"] == "RUB"), {})
    assert numbers(found) == {place: held.get(f"{place.lower()}_cents", 0) for place in PLACES}
    listed = [(entry["type"], entry["amountCents"]) for entry in statement(by=person)]
    parts = next(number.parts for number in found.numbers if number.name == "BALANCE")
    assert sum(part.count for part in parts) == len(listed)
    for part in parts:
        same = [cents for kind, cents in listed if kind == part.type and (cents > 0) == (part.cents > 0)]
        assert (sum(same), len(same)) == (part.cents, part.count)


def test_shown_numbers_are_the_sums_of_what_is_listed(world, settings):
    """A hundred lives of ten steps; after each step all that is shown adds up."""
    settings.PAYMENT_PROVIDER = "mock"
    base = Life(world, SEED)
    done = set()
    for number in range(LIVES):
        with transaction.atomic():
            base.chance = random.Random(SEED + number)
            for _ in range(STEPS):
                base.step()
                check_deal(base)
                check_wallet(base)
            done |= set(LedgerEntry.objects.filter(from_account__owner__in=[base.brand, base.creator]).values_list("type", flat=True))
            done |= set(LedgerEntry.objects.filter(to_account__owner__in=[base.brand, base.creator]).values_list("type", flat=True))
            transaction.set_rollback(True)

    assert done == set(LedgerEntry.Type.values) - {"COMMISSION_TAKEN", "PAYOUT_PAID", "REVERSAL"}
