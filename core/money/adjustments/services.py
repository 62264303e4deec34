"""Corrections of a wallet by hand: one person drafts, another one posts or refuses."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.money import checks, events, policies, selectors
from core.money.adjustments import steps
from core.money.adjustments.models import Adjustment
from core.money.adjustments.selectors import OWNER
from core.money.adjustments.terms import Terms, clean_terms
from core.money.errors import AdjustmentWrongState, NotEnoughMoney, OwnWallet, SecondPersonRequired, WalletMissing
from core.money.models import Account, Escrow
from core.money.preview import Preview, preview
from core.money.steps import system
from core.people.models import User
from core.timers import steps as timers
from core.timers.policies import is_clock

Status = Adjustment.Status


@transaction.atomic
def draft_adjustment(person_id, *, terms: Terms, by, opens_wallet: bool = False) -> Adjustment:
    """A correction of this person's wallet waits for a second person. Nothing has moved.

    A first wallet in another currency has to be meant: `opens_wallet`.
    Raises Forbidden, Invalid, WrongDirection, OwnWallet, WalletMissing, NotEnoughMoney, AdjustmentLimitReached.
    """
    require(policies.is_finance(by))
    terms = clean_terms(terms)
    person = find_owner(person_id)
    require(person.id != by.id, OwnWallet())
    check_deal(terms, person)
    judge_wallet(terms, person, opens_wallet=opens_wallet)
    return steps.draft_adjustment(person, terms=terms, by=by)


def preview_adjustment(person_id, *, terms: Terms, by, opens_wallet: bool = False) -> Preview:
    """What the correction would move once somebody else signs. Nothing is changed. Raises what both verbs raise."""

    def both_signatures() -> Adjustment:
        adjustment = draft_adjustment(person_id, terms=terms, by=by, opens_wallet=opens_wallet)
        steps.post(adjustment, by=system())
        return adjustment

    return preview(both_signatures, by=by)


@transaction.atomic
def approve_adjustment(adjustment_id, *, by) -> Adjustment:
    """The money has moved; the owner of the wallet knows why.

    Raises Forbidden, NotFound, OwnWallet, AdjustmentWrongState, SecondPersonRequired, AdjustmentLimitReached, NotEnoughMoney.
    """
    adjustment = lock_for_decision(adjustment_id, by=by)
    posted = Adjustment.objects.filter(decided_by=by, status=Status.POSTED, decided_at__gt=clock.now() - steps.DAY)
    steps.require_room(adjustment.amount_cents, adjustment.currency, by=by, signed=posted)
    steps.post(adjustment, by=by)
    return adjustment


@transaction.atomic
def reject_adjustment(adjustment_id, *, by, reason: str) -> Adjustment:
    """The adjustment will not be posted, and its drafter knows why.

    Raises Forbidden, NotFound, OwnWallet, AdjustmentWrongState, SecondPersonRequired, Invalid.
    """
    adjustment = lock_for_decision(adjustment_id, by=by)
    steps.refuse(adjustment, by=by, reason=checks.clean_reason(reason))
    return adjustment


@transaction.atomic
def cancel_adjustment(adjustment_id, *, by) -> Adjustment:
    """Whoever drafted it has taken it back. Raises Forbidden, NotFound, AdjustmentWrongState."""
    require(policies.is_finance(by))
    adjustment = policies.visible_adjustments(by).select_related(*OWNER).lock(id=adjustment_id)
    require(adjustment.drafted_by_id == by.id)
    require_pending(adjustment)

    steps.close(adjustment, Status.CANCELED, by=by)
    record("ADJUSTMENT_CANCELED", adjustment, by=by, before={"status": "PENDING"}, after={"status": adjustment.status})
    steps.tell(events.AdjustmentCanceled, adjustment, by=by, recipients=selectors.second_signer_ids(but=by))
    return adjustment


@transaction.atomic
def reject_adjustment_by_timer(adjustment_id, *, by) -> Adjustment | None:
    """Nobody has signed in time: the adjustment is dropped, and its drafter knows.

    None when somebody acted first. Raises Forbidden, NotFound.
    """
    require(is_clock(by))
    adjustment = Adjustment.objects.select_related(*OWNER).lock(id=adjustment_id)
    if timers.fire(adjustment.id, "DECIDE_ADJUSTMENT") is None:
        return None
    steps.refuse(adjustment, by=by, reason="")
    return adjustment


def lock_for_decision(adjustment_id, *, by) -> Adjustment:
    """The waiting adjustment, locked, for somebody who may be the second person.

    Raises Forbidden, NotFound, OwnWallet, AdjustmentWrongState, SecondPersonRequired.
    """
    require(policies.can_sign_second(by))
    adjustment = policies.visible_adjustments(by).select_related(*OWNER, "drafted_by").lock(id=adjustment_id)
    require(adjustment.person_id != by.id, OwnWallet())
    require_pending(adjustment)
    require(adjustment.drafted_by_id != by.id, SecondPersonRequired())
    return adjustment


def require_pending(adjustment: Adjustment) -> None:
    """Nothing happens while the adjustment waits. Raises AdjustmentWrongState."""
    require(adjustment.status == Status.PENDING, AdjustmentWrongState(status=adjustment.status))


def find_owner(person_id) -> User:
    """The brand or creator whose wallet it is. Raises Invalid."""
    people = User.objects.select_related("brand_profile", "creator_profile")
    person = people.filter(id=person_id, role__in=Account.WALLETS).first()
    if person is None:
        raise Invalid({"userId": [_("There is no such brand or creator.")]})
    return person


def check_deal(terms: Terms, person: User) -> None:
    """Nothing happens when the deal that the terms name, if any, is one of this person's. Raises Invalid."""
    if terms.job_id is None:
        return
    deals = Escrow.objects.filter(Q(brand=person) | Q(creator=person), job_id=terms.job_id)
    if not deals.exists():
        raise Invalid({"jobId": [_("This is not a deal of this person.")]})


def judge_wallet(terms: Terms, person: User, *, opens_wallet: bool) -> None:
    """Nothing happens when the wallet can take part, as far as one can see before the second signature.

    Raises WalletMissing, NotEnoughMoney.
    """
    wallet = Account.objects.filter(owner=person, kind=person.role, currency=terms.currency).first()
    if terms.direction == Adjustment.Direction.CREDIT:
        require(wallet is not None or opens_wallet, WalletMissing())
        return
    available = wallet.balance_cents if wallet else 0
    require(terms.amount_cents <= available, NotEnoughMoney(required_cents=terms.amount_cents, available_cents=available))
