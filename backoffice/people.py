"""People: found by name, id or e-mail, read by moderators and support, blocked and let in again."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from unfold.decorators import display
from unfold.enums import ActionVariant

from backoffice import audit_panel, filters, show
from backoffice.base import ReadOnlyAdmin
from backoffice.dialogs import Confirm, Reason, dialog
from backoffice.lists import Tab
from backoffice.page import Fact, Page, Panel, Table
from backoffice.security.reset import FactorReset
from core.base import clock
from core.hiring.models import Application
from core.jobs.models import Job
from core.people import policies
from core.people.models import User
from core.people.policies import staff_can
from core.reports import services as reports

CARE = ("support", "moderator")
READS_EMAIL = ("support",)
NEWEST = ("-created_at", "-id")
EMPTY = gettext_lazy("Nobody was found. Try another part of the name, or the whole id.")
SHOWN = 5


class WhoIsIt(Confirm):
    """The dialog names the person."""

    def facts(self) -> list[tuple[Any, Any]]:
        return [(_("Person"), show.name(self.row)), (_("Role"), self.row.get_role_display())]


class Block(WhoIsIt, Reason):
    """Why the person may not sign in."""

    offered = (
        gettext_lazy("Deals are taken outside the marketplace; the messages confirm it."),
        gettext_lazy("The account was taken over by somebody else: the owner asked us to close it."),
        gettext_lazy("Other people's works are shown as one's own."),
    )


class PeopleAdmin(FactorReset, ReadOnlyAdmin):
    """Who is who."""

    see = ("moderator", "support")
    title = gettext_lazy("People")
    icon = "group"
    tabs = (
        Tab("creators", pgettext_lazy("tab", "Creators"), lambda rows: rows.filter(role="CREATOR"), NEWEST, EMPTY),
        Tab("brands", pgettext_lazy("tab", "Brands"), lambda rows: rows.filter(role="BRAND"), NEWEST, EMPTY),
        Tab("staff", pgettext_lazy("tab", "Staff"), lambda rows: rows.filter(role="STAFF"), NEWEST, EMPTY),
        Tab(
            "blocked",
            pgettext_lazy("tab", "Blocked"),
            lambda rows: rows.exclude(blocked_at=None),
            ("-blocked_at", "-id"),
            gettext_lazy("Nobody is blocked."),
        ),
    )
    list_display = ("person", "role_text", "state", "verified", "joined")
    list_filter = (filters.choice("creator_profile__verification_status", gettext_lazy("Verification")),)
    search_fields = ("brand_profile__company_name", "creator_profile__display_name", "staff_name")
    search_help_text = gettext_lazy("Name or id; support also finds by e-mail")
    actions_detail = ("block", "unblock", "reset_factor")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return policies.visible_people(request.user).select_related(*show.PERSON)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By id; by the beginning of the e-mail for those who may read it; else by a part of the name."""
        term = search_term.strip()
        if "@" in term:
            known = staff_can(request.user, *READS_EMAIL)
            return (queryset.filter(email__startswith=term.lower()) if known else queryset.none()), False
        return self.by_id(queryset, term) or super().get_search_results(request, queryset, search_term)

    @display(description=gettext_lazy("Person"))
    def person(self, user: User) -> Any:
        return show.name(user)

    @display(description=gettext_lazy("Role"))
    def role_text(self, user: User) -> Any:
        return user.get_role_display()

    @display(description=gettext_lazy("State"))
    def state(self, user: User) -> Any:
        return standing(user)

    @display(description=gettext_lazy("Verification"))
    def verified(self, user: User) -> Any:
        return show.state(user.creator_profile, "verification_status") if hasattr(user, "creator_profile") else show.NOTHING

    @display(description=gettext_lazy("With us"))
    def joined(self, user: User) -> Any:
        return show.ago(user.created_at)

    def page(self, request: HttpRequest, user: User) -> Page:
        panels = {User.Role.BRAND: _brand, User.Role.CREATOR: _creator}.get(User.Role(user.role))
        notices = [(show.RED, _("Blocked: %(reason)s") % {"reason": user.block_reason})] if user.blocked_at else []
        return Page(
            heading=show.name(user),
            state=standing(user),
            subheading=user.get_role_display(),
            notices=notices,
            main=panels(user) if panels else [_staff(user)],
            side=[_account(user, request.user), audit_panel.of(user)],
        )

    @dialog(
        can=CARE,
        label=gettext_lazy("Block"),
        icon="block",
        tone=ActionVariant.DANGER,
        title=gettext_lazy("Block this person?"),
        text=gettext_lazy("They are signed out everywhere at once and cannot sign in. Deals and money stay as they are."),
        form_class=Block,
        when=lambda person, user: person.blocked_at is None and policies.can_block(user, person),
    )
    def block(self, request: HttpRequest, person: User, form: Confirm) -> None:
        self.run(request, reports.block_person, person.id, done=_("The person is blocked and signed out."), **form.cleaned_data)

    @dialog(
        can=CARE,
        label=gettext_lazy("Unblock"),
        icon="lock_open",
        title=gettext_lazy("Let this person in again?"),
        form_class=WhoIsIt,
        when=lambda person, user: person.blocked_at is not None and policies.can_block(user, person),
    )
    def unblock(self, request: HttpRequest, person: User, form: Confirm) -> None:
        self.run(request, reports.unblock_person, person.id, done=_("The person may sign in again."))


def standing(user: User) -> Any:
    """Whether the person may sign in."""
    if user.blocked_at:
        return show.badge(_("Blocked"), show.RED)
    return show.badge(_("May sign in"), show.GREEN) if user.is_active else show.badge(_("Switched off"))


def _account(user: User, reader: Any) -> Panel:
    facts = [
        Fact(_("Role"), user.get_role_display()),
        Fact(_("With us since"), show.exact(user.created_at)),
        Fact(_("E-mail confirmed"), _("Yes") if user.email_verified_at else _("No")),
        Fact(_("Open sessions"), user.sessions.filter(revoked_at=None, expires_at__gt=clock.now()).count()),
        Fact(_("Id of the person"), show.code(str(user.pk))),
    ]
    if staff_can(reader, *READS_EMAIL):
        facts.insert(0, Fact(_("E-mail"), user.email))
    return Panel(_("Sign-in"), facts=facts)


def _brand(user: User) -> list[Panel]:
    profile = user.brand_profile
    jobs = Job.objects.filter(brand=user).exclude(status="DRAFT")
    counts = jobs.aggregate(
        all=Count("id"), completed=Count("id", filter=Q(status="COMPLETED")), rejected=Count("id", filter=Q(moderation_status="REJECTED"))
    )
    rows = [
        (show.inside(job, job.title or _("Untitled")), show.state(job), show.state(job, "moderation_status"))
        for job in jobs.order_by("-created_at")[:SHOWN]
    ]
    return [
        Panel(
            _("Company"),
            facts=[
                Fact(_("Company"), profile.company_name or show.NOTHING),
                Fact(_("Site"), show.outside(profile.website)),
                Fact(_("About"), profile.description or show.NOTHING),
                Fact(_("Niche"), profile.get_niche_display() or show.NOTHING),
                Fact(_("Country"), profile.get_country_display() or show.NOTHING),
                Fact(_("City"), profile.city or show.NOTHING),
            ],
        ),
        Panel(
            _("Jobs"),
            facts=[
                Fact(pgettext("count", "Published"), counts["all"]),
                Fact(pgettext("count", "Completed"), counts["completed"]),
                Fact(pgettext("count", "Rejected"), counts["rejected"]),
            ],
            table=Table((_("Job"), _("State"), _("Moderation")), rows, empty=_("The brand has not published a job yet.")),
        ),
    ]


def _creator(user: User) -> list[Panel]:
    applications = Application.objects.filter(creator=user)
    counts = applications.aggregate(all=Count("id"), accepted=Count("id", filter=Q(status="ACCEPTED")))
    recent = applications.select_related("job").order_by("-created_at")[:SHOWN]
    rows = [(each.job.title, show.state(each), show.ago(each.created_at)) for each in recent]
    return [
        profile_panel(user.creator_profile),
        portfolio_panel(user.creator_profile),
        Panel(
            _("Applications"),
            facts=[Fact(pgettext("count", "Sent"), counts["all"]), Fact(pgettext("count", "Accepted"), counts["accepted"])],
            table=Table((_("Job"), _("State"), _("When")), rows, empty=_("The creator has not applied to a job yet.")),
        ),
    ]


def profile_panel(profile: Any) -> Panel:
    """What a creator says about themselves."""
    return Panel(
        _("Profile"),
        facts=[
            Fact(_("Name"), profile.display_name or show.NOTHING),
            Fact(_("About"), profile.bio or show.NOTHING),
            Fact(_("Platforms"), labels(profile, "platforms")),
            Fact(_("Niches"), labels(profile, "niches")),
            Fact(_("Languages"), labels(profile, "languages")),
            Fact(_("Price of a video"), show.whole_units(profile.price_per_video, profile.currency)),
            Fact(_("Country"), profile.get_country_display() or show.NOTHING),
            Fact(_("City"), profile.city or show.NOTHING),
            Fact(_("In the catalogue"), _("Yes") if profile.is_listed else _("No")),
            Fact(_("Verification"), show.state(profile, "verification_status")),
        ],
    )


def portfolio_panel(profile: Any) -> Panel:
    """The creator's works, by links."""
    rows = [
        (item.title or show.NOTHING, item.get_platform_display() or show.NOTHING, show.outside(item.url))
        for item in profile.portfolio.all()
    ]
    return Panel(
        _("Portfolio"),
        table=Table((_("Work"), _("Platform"), _("Link")), rows, empty=_("The portfolio is empty: the creator has to add a work first.")),
    )


def labels(profile: Any, field: str) -> str:
    """The words of a field that holds several."""
    words = dict(profile._meta.get_field(field).base_field.flatchoices)
    return ", ".join(str(words[each]) for each in getattr(profile, field)) or show.NOTHING


def _staff(user: User) -> Panel:
    titles = {
        "moderator": _("Moderator"),
        "finance": _("Finance"),
        "finance_approver": _("Finance, second signature"),
        "support": _("Support"),
        "engineer": _("Engineer"),
    }
    held = [titles[name] for name in user.groups.values_list("name", flat=True) if name in titles]
    return Panel(_("Rights"), facts=[Fact(_("May"), show.lines([_("Everything"), *held] if user.is_superuser else held))])
