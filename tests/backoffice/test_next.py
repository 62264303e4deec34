"""The next row of the same view: from a page, whatever happened to its row meanwhile."""

from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from backoffice.dialogs import SEEN, VIEW
from core.jobs import services
from core.jobs.models import Job
from tests.backoffice.pages import MODAL, dialog_url, list_url, page_url, seen


@pytest.fixture
def moderator(enter) -> Client:
    return enter("moderator")


def next_of(client: Client, job: Job, **parameters: str) -> str:
    address = reverse("admin:core_job_next", args=[job.pk])
    response = client.get(address, {VIEW: urlencode(parameters)} if parameters else {})
    assert response.status_code == 302
    return response["Location"].split("?")[0]


def test_the_queue_is_walked_from_the_oldest_to_the_newest(world, moderator):
    first, second, third = (world.job() for _ in range(3))

    assert next_of(moderator, first) == page_url(second)
    assert next_of(moderator, second) == page_url(third)
    assert next_of(moderator, third) == list_url("job")


def test_a_row_that_has_left_the_view_still_knows_its_place(world, moderator):
    first, second, third = (world.job() for _ in range(3))
    services.approve_job(second.id, by=world.moderator, content_version=1)

    assert next_of(moderator, second) == page_url(third)
    assert next_of(moderator, first) == page_url(third)


def test_filters_of_the_view_are_kept(world, moderator):
    first, other, third = (world.job(niche=niche) for niche in ("FOOD", "PETS", "FOOD"))

    assert next_of(moderator, first, tab="pending", niche__exact="FOOD") == page_url(third)
    assert next_of(moderator, first, tab="pending") == page_url(other)


def test_the_page_carries_the_view_to_its_dialogs_and_back(world, moderator):
    job = world.job()

    page = moderator.get(page_url(job), {VIEW: "tab=pending&niche__exact=FOOD"})
    dialog = next(each for each in page.context["dialogs"] if "approve" in each["url"])

    assert urlencode({VIEW: "tab=pending&niche__exact=FOOD"}) in dialog["url"]
    assert urlencode({VIEW: "tab=pending&niche__exact=FOOD"}) in moderator.get(dialog["url"])["Location"]


def test_a_newest_first_stream_is_walked_too(world, enter):
    finance = enter("finance")
    world.deal()
    rows = finance.get(list_url("ledgerentry")).context["cl"].result_list

    response = finance.get(reverse("admin:core_ledgerentry_next", args=[rows[0].pk]))

    assert response["Location"] == page_url(rows[1])


def test_what_changed_since_the_page_was_opened_is_not_overwritten(world, moderator):
    job = world.job()
    stale = dialog_url(job, "approve", **{SEEN: "1", "version": "1"})

    response = moderator.post(stale, {"content_version": "1"}, headers=MODAL)

    assert response["HX-Redirect"] == page_url(job)
    assert Job.objects.get(pk=job.pk).moderation_status == "PENDING"
    assert "Посмотрите ещё раз" in seen(moderator.get(page_url(job)))


def test_a_strange_view_does_no_harm(world, moderator):
    job = world.job()

    response = moderator.get(reverse("admin:core_job_next", args=[job.pk]), {VIEW: "niche__exact=NONE&p=99&nonsense=1"})

    assert response.status_code == 302
