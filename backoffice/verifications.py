"""Creators who say that an account is theirs: a code in its bio, read by a moderator."""

from datetime import timedelta
from typing import Any, ClassVar

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant

from backoffice import audit_panel, counters, show
from backoffice.cases import state, words
from backoffice.cases.desk import Desk
from backoffice.cases.forms import Case
from backoffice.dialogs import Confirm, Reason, dialog
from backoffice.lists import Tab
from backoffice.page import Fact, Page, Panel, Table
from backoffice.people import labels, portfolio_panel, profile_panel
from core.base.vocabulary import Queue
from core.people import services
from core.people.models import Verification
from core.people.policies import staff_can
from core.people.verification import cases
from core.people.verification import queue as line
from core.people.verification.queue import same_account

SHOWN = 10


class Revoke(Case, Reason):
    """Why the creator is verified no more."""

    offered = (
        gettext_lazy("The account was sold or passed on to another person."),
        gettext_lazy("The account was removed or blocked by the platform."),
    )


def _is_verified(attempt: Verification, user: Any) -> bool:
    return attempt.status == "VERIFIED"


class VerificationAdmin(Desk):
    """Attempts to be verified, oldest first."""

    queue = Queue.CREATORS
    verbs: ClassVar[dict[str, Any]] = {
        "take": cases.take_creator,
        "take_next": cases.take_next_creator,
        "rule": cases.rule_on_creator,
        "undo": cases.undo_creator_ruling,
        "escalate": cases.escalate_creator,
    }

    see = ("moderator", "support")
    title = gettext_lazy("Creator verification")
    icon = "verified_user"
    tabs = (
        Tab(
            "mine",
            pgettext_lazy("tab", "Mine"),
            lambda rows: line.waiting(rows).filter(is_mine=True),
            line.ORDER,
            gettext_lazy("You are holding no case. Take the next one: press T."),
        ),
        Tab(
            "pending",
            pgettext_lazy("tab", "Not taken"),
            line.free,
            line.ORDER,
            gettext_lazy("The queue is empty: every creator has been checked."),
            "creators",
        ),
        Tab(
            "urgent",
            pgettext_lazy("tab", "Due within an hour"),
            line.urgent,
            line.ORDER,
            gettext_lazy("Nothing is late, and nothing will be within the hour."),
        ),
        Tab(
            "repeated",
            pgettext_lazy("tab", "Sent in again"),
            line.repeated,
            line.ORDER,
            gettext_lazy("Nobody who was refused has asked again."),
        ),
        Tab(
            "escalated",
            pgettext_lazy("tab", "Handed on"),
            line.handed_on,
            line.ORDER,
            gettext_lazy("Nobody has handed a case on."),
        ),
        Tab(
            "verified",
            pgettext_lazy("tab", "Verified"),
            lambda rows: rows.filter(status="VERIFIED"),
            ("-reviewed_at", "-id"),
            gettext_lazy("Nobody is verified yet. Take one from “Waiting”."),
        ),
        Tab(
            "rejected",
            pgettext_lazy("tab", "Rejected and revoked"),
            lambda rows: rows.filter(status__in=("REJECTED", "REVOKED")),
            ("-reviewed_at", "-id"),
            gettext_lazy("Nobody was rejected."),
        ),
    )
    list_display = ("creator_name", "since", "platforms", "account", "state", "marks", "holder")
    search_fields = ("profile__display_name", "code")
    search_help_text = gettext_lazy("Creator's name, or the code")
    actions_detail = ("approve", "reject", "ask_for_changes", "escalate", "revoke")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        twins = same_account(OuterRef("account_url"), OuterRef("profile_id"))
        refused = Verification.objects.filter(profile_id=OuterRef("profile_id"), status__in=("REJECTED", "REVOKED"))
        rows = (
            Verification.objects.select_related("profile__user__creator_profile", "reviewed_by")
            .annotate(is_twin=Exists(twins), was_refused=Exists(refused.exclude(pk=OuterRef("pk"))))
            .exclude(status__in=("ISSUED", "EXPIRED"))
        )
        return self.with_desk(rows, request)

    @display(description=gettext_lazy("Creator"))
    def creator_name(self, attempt: Verification) -> Any:
        return show.name(attempt.profile.user)

    @display(description=gettext_lazy("Platforms"))
    def platforms(self, attempt: Verification) -> Any:
        return labels(attempt.profile, "platforms")

    @display(description=gettext_lazy("Profile on the platform"))
    def account(self, attempt: Verification) -> Any:
        return show.outside(attempt.account_url)

    @display(description=gettext_lazy("State"))
    def state(self, attempt: Verification) -> Any:
        return show.state(attempt)

    @display(description=gettext_lazy("Look twice"))
    def marks(self, attempt: Any) -> Any:
        found = [show.badge(_("account of another creator"), show.RED)] if attempt.is_twin else []
        if attempt.was_refused:
            found.append(show.badge(_("refused before"), show.BLUE))
        return show.lines(found)

    @display(description=gettext_lazy("With whom"))
    def holder(self, attempt: Any) -> Any:
        return words.holder(attempt)

    @display(description=gettext_lazy("Time left / decided"))
    def since(self, attempt: Verification) -> Any:
        return words.left(attempt.submitted_at, self.promise()) if state.waits(attempt) else show.ago(attempt.reviewed_at)

    def promise(self) -> timedelta:
        """How long a creator waits at most, as we say. Remembered for a few seconds, like the counters."""
        known: Any = cache.get_or_set(f"{__name__}.promise", line.promise, counters.SECONDS)
        return known

    # ── The desk ──

    def author(self, attempt: Any) -> Any:
        return attempt.profile.user

    def facts(self, attempt: Any) -> list[tuple[Any, Any]]:
        """The account, and the code that has to be in its bio."""
        return [
            (_("Creator"), show.name(attempt.profile.user)),
            (_("Profile on the platform"), show.outside(attempt.account_url)),
            (_("Code in the bio"), show.code(attempt.code)),
        ]

    def called(self, attempt: Any) -> str:
        return show.name(attempt.profile.user)

    def subject_called(self, subject_id: Any) -> str:
        return self.called(Verification.objects.select_related("profile__user__creator_profile").get(pk=subject_id))

    def page(self, request: HttpRequest, attempt: Any) -> Page:
        notices = self.notices_of(attempt)
        if attempt.is_twin:
            notices.append((show.RED, _twins(attempt)))
        if attempt.status == "PENDING":
            notices.append((show.BLUE, _("Open the account and look for the code %(code)s in its bio.") % {"code": attempt.code}))
        if attempt.reason:
            notices.append((show.RED, _("Reason: %(reason)s") % {"reason": attempt.reason}))
        return Page(
            heading=show.name(attempt.profile.user),
            state=show.state(attempt),
            subheading=show.outside(attempt.account_url),
            notices=notices,
            main=[_evidence(attempt), profile_panel(attempt.profile), portfolio_panel(attempt.profile)],
            side=[_creator(attempt, request.user), _earlier(attempt), audit_panel.of(attempt)],
        )

    @dialog(
        can=("moderator",),
        label=gettext_lazy("Revoke"),
        icon="remove_moderator",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Take the badge away?"),
        text=gettext_lazy("The creator leaves the catalogue and reads the reason. Deals that run go on."),
        form_class=Revoke,
        when=_is_verified,
    )
    def revoke(self, request: HttpRequest, attempt: Verification, form: Confirm) -> None:
        done = _("The verification is revoked.")
        self.run(request, services.revoke_verification, attempt.profile_id, done=done, **form.cleaned_data)


def _twins(attempt: Verification) -> Any:
    """Who else has asked for a badge with this account."""
    others = same_account(attempt.account_url, attempt.profile_id).select_related("profile__user__creator_profile")[:SHOWN]
    links = format_html_join(", ", "{}", ((show.inside(other, show.name(other.profile.user)),) for other in others))
    return format_html("{} {}", _("Another creator has named this account:"), links)


def _evidence(attempt: Verification) -> Panel:
    return Panel(
        _("What to check"),
        facts=[
            Fact(_("Profile on the platform"), show.outside(attempt.account_url)),
            Fact(_("Code in the bio"), show.code(attempt.code)),
            Fact(_("The code is good until"), show.two_lines(show.exact(attempt.code_expires_at), show.until(attempt.code_expires_at))),
            Fact(_("Asked for"), show.two_lines(show.ago(attempt.submitted_at), show.exact(attempt.submitted_at))),
            Fact(_("Decided"), show.two_lines(show.name(attempt.reviewed_by), show.exact(attempt.reviewed_at))),
        ],
    )


def _creator(attempt: Verification, user: Any) -> Panel:
    person = attempt.profile.user
    return Panel(
        _("Creator"),
        facts=[
            Fact(_("Name"), show.person(person, linked=staff_can(user, "moderator", "support"))),
            Fact(_("With us since"), show.ago(person.created_at)),
            Fact(_("E-mail confirmed"), _("Yes") if person.email_verified_at else _("No")),
            Fact(_("Deals completed"), attempt.profile.jobs_completed),
        ],
    )


def _earlier(attempt: Verification) -> Panel:
    others = Verification.objects.filter(profile_id=attempt.profile_id).exclude(pk=attempt.pk).order_by("-created_at")[:SHOWN]
    rows = [(show.two_lines(show.exact(each.submitted_at or each.created_at), each.reason), show.state(each)) for each in others]
    return Panel(_("Earlier attempts"), table=Table((_("When"), _("Outcome")), rows, empty=_("This is the first attempt.")))
