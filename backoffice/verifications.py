"""Creators who say that an account is theirs: a code in its bio, read by a moderator."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant

from backoffice import audit_panel, show
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, Reason, dialog
from backoffice.lists import Tab
from backoffice.page import Fact, Page, Panel, Table
from backoffice.people import labels, portfolio_panel, profile_panel
from core.people import services
from core.people.models import Verification
from core.people.policies import staff_can

SHOWN = 10


class WhichAccount(Confirm):
    """The dialog repeats the account and the code that has to be in its bio."""

    def facts(self) -> list[tuple[Any, Any]]:
        return [
            (_("Creator"), show.name(self.row.profile.user)),
            (_("Profile on the platform"), show.outside(self.row.account_url)),
            (_("Code in the bio"), show.code(self.row.code)),
        ]


class Reject(WhichAccount, Reason):
    """Why the creator is not verified."""

    offered = (
        gettext_lazy("There is no code in the account's bio: add it and send the request again."),
        gettext_lazy("The link leads to another person's account."),
        gettext_lazy("The account is closed: open it for the time of the check."),
    )


class Revoke(WhichAccount, Reason):
    """Why the creator is verified no more."""

    offered = (
        gettext_lazy("The account was sold or passed on to another person."),
        gettext_lazy("The account was removed or blocked by the platform."),
    )


def _is_pending(attempt: Verification, user: Any) -> bool:
    return attempt.status == "PENDING"


def _is_verified(attempt: Verification, user: Any) -> bool:
    return attempt.status == "VERIFIED"


class VerificationAdmin(ReadOnlyAdmin):
    """Attempts to be verified, oldest first."""

    see = ("moderator", "support")
    title = gettext_lazy("Creator verification")
    icon = "verified_user"
    tabs = (
        Tab(
            "pending",
            pgettext_lazy("tab", "Waiting"),
            lambda rows: rows.filter(status="PENDING"),
            ("submitted_at", "id"),
            gettext_lazy("The queue is empty: every creator has been checked."),
            "creators",
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
    list_display = ("creator_name", "platforms", "account", "state", "since")
    search_fields = ("profile__display_name", "code")
    search_help_text = gettext_lazy("Creator's name, or the code")
    actions_detail = ("verify", "reject", "revoke")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return Verification.objects.select_related("profile__user__creator_profile", "reviewed_by").exclude(
            status__in=("ISSUED", "EXPIRED")
        )

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

    @display(description=gettext_lazy("Waits / decided"))
    def since(self, attempt: Verification) -> Any:
        return show.waiting(attempt.submitted_at) if attempt.status == "PENDING" else show.ago(attempt.reviewed_at)

    def page(self, request: HttpRequest, attempt: Verification) -> Page:
        notices = []
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
        label=gettext_lazy("Verify"),
        icon="verified",
        tone=ActionVariant.SUCCESS,
        title=gettext_lazy("Is the code in the account's bio?"),
        text=gettext_lazy("The creator gets the badge, and appears in the catalogue if the profile is open."),
        form_class=WhichAccount,
        when=_is_pending,
    )
    def verify(self, request: HttpRequest, attempt: Verification, form: Confirm) -> str:
        done = _("%(name)s is verified.") % {"name": show.name(attempt.profile.user)}
        self.run(request, services.verify_creator, attempt.profile_id, done=done)
        return self.next_in_line(request, attempt)

    @dialog(
        can=("moderator",),
        label=gettext_lazy("Reject"),
        icon="block",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Reject the verification?"),
        text=gettext_lazy("The creator reads the reason and may send a new request."),
        form_class=Reject,
        when=_is_pending,
    )
    def reject(self, request: HttpRequest, attempt: Verification, form: Confirm) -> str:
        done = _("The verification is rejected.")
        self.run(request, services.reject_creator, attempt.profile_id, done=done, **form.cleaned_data)
        return self.next_in_line(request, attempt)

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

    def next_in_line(self, request: HttpRequest, attempt: Verification) -> str:
        """The next creator who waits, or the empty queue."""
        return self.next_url(request, self.get_queryset(request).filter(status="PENDING").order_by("submitted_at", "id"), attempt)


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
