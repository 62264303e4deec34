"""Views of lists that staff keep: who sees them, who throws them away, and what cannot be kept."""

import pytest
from django.test import Client
from django.urls import reverse

from core.audit.models import AuditEntry
from core.base.errors import Forbidden, Invalid, NotFound
from core.desk.views.models import SavedView
from core.desk.views.services import delete_view, save_view
from tests.backoffice.pages import MODAL, client_of, list_url, seen

FOOD = "tab=pending&niche__exact=FOOD"


def keep(client: Client, name: str = "job", **sent: str) -> object:
    return client.post(reverse(f"admin:core_{name}_keep_view"), {"title": "Моя еда", "query": FOOD} | sent, headers=MODAL)


def test_a_kept_view_is_a_tab_of_its_owner_alone(world, enter):
    mine, other = enter("moderator"), enter("moderator")

    response = keep(mine, query=f"{FOOD}&p=3")

    assert response["HX-Redirect"] == f"{list_url('job')}?{FOOD}"
    assert f'href="?{FOOD.replace("&", "&amp;")}"' in mine.get(list_url("job")).content.decode()
    assert "Моя еда" not in seen(other.get(list_url("job"))).split("\n")
    assert AuditEntry.objects.filter(action="VIEW_SAVED").count() == 1


def test_a_shared_view_is_seen_by_those_who_have_the_list_and_forgotten_by_its_owner(world, enter):
    owner, colleague = enter("moderator"), enter("support")
    keep(owner, is_shared="on")
    view = SavedView.objects.get()
    forget = reverse("admin:core_job_forget_view", query={"view": str(view.pk)})

    assert "Моя еда" in seen(colleague.get(list_url("job"))).split("\n")
    assert "Моя еда" in seen(owner.get(forget, headers=MODAL))
    colleague.post(forget, {"view": str(view.pk)}, headers=MODAL)
    assert SavedView.objects.exists()
    owner.post(forget, {"view": str(view.pk)}, headers=MODAL)
    assert not SavedView.objects.exists()
    assert AuditEntry.objects.filter(action="VIEW_DELETED").count() == 1


def test_who_has_no_such_list_keeps_no_view_of_it(world, enter):
    assert keep(enter("finance")).status_code == 403
    assert enter("finance").get(reverse("admin:core_job_keep_view"), headers=MODAL).status_code == 403
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"title": "x" * 41}, {"title": "\u202eсзади"}, {"query": ""}, {"query": "q=" + "x" * 1_000}]
)
def test_what_is_no_view_is_refused(world, wrong):
    with pytest.raises(Invalid):
        save_view(by=world.moderator, **{"screen": "job", "title": "Моя еда", "query": FOOD} | wrong)

    assert not SavedView.objects.exists()


def test_a_name_is_given_once_and_twenty_views_are_enough(world):
    for number in range(SavedView.VIEWS_MAX):
        save_view(by=world.moderator, screen="job", title=f"Вид {number}", query=FOOD)

    for title in ("Вид 1", "Ещё один"):
        with pytest.raises(Invalid):
            save_view(by=world.moderator, screen="job", title=title, query=FOOD)
    assert SavedView.objects.count() == SavedView.VIEWS_MAX


def test_a_strange_hand_deletes_nothing(world):
    view = save_view(by=world.moderator, screen="job", title="Моя еда", query=FOOD)
    shared = save_view(by=world.moderator, screen="job", title="Общий", query=FOOD, is_shared=True)

    with pytest.raises(NotFound):
        delete_view(view.id, by=world.finance)
    with pytest.raises(Forbidden):
        delete_view(shared.id, by=world.finance)
    with pytest.raises(Forbidden):
        save_view(by=world.brand(), screen="job", title="Моя еда", query=FOOD)
    assert SavedView.objects.count() == 2


def test_the_list_does_not_ask_more_for_many_views(world, django_assert_max_num_queries):
    client = client_of(world.moderator)
    for number in range(10):
        save_view(by=world.moderator, screen="job", title=f"Вид {number}", query=f"{FOOD}&q={number}")
    client.get(list_url("job"))

    with django_assert_max_num_queries(12):
        client.get(list_url("job"))
