"""Reads that are compiled once: the same rows as the ORM gives, for every value and in every thread."""

import threading
from uuid import uuid4

import pytest
from django.core.exceptions import MultipleObjectsReturned
from django.db import connection, connections, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from core.base.errors import NotFound
from core.base.models import one_row
from core.base.prepared import Prepared, Slot
from core.hiring.models import Application
from core.jobs.models import Job
from core.jobs.selectors import PAGES
from core.people.models import User


def jobs_of(brand_id):
    return Job.objects.filter(brand_id=brand_id).select_related("brand").annotate(words=F("title")).order_by("id")


def everything_of(job):
    return {name: value for name, value in vars(job).items() if name != "_state"}


def test_instances_are_those_of_the_queryset_with_all_that_stands_beside_them(world):
    brand = world.brand()
    live, draft = world.live_job(brand=brand, brief={"steps": [1, 2.5]}), world.draft_job(brand=brand)

    found = Prepared(jobs_of).instances(brand_id=brand.id)

    assert [everything_of(job) for job in found] == [everything_of(job) for job in jobs_of(brand.id)]
    assert {job.id for job in found} == {live.id, draft.id}
    with CaptureQueriesContext(connection) as queries:
        assert found[0].brand.email == brand.email
    assert not queries.captured_queries


def test_rows_are_those_of_values_list(world):
    job = world.accepted_job(job=world.live_job(brief={"steps": ["one"]}))

    columns = ("brief", "agreed_terms", "id", "due_at", "content_formats")
    found = Prepared(lambda job_id: Job.objects.filter(id=job_id).values_list(*columns)).rows(job_id=job.id)

    assert [tuple(row) for row in found] == list(Job.objects.filter(id=job.id).values_list(*columns))


def test_the_queryset_is_built_once_whatever_the_values(world):
    one, other = world.live_job(), world.live_job()
    built = []

    def titled(title):
        built.append(title)
        return Job.objects.filter(title=title).values_list("id")

    read = Prepared(titled)

    assert [read.rows(title=job.title) for job in (one, other)] == [
        list(Job.objects.filter(title=job.title).values_list("id")) for job in (one, other)
    ]
    assert len(built) == 1


@pytest.mark.parametrize("value", ["' OR true --", "%s", "$1", "%(title)s"])
def test_a_value_stays_a_value(world, value):
    world.live_job()

    assert Prepared(lambda title: Job.objects.filter(title=title)).instances(title=value) == []


def test_the_condition_of_a_partial_index_stays_a_literal():
    public = PAGES["ONLOOKER"].compiled.statement

    assert '"core_job"."is_live" AND' in public.sql
    assert [slot.name for slot in public.parameters] == ["job_id"]
    for page in PAGES.values():
        assert '"is_live" = ' not in page.compiled.statement.sql
        assert True not in [one for one in page.compiled.statement.parameters if not isinstance(one, Slot)]


def test_a_lock_outside_a_transaction_is_refused(committed):
    job = committed.draft_job()

    with pytest.raises(TransactionManagementError):
        Job.objects.lock(id=job.id)


def test_a_prepared_lock_holds_the_row_and_no_other(world):
    brand = world.brand()
    job = world.live_job(brand=brand)

    with CaptureQueriesContext(connection) as queries:
        Job.objects.filter(brand=brand).lock(id=job.id)

    (said,) = queries.captured_queries
    assert said["sql"].endswith('FOR NO KEY UPDATE OF "core_job"')


def test_a_lock_keeps_the_others_out_until_the_transaction_ends(committed):
    job = committed.draft_job()
    locked, checked = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            Job.objects.lock(id=job.id)
            locked.set()
            checked.wait(10)
        connections.close_all()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(10)

    with transaction.atomic():
        free = Job.objects.filter(id=job.id).select_for_update(skip_locked=True, no_key=True)
        assert list(free) == []
    checked.set()
    holder.join()
    with transaction.atomic():
        assert Job.objects.lock(id=job.id) == job


def test_every_condition_of_the_queryset_counts(world):
    job, stranger = world.live_job(), world.brand()

    for narrowed in (
        Job.objects.filter(brand=stranger),
        Job.objects.filter(brand_id=stranger.id),
        Job.objects.filter(id=uuid4()),
        Job.objects.exclude(brand=job.brand),
        Job.objects.filter(brand=job.brand).exclude(status="PUBLISHED"),
        Job.objects.filter(brand=job.brand).none(),
        stranger.jobs,
    ):
        with pytest.raises(NotFound):
            narrowed.find(id=job.id)
        with pytest.raises(NotFound):
            narrowed.lock(id=job.id)
    for fitting in (Job.objects, Job.objects.all(), Job.objects.filter(brand=job.brand), Job.objects.filter(is_live=True), job.brand.jobs):
        assert fitting.find(id=job.id) == fitting.lock(pk=job.id) == fitting.find(id=str(job.id)) == job


@pytest.mark.parametrize("value", ["no-id", "", None, 7, [], "1" * 400])
def test_what_no_column_holds_is_not_found(world, value):
    with pytest.raises(NotFound):
        Job.objects.find(id=value)


def test_two_rows_are_not_one(world):
    brand = world.brand()
    world.draft_job(brand=brand), world.draft_job(brand=brand)

    with pytest.raises(MultipleObjectsReturned):
        Job.objects.find(brand=brand)


def test_the_words_of_the_search_are_read_only_when_asked_for(world):
    job = world.live_job()

    found = Job.objects.find(id=job.id)

    assert "search" not in vars(found)
    assert found.is_live is True
    assert found.search
    found.store("title")


def test_a_row_may_be_named_by_the_object_it_belongs_to(world):
    application = world.application()

    found = Application.objects.filter(job=application.job).lock(creator=application.creator)

    assert found == application
    assert one_row.cache_info().currsize


def test_threads_that_come_at_once_get_their_own_rows(committed):
    people = [committed.brand() for _ in range(4)]
    read = Prepared(lambda user_id: User.objects.filter(id=user_id))
    start = threading.Barrier(len(people) * 2)
    wrong = []

    def ask(person):
        start.wait()
        for _ in range(20):
            found = read.instances(user_id=person.id)
            if [each.email for each in found] != [person.email]:
                wrong.append(found)
        connections.close_all()

    threads = [threading.Thread(target=ask, args=(person,)) for person in people * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
