"""No form that anybody makes up changes a row: not through the pages that Django's admin is known for, nor past a dialog's guards."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.people.models import User
from tests.backoffice.pages import MODAL, admins, client_of, dialog_url, list_url, page_url, room_of
from tests.backoffice.whole.test_pages import SEES

REFUSED = (403, 404, 405)


def fingerprints() -> dict[str, str]:
    """What every table of the business holds, in a few characters each."""
    known = [name for name in connection.introspection.table_names() if name.startswith(("core_", "outbox_", "auth_group"))]
    tables = sorted(set(known) - {"core_backofficesession"})  # when somebody was last seen there changes by looking
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f'SELECT count(*), coalesce(sum(hashtextextended(row::text, 0)::numeric), 0) FROM "{table}" row')
            found[table] = str(cursor.fetchone())
    return found


def test_forms_of_the_admin_change_nothing(scene):
    client = client_of(scene.superuser())
    before = fingerprints()

    for name, rows in scene.rows().items():
        row = rows[0]
        fields = {field.name: getattr(row, field.attname) or "1" for field in row._meta.concrete_fields if field.name != "search"}
        bulk = {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes", "index": "0"}
        edit = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": str(row.pk), "form-0-status": "PAID", "_save": "1"}
        attempts = {
            reverse(f"admin:{room_of(name)}_{name}_add"): fields,
            page_url(row): fields,
            reverse(f"admin:{room_of(name)}_{name}_delete", args=[row.pk]): {"post": "yes"},
            reverse(f"admin:{room_of(name)}_{name}_history", args=[row.pk]): fields,
        }
        for address, content in attempts.items():
            assert client.post(address, content).status_code in REFUSED, address
        for content in (bulk, edit):
            assert client.post(list_url(name), content).status_code in REFUSED, name
        for method in ("put", "patch", "delete"):
            assert getattr(client, method)(page_url(row)).status_code in REFUSED

    assert fingerprints() == before


def test_nothing_can_be_edited_in_a_list_or_inline():
    for name, admin in admins().items():
        assert not admin.list_editable, name
        assert not admin.inlines, name
        assert not admin.actions, name
        assert not admin.actions_row, name
        assert not admin.actions_submit_line, name


def test_only_what_the_menu_needs_has_a_page():
    assert set(admins()) == set(SEES)


def test_every_action_is_a_dialog():
    for name, admin in admins().items():
        for action in (*admin.actions_detail, *admin.actions_list):
            method = getattr(admin, action)
            assert method.dialog["title"], (name, action)
            assert method.can, (name, action)
            assert method.short_description, (name, action)


def actions(scene):
    """Every dialog of every row of the scene: row, name of the action, the action."""
    for name, admin in admins().items():
        for row in scene.rows()[name]:
            yield from ((row, action, getattr(admin, action)) for action in admin.actions_detail)


def test_opening_an_action_changes_nothing(scene):
    client = client_of(scene.superuser())
    before = fingerprints()

    for row, action, _method in actions(scene):
        bare = client.get(dialog_url(row, action))
        assert (bare.status_code, bare["Location"]) == (302, page_url(row))
        assert client.get(dialog_url(row, action), headers=MODAL).status_code == 200
        assert client.put(dialog_url(row, action)).status_code == 405

    assert fingerprints() == before


def test_an_action_without_a_token_is_refused(scene):
    client = Client(enforce_csrf_checks=True)
    client.force_login(scene.superuser(), backend="django.contrib.auth.backends.ModelBackend")
    before = fingerprints()

    for row, action, _method in actions(scene):
        refused = client.post(dialog_url(row, action), {"reason": "Причина длиннее десяти знаков.", "content_version": "1"})
        assert refused.status_code == 403

    assert "Форма устарела" in refused.content.decode()
    assert fingerprints() == before


@pytest.mark.parametrize("role", ["moderator", "finance", "finance_approver", "support", "engineer", None])
def test_who_may_not_do_it_gets_403_and_nothing_happens(scene, role):
    user = scene.staff[role] if role else scene.world.staff()
    client = client_of(user)
    before = fingerprints()

    for row, action, method in actions(scene):
        if role not in method.can:
            for headers in ({}, MODAL):
                assert client.post(dialog_url(row, action), {}, headers=headers).status_code == 403, (row, action)
                assert client.get(dialog_url(row, action), headers=headers).status_code == 403, (row, action)

    assert fingerprints() == before


def test_a_brand_and_a_creator_are_sent_to_the_door(scene):
    for user in (scene.waiting_job.brand, scene.waiting.profile.user):
        client = client_of(User.objects.get(pk=user.pk))
        for row, action, _method in actions(scene):
            refused = client.post(dialog_url(row, action), {"reason": "Причина длиннее десяти знаков."})
            assert refused.status_code == 302
            assert refused["Location"].startswith("/backoffice/login/")
            break
