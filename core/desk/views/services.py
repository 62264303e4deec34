"""Staff keep views of lists, and throw them away."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base.errors import Invalid
from core.base.policy import require
from core.base.texts import is_hidden, visible
from core.desk.views import policies
from core.desk.views.models import SavedView


@transaction.atomic
def save_view(*, by: Any, screen: str, title: str, query: str, is_shared: bool = False) -> SavedView:
    """The list with these parameters has a name of its own, for this person or for everybody who has the list.

    Raises Forbidden, Invalid.
    """
    require(policies.can_keep_views(by))
    title = visible(title)
    if not title or len(title) > SavedView.TITLE_MAX or any(is_hidden(sign) for sign in title):
        raise Invalid({"title": [_("From one to {longest} characters.").format(longest=SavedView.TITLE_MAX)]})
    if not query or len(query) > SavedView.QUERY_MAX:
        raise Invalid(form=[_("Choose filters or search for something first, but not for too much: then there is something to keep.")])
    get_user_model().objects.lock(id=by.id)  # two views saved at once are counted one after the other
    own = SavedView.objects.filter(owner=by, screen=screen)
    if own.filter(title=title).exists():
        raise Invalid({"title": [_("You have a view of this name already.")]})
    if own.count() >= SavedView.VIEWS_MAX:
        raise Invalid(
            form=[_("You have {most} views of this list, and more do not fit. Delete one first.").format(most=SavedView.VIEWS_MAX)]
        )

    view = SavedView.objects.create(owner=by, screen=screen, title=title, query=query, is_shared=is_shared)
    record("VIEW_SAVED", view, by=by, after={"title": title, "isShared": is_shared})
    return view


@transaction.atomic
def delete_view(view_id: Any, *, by: Any) -> SavedView:
    """The view is gone for everybody. Its owner may do it, and a superuser what others share. Raises NotFound, Forbidden."""
    view = policies.visible_views(by).lock(id=view_id)
    require(policies.can_delete_view(by, view))
    record("VIEW_DELETED", view, by=by, before={"title": view.title, "isShared": view.is_shared})
    SavedView.objects.filter(pk=view.pk).delete()
    return view
