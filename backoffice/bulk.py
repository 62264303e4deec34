"""One step for many rows: marked in the list, shown before it happens with who is left out and why, and answered row by row.

Each row is carried out by its own verb, in a transaction of its own: what was refused leaves the others done.
"""

import dataclasses
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from unfold.enums import ActionVariant

from backoffice import counters
from backoffice.dialogs import METHODS, Confirm, Reason, after, always, home, nothing, succeed
from backoffice.security import freshness
from core.base.errors import Invalid, Refusal
from core.people.policies import staff_can

ROW, WHOLE = "row", "whole"
MARK = "~"
MOST = 100


@dataclasses.dataclass(frozen=True)
class Judged:
    """A row of a bulk step, and why it is left out; nothing when it takes part."""

    row: Any
    mark: str
    label: Any
    worth: Any = ""
    why_not: Any = ""


class Together(Confirm):
    """A dialog about many rows. A subclass may add fields, sums, and reasons to leave rows out that only many rows together have."""

    def __init__(self, *, admin: Any, request: HttpRequest, judged: Sequence[Judged], submitted: Any = None) -> None:
        self.judged = judged
        super().__init__(admin=admin, row=None, request=request, submitted=submitted)

    @classmethod
    def look_over(cls, judged: list[Judged]) -> list[Judged]:
        """The rows once more, all together: a sum that is exceeded leaves out the last ones."""
        return judged

    def taking_part(self) -> list[Any]:
        """The rows that the step will be carried out for."""
        return [each.row for each in self.judged if not each.why_not]


class TogetherReason(Together, Reason):
    """Asks why, once for all rows."""


def bulk(
    *,
    can: tuple[str, ...],
    label: str | Promise,
    title: str | Promise,
    text: str | Promise = "",
    submit: str | Promise = "",
    form_class: type[Together] = Together,
    tone: ActionVariant = ActionVariant.DEFAULT,
    icon: str = "",
    key: str = "",
    fresh: bool = False,
    when: Callable[[Any, Any], bool] = always,
    why: Callable[[Any, Any], Any] = nothing,
    most: int = MOST,
) -> Callable:
    """Make an admin's method, `(self, request, row, form) -> None`, the carrying out of a bulk step for one of its rows.

    The method is named in `bulk_actions`. `can`, `fresh`, `when` and `why` mean what they mean for a dialog: a closed row is left out, and
    why is said; so is a row that changed since the list was opened. No more than `most` rows are taken at a time.
    """

    def decorate(carry_out: Callable) -> Callable:
        @wraps(carry_out)
        def view(admin: Any, request: HttpRequest) -> HttpResponse:
            if request.method not in METHODS:
                return HttpResponseNotAllowed(METHODS)
            if not (staff_can(request.user, *can) and admin.has_view_permission(request)):
                raise PermissionDenied
            if request.method != "POST" and "HX-Request" not in request.headers:
                return HttpResponseRedirect(home(admin, request))
            judged = form_class.look_over(judge(view, admin, request))
            if request.method == "POST":
                return _carry_out(view, carry_out, admin, request, judged)
            return _drawn(view, request, form_class(admin=admin, request=request, judged=judged))

        view.can, view.when, view.why, view.form_class, view.most, view.key = can, when, why, form_class, most, key  # type: ignore[attr-defined]
        view.short_description, view.icon, view.variant, view.fresh = label, icon, tone, fresh  # type: ignore[attr-defined]
        view.dialog = {"title": title, "text": text, "submit": submit or label}  # type: ignore[attr-defined]
        return view

    return decorate


def judge(view: Any, admin: Any, request: HttpRequest) -> list[Judged]:
    """The rows that the person marked, as far as they see them, in the order of the list, each with why it is left out."""
    asked = request.POST if request.method == "POST" else request.GET
    if request.method != "POST" and WHOLE in asked:
        chosen = [(row, "") for row in admin.view_rows(request, asked[WHOLE])[: view.most]]
    else:
        marks = dict(_split(text) for text in asked.getlist(ROW)[: view.most])
        rows = {str(row.pk): row for row in admin.found(request, list(marks))}
        chosen = [(rows[pk], mark) for pk, mark in marks.items() if pk in rows]
    return [_judged(view, admin, row, mark, request.user) for row, mark in chosen]


def _split(text: str) -> tuple[str, str]:
    pk, _separator, mark = text.partition(MARK)
    return pk, mark


def _judged(view: Any, admin: Any, row: Any, seen: str, user: Any) -> Judged:
    mark = admin.mark(row)
    why_not: Any = ""
    if not view.when(row, user):
        why_not = view.why(row, user) or _("The step is not open in the present state.")
    elif seen not in ("", mark):
        why_not = _("Changed since you opened the list.")
    label, worth = admin.in_short(row)
    return Judged(row, f"{row.pk}{MARK}{mark}", label, worth, why_not)


def _carry_out(view: Any, carry_out: Callable, admin: Any, request: HttpRequest, judged: list[Judged]) -> HttpResponse:
    form = view.form_class(admin=admin, request=request, judged=judged, submitted=request.POST)
    if view.fresh and not freshness.is_fresh(request) and not freshness.prove(request, form):
        return _drawn(view, request, form)
    if not form.is_valid():
        return _drawn(view, request, form)
    results = [(each, each.why_not or _told(carry_out, admin, request, each.row, form)) for each in judged]
    counters.forget()
    done = sum(not refused for _each, refused in results)
    summary = _("Done: %(done)s of %(all)s.") % {"done": done, "all": len(results)}
    if "HX-Request" not in request.headers:
        succeed(request, summary)
        return after(request, home(admin, request))
    context = {"dialog": view.dialog, "results": results, "summary": summary, "is_whole": done == len(results)}
    response = render(request, "backoffice/bulk_results.html", context)
    response["HX-Retarget"] = response["HX-Reselect"] = "#dialog"
    return response


def _told(carry_out: Callable, admin: Any, request: HttpRequest, row: Model, form: Together) -> str:
    """What the verb said against it; nothing when it is done."""
    try:
        carry_out(admin, request, row, form)
    except Invalid as refusal:
        texts = [*refusal.form, *(text for found in refusal.fields.values() for text in found)]
        return " ".join(str(text) for text in texts) or refusal.text()
    except Refusal as refusal:
        return refusal.text()
    return ""


def _drawn(view: Any, request: HttpRequest, form: Together) -> HttpResponse:
    if view.fresh and not freshness.is_fresh(request) and freshness.CODE not in form.fields:
        freshness.ask(form)
    context = {"dialog": view.dialog, "form": form, "tone": view.variant.value, "address": request.path, "is_bulk": True}
    return render(request, "unfold/helpers/dialog.html", context)


def shown(admin: Any, request: HttpRequest) -> list[dict[str, Any]]:
    """The bulk steps that this person may take in this list."""
    steps = [(admin.own_url(name), getattr(admin, name)) for name in admin.bulk_actions]
    return [
        {"url": address, "label": step.short_description, "icon": step.icon, "tone": step.variant.value, "key": step.key}
        for address, step in steps
        if staff_can(request.user, *step.can)
    ]
