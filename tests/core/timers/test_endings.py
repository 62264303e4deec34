"""Everything comes to an end without anybody acting: on paper, by walking the states, and in life, by letting time pass."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from core.base import clock
from core.base.errors import Forbidden
from core.base.ids import uuid7
from core.base.models import StatefulRow
from core.clockwork import EXPIRY, REMINDERS, run_due
from core.deals.models import CancellationProposal, Submission
from core.deals.services import request_changes
from core.desk.rulings.models import Ruling
from core.disputes.models import Dispute, InformationRequest
from core.disputes.verdicts.models import Appeal, DisputeDecision, SettlementProposal
from core.endings import ENDINGS, Clock, Due, Owner, Rest, Stands
from core.hiring.models import Application, Invitation
from core.hiring.services import withdraw_application
from core.jobs.models import Job, JobRevision
from core.jobs.moderation.cases import rule_on_job
from core.jobs.services import edit_job, take_down_job
from core.money import services as money
from core.money.adjustments.models import Adjustment
from core.money.models import Escrow, Payout, TopUp
from core.money.selectors import ledger_faults
from core.people import services as people
from core.people.models import Verification
from core.tasks import carry_out_rulings
from core.timers.kinds import KINDS
from core.timers.models import Timer
from core.timers.selectors import next_moment
from tests.moments import at, wait_out
from tests.world import World

MODELS = [model for model in apps.get_models() if issubclass(model, StatefulRow)]
STATES = [(model, state) for model in MODELS for state in sorted(model.MOVES)]
LONG_ENOUGH = timedelta(days=3 * 365)


def named(value: Any) -> str:
    return value.__name__ if isinstance(value, type) else str(value)


def ending_of(model: type[StatefulRow], state: str) -> Any:
    return ENDINGS[model][state]


# On paper


def test_the_table_knows_every_state_that_can_be_left_and_no_other():
    assert {model: set(states) for model, states in ENDINGS.items()} == {model: set(model.MOVES) for model in MODELS}


@pytest.mark.parametrize(("model", "state"), STATES, ids=named)
def test_every_state_leads_to_an_end(model, state):
    """A clock leads along an arrow, and on; an owner has ends of its own. Nothing goes in circles."""
    seen = []
    while state in model.MOVES:
        assert (model, state) not in seen
        seen.append((model, state))
        ending = ending_of(model, state)
        if isinstance(ending, Rest | Stands):
            assert ending.why
            return
        if isinstance(ending, Due):
            assert set(ending.to) <= model.MOVES[state] - model.MOVES.keys()
            return
        if isinstance(ending, Owner):
            assert not any(isinstance(each, Stands) for each in ENDINGS[ending.model].values())
            return
        assert set(ending.kinds) <= EXPIRY.keys()
        assert ending.to in model.MOVES[state]
        state = ending.to


def test_owners_do_not_own_each_other():
    owners = {model: {ending.model for ending in states.values() if isinstance(ending, Owner)} for model, states in ENDINGS.items()}

    for model, above_it in owners.items():
        above, seen = above_it, set()
        while above:
            assert model not in above
            seen |= above
            above = set().union(*(owners[each] for each in above)) - seen


def test_only_the_word_of_a_person_or_a_bank_has_no_clock():
    """Of deals and money it is a payout alone that has left for the bank."""
    standing = {(model.__name__, state) for model, states in ENDINGS.items() for state, end in states.items() if isinstance(end, Stands)}

    assert standing == {("Payout", "SENT"), ("Report", "OPEN"), ("Verification", "PENDING")}


def test_every_clock_has_its_verb_and_its_place():
    used = {kind for states in ENDINGS.values() for ending in states.values() if isinstance(ending, Clock) for kind in ending.kinds}

    assert EXPIRY.keys() == KINDS.keys()
    assert KINDS.keys() - used == {"WRITE_REVIEWS"}  # the job has ended by then
    assert REMINDERS.keys() == {name for name, kind in KINDS.items() if kind.remind_before is not None}


@pytest.mark.parametrize("kind", EXPIRY)
def test_nobody_but_the_clock_turns_it(world, kind):
    for person in (world.brand(), world.creator(), world.moderator):
        with pytest.raises(Forbidden):
            EXPIRY[kind](uuid7(), by=person)


# In life


def revision(world: World) -> JobRevision:
    job = world.live_job()
    edit_job(job.id, by=job.brand, content={"title": "Another review of our tea"})
    return JobRevision.objects.get(job=job)


def taken_down(world: World) -> Job:
    job = world.live_job()
    return take_down_job(job.id, by=world.moderator, reason="It asks for a review that is not honest.")


def withdrawn(world: World) -> Application:
    application = world.application()
    return withdraw_application(application.id, by=application.creator)


def sent_back(world: World) -> Job:
    job = world.reviewed_deal()
    return request_changes(job.id, by=job.brand, comment="Brighter.").job


def overdue_request(world: World) -> InformationRequest:
    asked = world.information_request()
    wait_out(asked, "ANSWER_REQUEST")
    return InformationRequest.objects.get(id=asked.id)


def issued_code(world: World) -> Verification:
    creator = world.creator()
    people.issue_verification_code(by=creator)
    return Verification.objects.get(profile__user=creator)


def ruled(world: World) -> Ruling:
    return rule_on_job(
        world.job().id, by=world.moderator, kind="REJECT", content_version=1, reason="Say in the title what is to be filmed."
    )


SCENES: dict[str, tuple[type[StatefulRow], str, Callable[[World], StatefulRow]]] = {
    "a draft": (Job, "DRAFT", lambda world: world.draft_job()),
    "a job that waits for a moderator": (Job, "PUBLISHED", lambda world: world.job()),
    "a rejected job": (Job, "PUBLISHED", lambda world: world.rejected_job()),
    "a job that was taken down": (Job, "PUBLISHED", taken_down),
    "a live job": (Job, "PUBLISHED", lambda world: world.live_job()),
    "a job on hold": (Job, "PAUSED", lambda world: world.paused_job()),
    "a change that waits for a moderator": (JobRevision, "PENDING", revision),
    "a deal that is not funded": (Job, "IN_PROGRESS", lambda world: world.deal(funded=False)),
    "a deal in progress": (Job, "IN_PROGRESS", lambda world: world.deal()),
    "a deal sent back for changes": (Job, "IN_PROGRESS", sent_back),
    "a deal in review": (Job, "IN_REVIEW", lambda world: world.reviewed_deal()),
    "a deal in dispute": (Job, "IN_REVIEW", lambda world: world.dispute().job),
    "an application": (Application, "PENDING", lambda world: world.application()),
    "a withdrawn application": (Application, "WITHDRAWN", withdrawn),
    "an invitation": (Invitation, "SENT", lambda world: world.invitation()),
    "a withdrawn invitation": (Invitation, "CANCELED", lambda world: world.withdrawn_invitation()),
    "an expired invitation": (Invitation, "EXPIRED", lambda world: world.expired_invitation()),
    "a version of the work": (Submission, "SUBMITTED", lambda world: world.submission()),
    "an unfunded escrow": (Escrow, "UNFUNDED", lambda world: world.deal(funded=False).escrow),
    "a funded escrow": (Escrow, "FUNDED", lambda world: world.deal().escrow),
    "a proposal to part": (CancellationProposal, "PENDING", lambda world: world.proposal()),
    "a dispute": (Dispute, "OPEN", lambda world: world.dispute()),
    "an answered dispute": (Dispute, "OPEN", lambda world: world.answered_dispute()),
    "a dispute that a moderator has taken": (Dispute, "UNDER_REVIEW", lambda world: world.reviewed_dispute()),
    "a question of staff": (InformationRequest, "OPEN", lambda world: world.information_request()),
    "a question that was not answered in time": (InformationRequest, "OVERDUE", overdue_request),
    "a settlement": (SettlementProposal, "PENDING", lambda world: world.settlement()),
    "a decision that waits for the second person": (DisputeDecision, "PROPOSED", lambda world: world.proposed_decision().decisions.get()),
    "an appeal": (Appeal, "OPEN", lambda world: world.appeal()),
    "a payout": (Payout, "PENDING", lambda world: world.payout()),
    "an approved payout": (Payout, "APPROVED", lambda world: world.approved_payout()),
    "a paid payout": (Payout, "PAID", lambda world: world.paid_payout()),
    "an invoice": (TopUp, "PENDING", lambda world: money.request_top_up(by=world.brand(), amount_cents=100_000, currency="RUB")),
    "an adjustment": (Adjustment, "PENDING", lambda world: world.adjustment(world.paid_creator())),
    "a code for verification": (Verification, "ISSUED", issued_code),
    "a decision of a moderator": (Ruling, "HELD", ruled),
    "a verified creator": (Verification, "VERIFIED", lambda world: Verification.objects.get(profile__user=world.verified_creator())),
}


def let_time_pass() -> None:
    """Nobody acts, for three years; the clocks are turned whenever one has something to do, and what is due by itself is done."""
    moment: datetime | None = clock.now()
    assert moment is not None
    until = moment + LONG_ENOUGH
    while (moment := next_moment(after=moment)) and moment < until:
        with at(moment):
            run_due()
    with at(until):
        run_due()
        carry_out_rulings.call_local()


@pytest.mark.parametrize("scene", SCENES)
def test_whatever_there_is_ends_though_nobody_acts(world, settings, scene):
    if scene == "an invoice":
        settings.PAYMENT_PROVIDER = "manual"
    model, state, build = SCENES[scene]
    thing = model.objects.get(pk=build(world).pk)
    assert thing.status == state

    let_time_pass()

    thing.refresh_from_db()
    is_over = thing.status not in type(thing).MOVES
    assert is_over or isinstance(ending_of(type(thing), thing.status), Rest)
    assert not Timer.objects.filter(ended_at=None).exists()


def test_every_state_has_its_scene():
    ends = {(model, state) for model, states in ENDINGS.items() for state, ending in states.items() if not isinstance(ending, Stands)}

    assert {(model, state) for model, state, _ in SCENES.values()} == ends


def test_money_goes_where_the_silence_leads(world):
    """Of three deals whose parties fall silent the unpaid one costs nothing, the unworked one goes back, the delivered one is paid."""
    unpaid, unworked, delivered = world.deal(funded=False), world.deal(), world.reviewed_deal()

    let_time_pass()

    states = dict(Escrow.objects.values_list("job_id", "status"))
    assert [states[job.id] for job in (unpaid, unworked, delivered)] == ["VOIDED", "REFUNDED", "RELEASED"]
    assert ledger_faults() == []
