"""The audit trail: who did what to what, why, and in which call. Each reads the part that belongs to their work."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from backoffice import filters, show
from backoffice.audit_actions import ACTIONS
from backoffice.audit_words import SUBJECTS, action_label, changes, subject_label
from backoffice.base import ReadOnlyAdmin
from backoffice.lists import Stream
from backoffice.mailbox import words
from backoffice.page import Fact, Page, Panel, Table
from core.audit.models import AuditEntry
from core.people.policies import staff_can

# Some rows are shown on the page of what they belong to.
PAGE_OF = {"Job": "job", "Payout": "payout", "TopUp": "topup", "Escrow": "escrow", "User": "user", "Verification": "verification"}


class ActionFilter(DropdownFilter):
    """By what was done."""

    title = gettext_lazy("Action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((key, str(label)) for key, label in ACTIONS.items()), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(action=self.value()) if self.value() else queryset


class SubjectFilter(DropdownFilter):
    """By what it was done to."""

    title = gettext_lazy("Object")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(key, str(SUBJECTS[key][0])) for key in subjects_of(request.user)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(subject_type=self.value()) if self.value() else queryset


def subjects_of(user: Any) -> list[str]:
    """The kinds of things whose history this person reads."""
    return [key for key, (_label, can) in SUBJECTS.items() if staff_can(user, *can)]


class AuditAdmin(ReadOnlyAdmin):
    """Nobody changes it, superusers neither."""

    see = ("moderator", "finance", "finance_approver", "support", "engineer")
    title = gettext_lazy("Audit trail")
    icon = "history"
    empty = gettext_lazy("Nothing was done that fits. Widen the dates or reset the filters.")
    changelist_class = Stream
    ordering = ("-id",)
    list_display = ("when", "what", "subject", "who", "why", "call")
    list_filter = (ActionFilter, SubjectFilter, filters.days("created_at", gettext_lazy("Date")))
    search_fields = ("subject_id",)
    search_help_text = gettext_lazy("Id of the object, of the person or of the request")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = AuditEntry.objects.select_related(*show.joined("actor"))
        return rows if request.user.is_superuser else rows.filter(subject_type__in=subjects_of(request.user))  # type: ignore[union-attr]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By a whole id: of the object, of who did it, or of the request."""
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            found = queryset.filter(subject_id=UUID(term)) | queryset.filter(actor_id=UUID(term)) | queryset.filter(request_id=term)
        except ValueError:
            found = queryset.filter(request_id=term)
        return found, False

    @display(description=gettext_lazy("When"))
    def when(self, entry: AuditEntry) -> Any:
        return show.ago(entry.created_at)

    @display(description=gettext_lazy("What happened"))
    def what(self, entry: AuditEntry) -> Any:
        return action_label(entry.action)

    @display(description=gettext_lazy("Object"))
    def subject(self, entry: AuditEntry) -> Any:
        return show.two_lines(subject_label(entry.subject_type), named_id(entry.subject_id, last=12))

    @display(description=gettext_lazy("Who"))
    def who(self, entry: AuditEntry) -> Any:
        return show.two_lines(show.name(entry.actor), entry.actor.get_role_display())

    @display(description=gettext_lazy("Reason"))
    def why(self, entry: AuditEntry) -> Any:
        return entry.reason[:120] or show.NOTHING

    @display(description=gettext_lazy("Request"))
    def call(self, entry: AuditEntry) -> Any:
        return show.code(entry.request_id[:8]) or show.NOTHING

    def page(self, request: HttpRequest, entry: AuditEntry) -> Page:
        rows = changes(entry.subject_type, entry.before, entry.after)
        return Page(
            heading=action_label(entry.action),
            subheading=show.exact(entry.created_at),
            main=[
                Panel(
                    _("What changed"),
                    table=Table((_("Field"), _("Before"), _("After")), rows, empty=_("This action changes no field by itself.")),
                )
            ],
            side=[
                Panel(
                    _("Circumstances"),
                    facts=[
                        Fact(_("Who"), show.two_lines(show.name(entry.actor), entry.actor.get_role_display())),
                        Fact(_("When"), show.exact(entry.created_at)),
                        Fact(_("Object"), show.two_lines(subject_label(entry.subject_type), page_link(entry))),
                        Fact(_("Reason"), entry.reason or show.NOTHING),
                        Fact(_("Request"), show.code(entry.request_id) or show.NOTHING),
                    ],
                )
            ],
        )


def named_id(number: str, *, last: int = 0) -> Any:
    """The id of a thing, or its end; channels are known by their names."""
    return words.channel(number) if number in words.CHANNELS else show.code(number[-last:])


def page_link(entry: AuditEntry) -> Any:
    """The id of the thing, as a link where it has a page."""
    short = named_id(entry.subject_id)
    try:
        address = reverse(f"admin:core_{PAGE_OF.get(entry.subject_type, '')}_change", args=[entry.subject_id])
    except NoReverseMatch:
        return short
    return show.link(address, short)
