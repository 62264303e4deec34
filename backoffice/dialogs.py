"""Dialogs: the only way in which staff change anything. Opened by GET, which changes nothing; carried out by POST with CSRF."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from backoffice import counters, show
from backoffice.security import freshness
from core.audit.models import AuditEntry
from core.base.errors import Invalid, Refusal
from core.base.names import camel
from core.people.policies import staff_can

METHODS = ("GET", "HEAD", "POST")
VIEW = "_changelist_filters"  # the parameters of the list that a page was opened from; the name is Django's
SEEN = "seen"  # the mark of the row as the page showed it
REASON_MIN, REASON_MAX = 10, 1_000


class Confirm(forms.Form):
    """A dialog that asks nothing but "are you sure". What it shows first comes from `facts` and `preview`."""

    def __init__(self, *, admin: Any, row: Any, request: HttpRequest, submitted: Any = None) -> None:
        self.admin, self.row, self.request = admin, row, request
        super().__init__(data=submitted, initial=self.starting())

    def starting(self) -> dict[str, Any]:
        """What the fields hold when the dialog opens."""
        return {}

    def facts(self) -> Sequence[tuple[Any, Any]]:
        """What the dialog repeats about the row, so that nobody confirms the wrong one."""
        return ()

    def preview(self) -> Any:
        """What would happen to money, or nothing to show."""
        return None

    def refuse(self, refusal: Invalid) -> None:
        """The verb's objections stand at the fields they are about, or on top."""
        known = {camel(name): name for name in self.fields}
        for path, texts in refusal.fields.items():
            self.add_error(known.get(path), texts)
        if refusal.form or not refusal.fields:
            self.add_error(None, refusal.form or [refusal.text()])


def reason_field(longest: int) -> forms.CharField:
    """A text of ten characters at least."""
    help_text = format_lazy(_("The person reads this text. From {lowest} to {highest} characters."), lowest=REASON_MIN, highest=longest)
    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4, "data-reason": "", "autofocus": True})
    return forms.CharField(label=_("Reason"), min_length=REASON_MIN, max_length=longest, help_text=help_text, widget=widget)


class Reason(Confirm):
    """A dialog that asks why. Common reasons are offered; one click writes them into the field."""

    offered: Sequence[str | Promise] = ()

    reason = reason_field(REASON_MAX)


def always(row: Any, user: Any) -> bool:
    """The step is open in every state."""
    return True


def nothing(row: Any, user: Any) -> str:
    """There is nothing to say about a step that is closed: it is not shown."""
    return ""


def dialog(
    *,
    can: tuple[str, ...],
    label: str | Promise,
    title: str | Promise,
    text: str | Promise = "",
    submit: str | Promise = "",
    form_class: type[Confirm] = Confirm,
    tone: ActionVariant = ActionVariant.DEFAULT,
    icon: str = "",
    key: str = "",
    fresh: bool = False,
    when: Callable[[Any, Any], bool] = always,
    why: Callable[[Any, Any], Any] = nothing,
) -> Callable:
    """Make an admin's method, `(self, request, row, form) -> address or None`, the carrying out of a dialog. A list's has no row.

    `can` names who may; others are refused with 403. `when(row, user)` says whether the step is open now; the verb judges again.
    `why(row, user)` says why it is not, and the page then shows the step in grey with that reason. `key` opens it from the keyboard.
    A dialog that is `fresh` moves money: it asks for a code of the authenticator where the last one is more than a few minutes old.
    """

    def decorate(carry_out: Callable) -> Callable:
        @wraps(carry_out)
        def view(admin: Any, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            if not staff_can(request.user, *can):
                raise PermissionDenied
            row = admin.find(request, object_id) if object_id else None
            if request.method == "POST":
                return _carry_out(view, carry_out, admin, request, row)
            if "HX-Request" not in request.headers:
                return HttpResponseRedirect(home(admin, request, row))
            return _drawn(view, request, form_class(admin=admin, row=row, request=request))

        view.can, view.when, view.form_class = can, when, form_class  # type: ignore[attr-defined]
        view.why, view.key, view.fresh = why, key, fresh  # type: ignore[attr-defined]
        view.short_description, view.icon, view.variant, view.attrs = label, icon, tone, {}  # type: ignore[attr-defined]
        view.dialog = {"title": title, "text": text, "submit": submit or label}  # type: ignore[attr-defined]
        return view

    return decorate


def _carry_out(view: Any, carry_out: Callable, admin: Any, request: HttpRequest, row: Any) -> HttpResponse:
    """What the person sent is checked and carried out. Wrong input is said in the dialog, a refusal on the row's page."""
    if not view.when(row, request.user):
        messages.error(request, _("The state has changed since you opened the page: this step is no longer possible."))
        return after(request, home(admin, request, row))
    if row is not None and request.GET.get(SEEN, "") not in ("", admin.mark(row)):
        messages.error(request, changed_by(row))
        return after(request, home(admin, request, row))
    form = view.form_class(admin=admin, row=row, request=request, submitted=request.POST)
    if view.fresh and not freshness.is_fresh(request) and not freshness.prove(request, form):
        return _drawn(view, request, form)
    if not form.is_valid():
        return _drawn(view, request, form)
    try:
        address = carry_out(admin, request, row, form)
    except Invalid as refusal:
        form.refuse(refusal)
        return _drawn(view, request, form)
    except Refusal as refusal:
        messages.error(request, refusal.text())
        address = None
    counters.forget()
    if isinstance(address, HttpResponse):  # what is shown once is in it
        return address
    return after(request, address or home(admin, request, row))


def home(admin: Any, request: HttpRequest, row: Any = None) -> str:
    """The page that the dialog stands on, in the view of the list that the person came from."""
    if row is None:
        return f"{show.list_url(admin.model)}?{request.GET[VIEW]}" if request.GET.get(VIEW) else show.list_url(admin.model)
    return show.detail_url(row, **of_view(request))


def of_view(request: HttpRequest) -> dict[str, str]:
    """What the addresses of pages carry along, so that they know which view of the list the person works through."""
    return {VIEW: request.GET[VIEW]} if request.GET.get(VIEW) else {}


def changed_by(row: Any) -> str:
    """Who changed the row since the page was opened, and when, so that nobody overwrites what they have not seen."""
    latest = AuditEntry.objects.filter(subject_type=type(row).__name__, subject_id=str(row.pk)).select_related("actor").last()
    if latest is None:
        return str(_("This has changed since you opened the page. Look again before you decide."))
    told = {"name": show.name(latest.actor), "time": show.span(latest.created_at)}
    return str(_("Changed by %(name)s %(time)s ago. Look again before you decide.") % told)


def _drawn(view: Any, request: HttpRequest, form: Confirm) -> HttpResponse:
    if view.fresh and not freshness.is_fresh(request) and freshness.CODE not in form.fields:
        freshness.ask(form)
    return render(request, "unfold/helpers/dialog.html", {"dialog": view.dialog, "form": form, "tone": view.variant.value})


def after(request: HttpRequest, address: str) -> HttpResponse:
    """The browser goes on to the address, also when the form was sent from inside a dialog."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def succeed(request: HttpRequest, text: str | Promise) -> None:
    """The next page says that it is done."""
    messages.success(request, str(text))


def shown_dialogs(admin: Any, request: HttpRequest, row: Any = None) -> list[dict[str, Any]]:
    """The buttons of a row's page, or of a list, that this person may press. Closed ones that say why come last, with the reason."""
    options = admin.model._meta
    arguments, query = ([row.pk], {**admin.dialog_query(row), SEEN: admin.mark(row)}) if row is not None else ([], {})
    query |= of_view(request)
    opened, closed = [], []
    for name in admin.actions_list if row is None else admin.actions_detail:
        method = getattr(admin, name)
        if not staff_can(request.user, *method.can):
            continue
        button = {"label": method.short_description, "icon": method.icon, "tone": method.variant.value, "key": method.key}
        if method.when(row, request.user):
            address = reverse(f"admin:{options.app_label}_{options.model_name}_{name}", args=arguments, query=query or None)
            opened.append(button | {"url": address})
        elif reason := method.why(row, request.user):
            closed.append(button | {"why": reason})
    return opened + closed
