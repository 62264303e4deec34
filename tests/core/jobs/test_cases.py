"""Moderators at the desk: one case in one pair of hands, a minute to change one's mind, and a second moderator."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from core.base import clock
from core.base.errors import Forbidden, Invalid
from core.base.vocabulary import Queue
from core.desk.claims.errors import AlreadyEscalated, AnotherDecides, CaseTaken, NothingToTake, NotHolding
from core.desk.claims.models import Claim, Escalation
from core.desk.claims.services import keep_case, release_case
from core.desk.rulings.errors import BeingDecided, NothingToUndo
from core.desk.rulings.models import Ruling
from core.desk.rulings.steps import HOLD_SECONDS
from core.jobs.errors import ContentChanged, NothingPending
from core.jobs.models import Job
from core.jobs.moderation.carrying import carry_out_due
from core.jobs.moderation.cases import escalate_job, rule_on_job, take_job, take_next_job, undo_job_ruling
from core.jobs.services import approve_job, edit_job, reject_job, resubmit_job
from core.rules.reasons.selectors import checklist
from tests.core.jobs.traces import audited, events, nothing_happens, told

REASON = "Say in the title what is to be filmed."
MINUTE = timedelta(seconds=HOLD_SECONDS)


def every_check() -> list[str]:
    return [item.code for item in checklist(Queue.JOBS)]


def approve(job: Job, by, version: int = 1) -> Ruling:
    return rule_on_job(job.id, by=by, kind="APPROVE", content_version=version, checks=every_check())


def reject(job: Job, by, kind: str = "REJECT", reason: str = REASON) -> Ruling:
    return rule_on_job(job.id, by=by, kind=kind, content_version=1, reason=reason)


def run_out(job: Job) -> None:
    """The lease of the case is over, by the clock of the database."""
    earlier = {name: F(name) - timedelta(hours=1) for name in ("taken_at", "lease_until")}
    Claim.objects.filter(subject_id=job.id).update(**earlier)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


# ── Hands ──


def test_the_oldest_free_case_comes_first_and_nobody_else_gets_it(world):
    first, second = world.job(), world.job()
    anna, boris = world.staff("moderator"), world.staff("moderator")

    assert take_next_job(by=anna) == first
    assert take_next_job(by=boris) == second
    with nothing_happens(), pytest.raises(NothingToTake):
        take_next_job(by=world.staff("moderator"))
    with nothing_happens(), pytest.raises(CaseTaken):
        take_job(first.id, by=boris)


def test_what_another_one_holds_is_not_decided_through_any_door(world):
    job, anna, boris = world.job(), world.staff("moderator"), world.staff("moderator")
    take_job(job.id, by=anna)

    for decide in (
        lambda: approve(job, boris),
        lambda: escalate_job(job.id, by=boris, note=REASON),
        lambda: approve_job(job.id, by=boris, content_version=1),
        lambda: reject_job(job.id, by=boris, content_version=1, reason=REASON),
    ):
        with nothing_happens(), pytest.raises(CaseTaken):
            decide()
    approve_job(job.id, by=anna, content_version=1)
    assert not Claim.objects.filter(subject_id=job.id).exists()


def test_a_lease_that_ran_out_is_anybodys_and_one_that_is_kept_is_not(world):
    kept, left = world.job(), world.job()
    anna, boris = world.staff("moderator"), world.staff("moderator")
    until = take_job(kept.id, by=anna).lease_until
    take_job(left.id, by=anna)
    assert keep_case(Queue.JOBS, kept.id, by=anna).lease_until > until

    run_out(left)

    with nothing_happens(), pytest.raises(NotHolding):
        keep_case(Queue.JOBS, left.id, by=anna)
    assert take_next_job(by=boris) == left
    with nothing_happens(), pytest.raises(CaseTaken):
        take_job(left.id, by=anna)


def test_a_case_that_is_given_back_is_taken_by_the_next_one(world):
    job, anna = world.job(), world.staff("moderator")
    take_job(job.id, by=anna)

    release_case(Queue.JOBS, job.id, by=anna)

    assert take_next_job(by=world.staff("moderator")) == job
    with nothing_happens(), pytest.raises(NotHolding):
        release_case(Queue.JOBS, job.id, by=anna)


def test_parts_of_the_queue_are_taken_apart(world):
    first, again, live = world.job(), world.rejected_job(), world.live_job()
    resubmit_job(again.id, by=again.brand)
    edit_job(live.id, by=live.brand, content={"title": "Review of our black tea"})
    Job.objects.filter(id=first.id).update(submitted_at=clock.now() - timedelta(hours=23, minutes=30))
    anna = world.staff("moderator")

    assert take_next_job(by=anna, part="repeated") == again
    assert take_next_job(by=anna, part="edits") == live
    assert take_next_job(by=anna, part="urgent") == first
    with pytest.raises(NothingToTake):
        take_next_job(by=anna, part="urgent")


def test_the_database_lets_one_person_hold_a_case_and_one_decision_wait(world):
    job, anna = world.job(), world.staff("moderator")
    claim = take_job(job.id, by=anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(queue="JOBS", subject_id=job.id, holder=anna, taken_at=claim.taken_at, lease_until=claim.lease_until)
    ruling = approve(job, anna)

    with pytest.raises(IntegrityError, match="ruling_one_held"), transaction.atomic():
        Ruling.objects.create(queue="JOBS", subject_id=job.id, kind="APPROVE", version=1, decided_by=anna, due_at=ruling.due_at)


# ── A minute to change one's mind ──


def test_for_a_minute_nothing_has_happened_and_then_everything(world):
    job, anna = world.job(), world.staff("moderator")
    take_job(job.id, by=anna)

    approve(job, anna)

    assert carry_out_due() == 0
    assert (fresh(job).moderation_status, told(job, "MODERATION_APPROVED"), events(job, "JOB_MODERATION_APPROVED")) == (
        "PENDING",
        set(),
        [],
    )
    with time_machine.travel(clock.now() + MINUTE):
        assert carry_out_due() == 1
    assert (fresh(job).moderation_status, fresh(job).moderated_by_id) == ("APPROVED", anna.id)
    assert told(job, "MODERATION_APPROVED") == {job.brand_id}
    assert audited(job)[-2:] == ["JOB_RULED", "JOB_APPROVED"]
    assert Ruling.objects.get(subject_id=job.id).status == "CARRIED_OUT"


@pytest.mark.parametrize(("kind", "notice"), [("REJECT", "MODERATION_REJECTED"), ("REQUEST_CHANGES", "MODERATION_CHANGES_REQUESTED")])
def test_a_refusal_is_told_in_the_words_of_the_catalogue_when_its_minute_is_over(world, kind, notice):
    job, anna = world.job(), world.staff("moderator")
    reason = "Непонятно, что снимать: добавьте примеры и требования. Например, ссылку."

    ruling = reject(job, anna, kind, reason)

    assert ruling.codes == ["UNCLEAR"]
    with time_machine.travel(clock.now() + MINUTE):
        carry_out_due()
    assert (fresh(job).moderation_status, fresh(job).moderation_reason) == ("REJECTED", reason)
    assert told(job, notice) == {job.brand_id}
    assert len(events(job, "JOB_MODERATION_REJECTED")) == 1


def test_an_undone_decision_was_never_made_and_the_case_is_back_in_hand(world):
    job, anna = world.job(), world.staff("moderator")
    reject(job, anna)

    undo_job_ruling(job.id, by=anna)

    with time_machine.travel(clock.now() + MINUTE), nothing_happens():
        assert carry_out_due() == 0
    assert audited(job)[-2:] == ["JOB_RULED", "JOB_RULING_UNDONE"]
    with pytest.raises(CaseTaken):
        take_job(job.id, by=world.staff("moderator"))
    assert approve(job, anna).status == "HELD"


def test_only_the_one_who_decided_undoes_and_only_for_a_minute(world):
    job, anna, boris = world.job(), world.staff("moderator"), world.staff("moderator")
    with nothing_happens(), pytest.raises(NothingToUndo):
        undo_job_ruling(job.id, by=anna)
    reject(job, anna)

    with nothing_happens(), pytest.raises(NothingToUndo):
        undo_job_ruling(job.id, by=boris)
    with time_machine.travel(clock.now() + MINUTE), nothing_happens(), pytest.raises(NothingToUndo):
        undo_job_ruling(job.id, by=anna)


def test_what_is_decided_is_neither_taken_nor_decided_again(world):
    job, anna, boris = world.job(), world.staff("moderator"), world.staff("moderator")
    reject(job, anna)

    for second in (
        lambda: take_job(job.id, by=boris),
        lambda: approve(job, boris),
        lambda: approve_job(job.id, by=anna, content_version=1),
    ):
        with nothing_happens(), pytest.raises(BeingDecided):
            second()
    with nothing_happens(), pytest.raises(NothingToTake):
        take_next_job(by=boris)


def test_a_decision_about_a_text_that_changed_within_the_minute_lapses(world):
    job, anna = world.job(), world.staff("moderator")
    approve(job, anna)
    edit_job(job.id, by=job.brand, content={"title": "Quite another job"})

    with time_machine.travel(clock.now() + MINUTE):
        assert carry_out_due() == 1

    assert (Ruling.objects.get(subject_id=job.id).status, Ruling.objects.get(subject_id=job.id).lapse_code) == ("LAPSED", "CONTENT_CHANGED")
    assert fresh(job).moderation_status == "PENDING"
    assert told(job, "MODERATION_APPROVED") == set()
    assert audited(job)[-1] == "JOB_RULING_LAPSED"
    assert take_next_job(by=world.staff("moderator")) == job


def test_who_is_a_moderator_no_more_decides_nothing_after_the_fact(world):
    job, anna = world.job(), world.staff("moderator")
    approve(job, anna)
    anna.groups.clear()

    with time_machine.travel(clock.now() + MINUTE):
        carry_out_due()

    assert Ruling.objects.get(subject_id=job.id).lapse_code == "FORBIDDEN"
    assert fresh(job).moderation_status == "PENDING"


def test_the_database_keeps_the_minute_and_the_arrows(world):
    ruling = reject(world.job(), world.staff("moderator"))

    for change in (
        {"status": "CARRIED_OUT", "ended_at": clock.now()},
        {"status": "UNDONE", "ended_at": ruling.due_at},
        {"kind": "APPROVE"},
        {"reason": "Something else altogether"},
        {"due_at": clock.now()},
    ):
        with pytest.raises(Exception, match=r"ruling|terms"), transaction.atomic():
            Ruling.objects.filter(id=ruling.id).update(**change)
    with pytest.raises(Exception, match="never deleted"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_ruling WHERE id = %s", [ruling.id])


# ── What is refused ──


def test_an_approval_has_looked_at_everything_on_the_list(world):
    job, anna = world.job(), world.staff("moderator")

    for checks in ([], every_check()[1:]):
        with nothing_happens(), pytest.raises(Invalid) as refused:
            rule_on_job(job.id, by=anna, kind="APPROVE", content_version=1, checks=checks)
        assert list(refused.value.fields) == ["checks"]


@pytest.mark.parametrize("reason", ["", "Too short", " " * 30, "x" * 1_001])
def test_a_refusal_says_why(world, reason):
    job, anna = world.job(), world.staff("moderator")

    for kind in ("REJECT", "REQUEST_CHANGES"):
        with nothing_happens(), pytest.raises(Invalid):
            reject(job, anna, kind, reason)


def test_another_text_and_what_does_not_wait_are_not_decided(world):
    job, live, anna = world.job(), world.live_job(), world.staff("moderator")

    with nothing_happens(), pytest.raises(ContentChanged):
        approve(job, anna, version=2)
    with nothing_happens(), pytest.raises(NothingPending):
        approve(live, anna)
    with nothing_happens(), pytest.raises(NothingPending):
        take_job(live.id, by=anna)
    with nothing_happens(), pytest.raises(Invalid):
        reject(job, anna, "PRAISE")


def test_only_moderators_work_at_the_desk(world):
    job = world.job()

    for person in (job.brand, world.creator(), world.staff("finance"), world.staff("support"), world.staff("engineer")):
        for act in (
            lambda by: take_job(job.id, by=by),
            lambda by: take_next_job(by=by),
            lambda by: approve(job, by),
            lambda by: undo_job_ruling(job.id, by=by),
            lambda by: escalate_job(job.id, by=by, note=REASON),
            lambda by: keep_case(Queue.JOBS, job.id, by=by),
            lambda by: release_case(Queue.JOBS, job.id, by=by),
        ):
            with nothing_happens(), pytest.raises(Forbidden):
                act(person)


# ── Handing on ──


def test_a_case_that_is_handed_on_is_decided_by_another_one(world):
    job, anna, boris = world.job(), world.staff("moderator"), world.staff("moderator")
    take_job(job.id, by=anna)

    escalate_job(job.id, by=anna, note=REASON)

    assert audited(job)[-1] == "JOB_ESCALATED"
    for again in (lambda: take_job(job.id, by=anna), lambda: approve(job, anna)):
        with nothing_happens(), pytest.raises(AnotherDecides):
            again()
    with nothing_happens(), pytest.raises(AlreadyEscalated):
        escalate_job(job.id, by=boris, note=REASON)
    for part in ("", "escalated"):
        with nothing_happens(), pytest.raises(NothingToTake):
            take_next_job(by=anna, part=part)
    assert take_next_job(by=boris, part="escalated") == job
    approve(job, boris)
    with time_machine.travel(clock.now() + MINUTE):
        carry_out_due()
    assert Escalation.objects.get(subject_id=job.id).settled_by == boris
    assert fresh(job).moderation_status == "APPROVED"


@pytest.mark.parametrize("note", ["", "short", " " * 20, "x" * 1_001])
def test_who_hands_a_case_on_says_why(world, note):
    job, anna = world.job(), world.staff("moderator")

    with nothing_happens(), pytest.raises(Invalid) as refused:
        escalate_job(job.id, by=anna, note=note)

    assert list(refused.value.fields) == ["note"]
