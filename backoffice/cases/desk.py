"""A queue that moderators work through: one case in one pair of hands, a minute to undo, and keys for all of it.

Taking, giving back, keeping and undoing are forms that send themselves (POST with CSRF, no question asked): each is undone by
another press. Decisions are dialogs.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import path
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.enums import ActionVariant

from backoffice import counters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.bulk import bulk
from backoffice.cases import forms, state
from backoffice.dialogs import VIEW, Confirm, dialog, home, of_view
from backoffice.lists import TAB, Tab
from core.base.errors import Refusal
from core.desk.claims import selectors as desk
from core.desk.claims import services as claims
from core.desk.rulings.models import Ruling
from core.people.policies import staff_can

MODERATORS = ("moderator",)
LIST, PAGE = "backoffice/cases/list.html", "backoffice/cases/detail.html"


def posted(carry_out: Callable) -> Callable:
    """Make an admin's method, `(self, request, row) -> answer or address`, a form that sends itself. For moderators; by POST alone."""

    @wraps(carry_out)
    def view(admin: Any, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not staff_can(request.user, *MODERATORS):
            raise PermissionDenied
        row = admin.find(request, object_id) if object_id else None
        try:
            answer = carry_out(admin, request, row)
        except Refusal as refusal:
            messages.error(request, refusal.text())
            answer = home(admin, request, row)
        counters.forget()
        return answer if isinstance(answer, HttpResponse) else HttpResponseRedirect(answer)

    return view


def moment(text: str) -> datetime:
    """A moment that the database told as JSON."""
    found = parse_datetime(text)
    assert found is not None
    return found


class Desk(ReadOnlyAdmin):
    """What a queue's admin needs beside its columns and its page. The subclass names the queue and its verbs."""

    queue: ClassVar[str] = ""
    default_tab: ClassVar[str] = "pending"
    change_list_template = LIST
    change_form_template = PAGE

    # ── What the subclass says ──

    def author(self, row: Any) -> Any:
        """Whoever reads what is decided about the row."""
        raise NotImplementedError

    def facts(self, row: Any) -> list[tuple[Any, Any]]:
        """What every dialog repeats about the row."""
        raise NotImplementedError

    def called(self, row: Any) -> str:
        """The name of the case, in a sentence."""
        raise NotImplementedError

    def subject_called(self, subject_id: Any) -> str:
        """The name of a case of which only the id is known."""
        raise NotImplementedError

    bulk_actions = ("approve_marked", "reject_marked")
    verbs: ClassVar[dict[str, Callable]] = {}  # take, take_next, rule, undo, escalate

    # ── The list ──

    def tab(self, request: HttpRequest) -> Tab | None:
        """The tab in the address; what nobody has taken, when it names none."""
        named = {tab.key: tab for tab in self.tabs}
        return named.get(request.GET.get(TAB, ""), named[self.default_tab])

    def with_desk(self, rows: QuerySet, request: HttpRequest) -> QuerySet:
        """The rows with who holds them, who decided, and who handed them on."""
        mine = desk.living(self.queue).filter(holder=request.user)
        return desk.at_desk(rows, self.queue).annotate(is_mine=desk.of_row(mine, "pk"))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        may = staff_can(request.user, *MODERATORS) and self.has_view_permission(request)
        posts = [self.take_next_button({VIEW: request.GET.urlencode()}), *self.undo_button(request)] if may else []
        return super().changelist_view(request, {"desk": {"posts": posts} if posts else None} | (extra_context or {}))

    def take_next_button(self, view: dict[str, str]) -> dict[str, Any]:
        """Takes the case that has waited longest, of the part of the queue that the person works through."""
        url = self.own_url("take_next", **view)
        return {"url": url, "label": _("Take the next one"), "key": "t", "icon": "back_hand", "tone": "primary"}

    def undo_button(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Takes back the person's last decision, while that is possible."""
        ruling = desk.undoable(self.queue, by=request.user)
        if ruling is None:
            return []
        told = {"what": self.subject_called(ruling.subject_id), "ruling": ruling.get_kind_display()}
        label = _("Undo: %(ruling)s, %(what)s") % told
        url = self.own_url("undo", ruling.subject_id, **of_view(request))
        return [{"url": url, "label": label, "key": "u", "icon": "undo", "until": ruling.due_at.isoformat()}]

    # ── The page ──

    def find(self, request: HttpRequest, object_id: str) -> Any:
        row = super().find(request, object_id)
        request.case = row  # type: ignore[attr-defined]  # the page and the bar above it speak of one reading
        return row

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().change_view(request, object_id, form_url, extra_context)
        context = getattr(response, "context_data", None)
        if context is not None:
            response.template_name = PAGE  # type: ignore[attr-defined]
            context["desk"] = self.bar(request, request.case)  # type: ignore[attr-defined]
        return response

    def bar(self, request: HttpRequest, row: Any) -> dict[str, Any] | None:
        """In whose hands the case is, and what can be done about that."""
        if not staff_can(request.user, *MODERATORS):
            return None
        text, icon, until, posts, keep = self.hands(request, row)
        posts += self.undo_button(request)
        return {"text": text, "icon": icon, "until": until, "posts": posts, "keep_url": keep}

    def hands(self, request: HttpRequest, row: Any) -> tuple[Any, str, str, list[dict[str, Any]], str]:
        """What is said about the case, its icon, until when, the buttons, and where the lease is kept."""
        view = of_view(request)
        if row.ruling:
            told = {"name": row.ruling["name"] or _("Staff, no name"), "ruling": Ruling.Kind(row.ruling["kind"]).label}
            return _("%(name)s has decided: %(ruling)s. It takes effect in") % told, "hourglass", row.ruling["due"], [], ""
        if not state.waits(row):
            return "", "", "", [self.take_next_button(view)], ""
        if row.claim and row.claim["holder"] == str(request.user.pk):
            give_back = {"url": self.own_url("release", row.pk, **view), "label": _("Give it back"), "key": "b", "icon": "undo"}
            return _("The case is yours for"), "person", row.claim["until"], [give_back], self.own_url("keep", row.pk)
        if row.claim:
            told = {"name": row.claim["name"] or _("Staff, no name")}
            return _("%(name)s is working on this case for") % told, "lock", row.claim["until"], [self.take_next_button(view)], ""
        take = self.take_next_button(view) | {"url": self.own_url("take", row.pk, **view), "label": _("Take this case")}
        return _("Nobody is working on this case."), "inbox", "", [take], ""

    def notices_of(self, row: Any) -> list[tuple[str, Any]]:
        """What the desk says about the case."""
        if not row.escalation:
            return []
        told = {"name": row.escalation["name"] or _("Staff, no name"), "note": row.escalation["note"]}
        return [(show.AMBER, _("%(name)s handed this case on: %(note)s") % told)]

    # ── Forms that send themselves ──

    def get_urls(self) -> list[Any]:
        one = [(f"<path:object_id>/{name}/", name) for name in ("take", "release", "keep", "undo")]
        return [
            *(
                path(route, self.admin_site.admin_view(getattr(self, name)), name=self.url_name(name))
                for route, name in [("take-next/", "take_next"), *one]
            ),
            *super().get_urls(),
        ]

    @posted
    def take_next(self, request: HttpRequest, row: Any) -> str:
        return self.next_case(request)

    def next_case(self, request: HttpRequest) -> str:
        """The case that has waited longest is the person's. Raises NothingToTake. The address of its page."""
        taken = self.verbs["take_next"](by=request.user, part=self.part(request))
        return show.detail_url(taken, **of_view(request))

    def part(self, request: HttpRequest) -> str:
        """The part of the queue that the person works through: the tab of the list that they came from."""
        return QueryDict(request.GET.get(VIEW, "")).get(TAB) or ""

    @posted
    def take(self, request: HttpRequest, row: Any) -> str:
        self.verbs["take"](row.pk, by=request.user)
        return show.detail_url(row, **of_view(request))

    @posted
    def release(self, request: HttpRequest, row: Any) -> str:
        claims.release_case(self.queue, row.pk, by=request.user)
        return home(self, request)

    @posted
    def keep(self, request: HttpRequest, row: Any) -> HttpResponse:
        return JsonResponse({"until": claims.keep_case(self.queue, row.pk, by=request.user).lease_until.isoformat()})

    @posted
    def undo(self, request: HttpRequest, row: Any) -> str:
        self.verbs["undo"](row.pk, by=request.user)
        messages.success(request, _("Undone: nothing has happened, and the case is yours again."))
        return show.detail_url(row, **of_view(request))

    # ── Decisions ──

    @dialog(
        can=MODERATORS,
        label=gettext_lazy("Approve"),
        icon="check",
        key="a",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Approve this?"),
        text=gettext_lazy("It takes effect in a minute. Until then you can undo it."),
        form_class=forms.Approve,
        when=state.is_open,
        why=state.why_closed,
    )
    def approve(self, request: HttpRequest, row: Any, form: Confirm) -> str:
        return self.ruled(request, row, form, Ruling.Kind.APPROVE)

    @dialog(
        can=MODERATORS,
        label=gettext_lazy("Reject"),
        icon="block",
        key="r",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Reject this?"),
        text=gettext_lazy("The author will read the reason, in a minute. Until then you can undo it."),
        form_class=forms.Refuse,
        when=state.is_open,
    )
    def reject(self, request: HttpRequest, row: Any, form: Confirm) -> str:
        return self.ruled(request, row, form, Ruling.Kind.REJECT)

    @dialog(
        can=MODERATORS,
        label=gettext_lazy("Ask for changes"),
        icon="edit_note",
        key="c",
        title=gettext_lazy("What has to change?"),
        text=gettext_lazy("The author will read it in a minute, and may send it in again."),
        form_class=forms.AskForChanges,
        when=state.is_open,
    )
    def ask_for_changes(self, request: HttpRequest, row: Any, form: Confirm) -> str:
        return self.ruled(request, row, form, Ruling.Kind.REQUEST_CHANGES)

    @dialog(
        can=MODERATORS,
        label=gettext_lazy("Hand on"),
        icon="forward",
        key="e",
        title=gettext_lazy("Let somebody else decide?"),
        text=gettext_lazy("The case goes to the second moderator. You will not decide it."),
        form_class=forms.HandOn,
        when=state.can_hand_on,
    )
    def escalate(self, request: HttpRequest, row: Any, form: Confirm) -> str:
        self.verbs["escalate"](row.pk, by=request.user, **form.cleaned_data)
        messages.success(request, _("%(what)s: handed on.") % {"what": self.called(row)})
        return self.following_case(request)

    def ruled(self, request: HttpRequest, row: Any, form: Confirm, kind: str) -> str:
        """The case is decided, and the next one of this part of the queue is the person's. The address of the next page."""
        self.decide(request, row, form, kind, **self.read(request))
        told = {"what": self.called(row), "ruling": Ruling.Kind(kind).label}
        messages.success(request, _("%(what)s: %(ruling)s. It takes effect in a minute.") % told)
        return self.following_case(request)

    def decide(self, request: HttpRequest, row: Any, form: Any, kind: str, **read: Any) -> None:
        """One call of the verb, with what the form asked and the text that was read."""
        self.verbs["rule"](row.pk, by=request.user, kind=kind, **form.cleaned_data, **read)

    def read(self, request: HttpRequest) -> dict[str, Any]:
        """Which text the page showed."""
        return {}

    def read_in_list(self, row: Any) -> dict[str, Any]:
        """Which text a row of the list stands for. That it has not changed since is judged by its mark."""
        return {}

    def following_case(self, request: HttpRequest) -> str:
        """Deciding and taking are two verbs: the decision stands though there is nothing more to take."""
        try:
            return self.next_case(request)
        except Refusal as refusal:
            messages.info(request, refusal.text())
            return home(self, request)

    @bulk(
        can=MODERATORS,
        label=gettext_lazy("Approve"),
        icon="check",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Approve all of these?"),
        text=gettext_lazy("It takes effect in a minute."),
        form_class=forms.ApproveTogether,
        when=state.is_open,
        why=state.why_closed,
    )
    def approve_marked(self, request: HttpRequest, row: Any, form: Any) -> None:
        self.decide(request, row, form, Ruling.Kind.APPROVE, **self.read_in_list(row))

    @bulk(
        can=MODERATORS,
        label=gettext_lazy("Reject"),
        icon="block",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Reject all of these?"),
        text=gettext_lazy("Each author will read the reason, in a minute."),
        form_class=forms.RefuseTogether,
        when=state.is_open,
        why=state.why_closed,
    )
    def reject_marked(self, request: HttpRequest, row: Any, form: Any) -> None:
        self.decide(request, row, form, Ruling.Kind.REJECT, **self.read_in_list(row))
