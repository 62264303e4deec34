"""Views of lists under names of their own: tabs that staff make for themselves or for each other."""

import dataclasses
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from backoffice import show
from backoffice.dialogs import Confirm, dialog, succeed
from core.desk.views.models import SavedView
from core.desk.views.policies import can_delete_view, visible_views
from core.desk.views.services import delete_view, save_view
from core.people.policies import CAPABILITIES

PLACES = ("p", "before", "e", "_changelist_filters")  # where one is in a view is no part of it
QUERY, VIEW_ID = "query", "view"


def without_place(query: str) -> str:
    """The parameters of a view: those of its address, without where one was in it."""
    return urlencode([(name, value) for name, value in parse_qsl(query) if name not in PLACES])


@dataclasses.dataclass(frozen=True)
class Kept:
    """A tab that somebody made."""

    view: SavedView
    is_current: bool
    is_own: bool


def of_list(admin: Any, request: HttpRequest) -> dict[str, Any]:
    """The kept views of this list that the person sees, and the addresses of the dialogs that keep or forget the one on the screen."""
    now = without_place(request.GET.urlencode())
    rows = visible_views(request.user).filter(Q(screen=admin.opts.model_name)).order_by("is_shared", "created_at")
    kept = [Kept(view, view.query == now, view.owner_id == request.user.pk) for view in rows[: SavedView.VIEWS_MAX * 2]]
    current = next((each.view for each in kept if each.is_current), None)
    is_narrowed = any(name not in ("tab", "o") for name, _value in parse_qsl(now))
    may_forget = current is not None and can_delete_view(request.user, current)
    return {
        "kept": kept,
        "current": current,
        "keep_url": admin.own_url("keep_view", **{QUERY: now}) if is_narrowed and current is None else "",
        "forget_url": admin.own_url("forget_view", **{VIEW_ID: str(current.pk)}) if current and may_forget else "",
    }


class Keep(Confirm):
    """What the view is called, and who sees it."""

    title = forms.CharField(
        label=gettext_lazy("Name"), max_length=SavedView.TITLE_MAX, widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True})
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Show it to colleagues who have this list"), required=False, widget=UnfoldBooleanSwitchWidget()
    )
    query = forms.CharField(widget=forms.HiddenInput, max_length=SavedView.QUERY_MAX)

    def starting(self) -> dict[str, Any]:
        return {"query": self.request.GET.get(QUERY, "")}


class Forget(Confirm):
    """Which view goes."""

    view = forms.UUIDField(widget=forms.HiddenInput)

    def starting(self) -> dict[str, Any]:
        return {"view": self.request.GET.get(VIEW_ID, "")}

    def facts(self) -> list[tuple[Any, Any]]:
        found = visible_views(self.request.user).filter(pk=self.asked()).first()
        return [(_("View"), found.title), (_("Kept by"), show.name(found.owner))] if found else []

    def asked(self) -> Any:
        try:
            return forms.UUIDField().clean(self.request.GET.get(VIEW_ID, ""))
        except forms.ValidationError:
            return None


class KeepsViews:
    """The two dialogs, for every list."""

    opts: Any

    @dialog(
        can=CAPABILITIES,
        label=gettext_lazy("Keep this view"),
        icon="bookmark_add",
        tone=ActionVariant.PRIMARY,
        title=gettext_lazy("Keep this view as a tab?"),
        text=gettext_lazy("The filters and the search stand in the tab. The rows stay alive: what fits tomorrow is there tomorrow."),
        submit=gettext_lazy("Keep"),
        form_class=Keep,
    )
    def keep_view(self, request: HttpRequest, row: None, form: Confirm) -> str:
        chosen = form.cleaned_data | {"query": without_place(form.cleaned_data["query"])}
        view = save_view(by=request.user, screen=self.opts.model_name, **chosen)
        succeed(request, _("The view “%(title)s” is kept.") % {"title": view.title})
        return f"{show.list_url(self.opts.model)}?{view.query}"

    @dialog(
        can=CAPABILITIES,
        label=gettext_lazy("Forget this view"),
        icon="bookmark_remove",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Forget this view?"),
        text=gettext_lazy("The tab goes, for colleagues too when it was shared. No row is touched."),
        submit=gettext_lazy("Forget"),
        form_class=Forget,
    )
    def forget_view(self, request: HttpRequest, row: None, form: Confirm) -> None:
        view = delete_view(form.cleaned_data["view"], by=request.user)
        succeed(request, _("The view “%(title)s” is gone.") % {"title": view.title})
