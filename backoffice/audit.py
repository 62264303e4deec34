"""The audit trail: who did what to what, why, and in which call. Each reads the part that belongs to their work."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import OperationalError
from django.db.models import Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import display

from backoffice import filters, show
from backoffice.audit_actions import ACTIONS
from backoffice.audit_words import MONEY, SUBJECTS, action_label, changes, subject_label
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, dialog
from backoffice.lists import Stream
from backoffice.mailbox import words
from backoffice.page import Fact, Page, Panel, Table
from core.audit.chain import selectors as chain
from core.audit.models import AuditEntry
from core.people.models import User
from core.people.policies import staff_can

# Some rows are shown on the page of what they belong to.
PAGE_OF = {
    "Adjustment": "adjustment",
    "Dispute": "dispute",
    "Escrow": "escrow",
    "Job": "job",
    "Payout": "payout",
    "Report": "report",
    "TopUp": "topup",
    "User": "user",
    "Verification": "verification",
}
# A look into what two people wrote to each other.
PRIVATE_VIEWS = ("PRIVATE_CHAT_OPENED", "PERSON_VIEWED_AS")
SECURITY = (
    *("LOGGED_IN", "SESSION_REVOKED", "BACKOFFICE_SESSION_ENDED", "PASSWORD_CHANGED", "PASSWORD_RESET"),
    *("SECOND_FACTOR_SET_UP", "SECOND_FACTOR_LOCKED", "SECOND_FACTOR_RESET", "RECOVERY_CODE_USED", "RECOVERY_CODES_RENEWED"),
)
SHOWN_CHANGES = 3
PEOPLE_MAX = 50
WEB_SECONDS = 20  # after which a page gives up on a long chain
READERS = ("moderator", "finance", "finance_approver", "support", "engineer")


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


class OnlyFilter(DropdownFilter):
    """A part of the trail that somebody has to look through."""

    title = gettext_lazy("Only")
    parameter_name = "only"
    PARTS = {
        "money": (gettext_lazy("Money"), Q(subject_type__in=[key for key, (_label, can) in SUBJECTS.items() if set(MONEY) <= set(can)])),
        "private": (gettext_lazy("Looks into private messages"), Q(action__in=PRIVATE_VIEWS)),
        "security": (gettext_lazy("Signing in and second factors"), Q(action__in=SECURITY)),
        "staff": (gettext_lazy("What staff did"), Q(actor__role=User.Role.STAFF)),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(key, str(label)) for key, (label, _rows) in self.PARTS.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        part = self.PARTS.get(self.value() or "")
        return queryset.filter(part[1]) if part else queryset


def subjects_of(user: Any) -> list[str]:
    """The kinds of things whose history this person reads."""
    return [key for key, (_label, can) in SUBJECTS.items() if staff_can(user, *can)]


class AuditAdmin(ReadOnlyAdmin):
    """Nobody changes it, superusers neither."""

    see = READERS
    exports_for = READERS
    title = gettext_lazy("Audit trail")
    icon = "history"
    empty = gettext_lazy("Nothing was done that fits. Widen the dates or reset the filters.")
    changelist_class = Stream
    ordering = ("-id",)
    list_display = ("when", "what", "subject", "who", "changed", "why", "call")
    export_display = ("when", "what", "kind", "number", "who", "changed", "why", "call", "place")
    list_filter = (OnlyFilter, ActionFilter, SubjectFilter, filters.days("created_at", gettext_lazy("Date")))
    search_fields = ("subject_id",)
    search_help_text = gettext_lazy("Id of the object, of the person or of the request; or who did it, by name")
    actions_list = ("verify",)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = AuditEntry.objects.select_related(*show.joined("actor"), "seal")
        rows = rows.defer("seal__salt", "seal__frame", "seal__body", "seal__previous", "seal__digest")
        return rows if request.user.is_superuser else rows.filter(subject_type__in=subjects_of(request.user))  # type: ignore[union-attr]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By a whole id: of the object, of who did it, or of the request. Else by a part of the name of who did it."""
        term = search_term.strip()
        if not term:
            return queryset, False
        try:
            return queryset.filter(Q(subject_id=UUID(term)) | Q(actor_id=UUID(term)) | Q(request_id=term)), False
        except ValueError:
            named = Q(request_id=term) | Q(actor_id__in=named_people(term))
            return queryset.filter(named), False

    @display(description=gettext_lazy("When"))
    def when(self, entry: AuditEntry) -> Any:
        return show.ago(entry.created_at)

    @display(description=gettext_lazy("What happened"))
    def what(self, entry: AuditEntry) -> Any:
        return action_label(entry.action)

    @display(description=gettext_lazy("Object"))
    def subject(self, entry: AuditEntry) -> Any:
        return show.two_lines(subject_label(entry.subject_type), named_id(entry.subject_id, last=12))

    @display(description=gettext_lazy("Object"))
    def kind(self, entry: AuditEntry) -> Any:
        return subject_label(entry.subject_type)

    @display(description=gettext_lazy("Id of the object"))
    def number(self, entry: AuditEntry) -> Any:
        return entry.subject_id

    @display(description=gettext_lazy("Who"))
    def who(self, entry: AuditEntry) -> Any:
        return show.two_lines(show.name(entry.actor), entry.actor.get_role_display())

    @display(description=gettext_lazy("Before → after"))
    def changed(self, entry: AuditEntry) -> Any:
        return in_short(entry) or show.NOTHING

    @display(description=gettext_lazy("Reason"))
    def why(self, entry: AuditEntry) -> Any:
        return entry.reason[:120] or show.NOTHING

    @display(description=gettext_lazy("Request"))
    def call(self, entry: AuditEntry) -> Any:
        return show.code(entry.request_id[:8]) or show.NOTHING

    @display(description=gettext_lazy("Seal"))
    def place(self, entry: AuditEntry) -> Any:
        return entry.seal.position if hasattr(entry, "seal") else show.NOTHING

    def page(self, request: HttpRequest, entry: AuditEntry) -> Page:
        rows = changes(entry.subject_type, entry.before, entry.after)
        sealed = chain.seal_of(entry.pk)
        return Page(
            heading=action_label(entry.action),
            state=seal_state(sealed),
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
                ),
                seal_panel(sealed),
            ],
        )

    @dialog(
        can=("engineer",),
        label=gettext_lazy("Verify the chain"),
        icon="verified_user",
        title=gettext_lazy("Compare every entry with its seal?"),
        text=gettext_lazy("Nothing is changed. On a long trail it takes some seconds."),
    )
    def verify(self, request: HttpRequest, row: None, form: Confirm) -> None:
        """The whole chain is compared with the trail, and what was found is said."""
        try:
            faults = chain.audit_faults(seconds=WEB_SECONDS)
        except OperationalError:
            messages.warning(request, _("The trail is too long for a page. Run the command audit_verify."))
            return
        if faults:
            told = {"entry": faults[0].entry_id or show.NOTHING, "count": len(faults)}
            messages.error(request, _("The trail was changed: first at entry %(entry)s, %(count)s places in all.") % told)
        else:
            messages.success(request, _("Every entry is what it was. Seals: %(count)s.") % {"count": chain.head().position})


def named_people(term: str) -> Any:
    """The ids of people with this in their name, a few."""
    named = (
        Q(staff_name__icontains=term) | Q(brand_profile__company_name__icontains=term) | Q(creator_profile__display_name__icontains=term)
    )
    return list(User.objects.filter(named).values_list("id", flat=True)[:PEOPLE_MAX])


def in_short(entry: AuditEntry) -> Any:
    """The first changes, a line each."""
    rows = changes(entry.subject_type, entry.before, entry.after)
    lines = format_html_join("", "<li>{}: {} → {}</li>", rows[:SHOWN_CHANGES])
    more = format_html("<li>{}</li>", _("and %(count)s more") % {"count": len(rows) - SHOWN_CHANGES}) if len(rows) > SHOWN_CHANGES else ""
    return format_html('<ul class="bo-changes">{}{}</ul>', lines, more) if rows else ""


def seal_state(found: chain.Sealed | None) -> Any:
    """Whether the entry is what it was when it was sealed."""
    if found is None:
        return show.badge(_("Not sealed yet"))
    said = {
        "": show.badge(_("The entry is what it was"), show.GREEN),
        "FADED": show.badge(_("Personal data is gone with the account"), show.GREY),
    }
    return said.get(found.fault) or show.badge(_("The entry was changed"), show.RED)


def seal_panel(found: chain.Sealed | None) -> Panel:
    """Where the entry stands in the chain."""
    if found is None:
        return Panel(_("Seal"), note=_("The entry gets its seal within a minute."))
    facts = [
        Fact(_("Place in the chain"), found.position),
        Fact(_("Sealed"), show.exact(found.sealed_at)),
        Fact(_("Digest"), show.code(found.digest[:12])),
    ]
    return Panel(_("Seal"), facts=facts)


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
