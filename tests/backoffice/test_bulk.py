"""One step for many rows: who takes part is shown first, each is judged by itself, and what is refused leaves the others done."""

from typing import Any

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from backoffice.bulk import MARK, Together, TogetherReason, bulk
from backoffice.jobs import JobAdmin
from backoffice.site import site
from core.base import clock
from core.jobs import services
from core.jobs.models import Job

REASON = "Не хватает примеров ролика."


def _waits(job: Job, user: Any) -> bool:
    return job.moderation_status == "PENDING"


class Bulked(JobAdmin):
    """The queue of jobs with two bulk steps."""

    @bulk(can=("moderator",), label="Одобрить", title="Одобрить все?", when=_waits, why=lambda job, user: "Уже решено")
    def approve_many(self, request: Any, job: Any, form: Together) -> None:
        services.approve_job(job.id, by=request.user, content_version=job.content_version)

    @bulk(can=("moderator",), label="Отклонить", title="Отклонить все?", form_class=TogetherReason, when=_waits, most=2)
    def reject_many(self, request: Any, job: Any, form: Together) -> None:
        services.reject_job(job.id, by=request.user, content_version=job.content_version, **form.cleaned_data)


@pytest.fixture
def admin() -> Bulked:
    return Bulked(Job, site)


def asked(user: Any, method: str = "get", **parameters: Any) -> Any:
    request: Any = getattr(RequestFactory(), method)("/backoffice/core/job/approve_many/", parameters, headers={"HX-Request": "true"})
    request.user, request.session = user, SessionStore()
    request._messages = FallbackStorage(request)
    return request


def states(*jobs: Job) -> list[str]:
    return [Job.objects.get(pk=job.pk).moderation_status for job in jobs]


def test_the_preview_names_who_takes_part_and_who_does_not_and_why(world, admin):
    waiting, decided = world.job(title="Обзор чая"), world.live_job(title="Обзор кофе")

    page = admin.approve_many(asked(world.moderator, row=[str(waiting.pk), str(decided.pk)])).content.decode()

    assert f'value="{waiting.pk}{MARK}' in page
    assert f'value="{decided.pk}{MARK}' not in page
    assert "Уже решено" in page
    assert states(waiting, decided) == ["PENDING", "APPROVED"]


def test_each_row_is_carried_out_and_what_is_refused_leaves_the_others_done(world, admin):
    first, second, decided = world.job(), world.job(), world.live_job()

    page = admin.approve_many(asked(world.moderator, "post", row=[str(job.pk) for job in (first, decided, second)])).content.decode()

    assert states(first, second) == ["APPROVED", "APPROVED"]
    assert "Уже решено" in page


def test_a_row_that_changed_since_the_list_was_opened_is_left_out(world, admin):
    job = world.job()
    shown = f"{job.pk}{MARK}{admin.mark(job)}"
    Job.objects.filter(pk=job.pk).update(updated_at=clock.now())

    admin.approve_many(asked(world.moderator, "post", row=[shown]))

    assert states(job) == ["PENDING"]


def test_what_the_fields_lack_is_said_before_anything_happens(world, admin):
    job = world.job()

    page = admin.reject_many(asked(world.moderator, "post", row=[str(job.pk)], reason="мало")).content.decode()

    assert states(job) == ["PENDING"]
    assert f'value="{job.pk}{MARK}' in page


def test_no_more_rows_than_allowed_are_taken(world, admin):
    jobs = [world.job() for _ in range(3)]

    admin.reject_many(asked(world.moderator, "post", row=[str(job.pk) for job in jobs], reason=REASON))

    assert states(*jobs) == ["REJECTED", "REJECTED", "PENDING"]


def test_a_whole_view_is_taken_in_its_order(world, admin):
    jobs = [world.job() for _ in range(3)]

    page = admin.reject_many(asked(world.moderator, whole="tab=pending")).content.decode()

    assert [f'value="{job.pk}{MARK}' in page for job in jobs] == [True, True, False]


def test_who_lacks_the_capability_is_refused_and_nothing_happens(world, admin):
    job = world.job()

    for method in ("get", "post"):
        with pytest.raises(PermissionDenied):
            admin.approve_many(asked(world.staff("support"), method, row=[str(job.pk)]))

    assert states(job) == ["PENDING"]


def test_rows_that_do_not_exist_or_are_no_ids_are_passed_by(world, admin):
    response = admin.approve_many(asked(world.moderator, "post", row=["x", "01990000-0000-7000-8000-00000000dead"]))

    assert response.status_code == 200
