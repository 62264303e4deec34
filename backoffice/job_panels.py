"""What stands beside the text of a job: the state of its moderation, and who the brand is."""

from typing import Any

from django.db.models import Count, Q
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from backoffice import job_text, show
from backoffice.page import Fact, Panel, Table
from core.jobs import content as contents
from core.jobs.content import Content
from core.jobs.models import Job
from core.jobs.moderation.marks import LABELS, leaks
from core.jobs.moderation.queue import same_text
from core.people.policies import staff_can

SHOWN = 5


def budget(job: Job) -> Any:
    """The budget as a range, in whole units of the currency."""
    if job.budget_min is None or job.budget_max is None:
        return show.NOTHING
    ends = [show.whole_units(units, job.currency) for units in dict.fromkeys((job.budget_min, job.budget_max))]
    return format_html('<span class="bo-amount">{}</span>', " – ".join(ends))


def marks(job: Any) -> Any:
    """What to look at twice, in short."""
    found = [show.badge(text, show.RED) for text in dict.fromkeys(LABELS[kind] for kind, _words in leaks(contents.of(job)))]
    if job.is_copy:
        found.append(show.badge(_("the same text"), show.AMBER))
    if job.moderation_attempt > 1:
        found.append(show.badge(_("attempt %(number)s") % {"number": job.moderation_attempt}, show.BLUE))
    return show.lines(found)


def warnings(job: Any, new: Content) -> list[tuple[str, str]]:
    """What to look at twice, in full."""
    said = [(show.RED, _("Looks like %(what)s: “%(words)s”.") % {"what": LABELS[kind], "words": words}) for kind, words in leaks(new)]
    if job.is_copy:
        others = list(same_text(job.description, job.pk).only("title")[:SHOWN])
        links = format_html_join(", ", "{}", ((show.inside(other, other.title or _("Untitled")),) for other in others))
        said.append((show.AMBER, format_html("{} {}", _("Word for word the same description:"), links)))
    return said


def notices(job: Any, new: Content, live: Content) -> list[tuple[str, str]]:
    """What a moderator should know before reading."""
    said = warnings(job, new) if job.awaits_moderation else []
    if job.pending:
        fields = ", ".join(f"«{label}»" for label in job_text.changed_labels(new, live))
        said.append(
            (
                show.BLUE,
                _("An edit of the approved text. Changed: %(fields)s. Until the decision the approved text stays public.")
                % {"fields": fields},
            )
        )
    elif job.moderation_status == "REJECTED":
        said.append((show.RED, _("Rejected: %(reason)s") % {"reason": job.moderation_reason}))
    if job.status in ("PAUSED", "CANCELED"):
        said.append((show.GREY, _("The job is not in the feed: %(state)s.") % {"state": job.get_status_display().lower()}))
    return said


def moderation(job: Any) -> Panel:
    """In which state the job is, since when, and what was decided last."""
    facts = [
        Fact(_("State"), show.state(job)),
        Fact(_("Moderation"), show.state(job, "moderation_status")),
        Fact(_("Sent in"), show.two_lines(show.ago(job.submitted_at), _("attempt %(number)s") % {"number": job.moderation_attempt})),
        Fact(_("Version of the text"), job.pending_version or job.content_version),
    ]
    if job.moderated_at:
        facts.append(Fact(_("Last decision"), show.two_lines(show.ago(job.moderated_at), show.name(job.moderated_by))))
    if job.moderation_reason:
        facts.append(Fact(_("Reason"), job.moderation_reason))
    return Panel(_("Moderation"), facts=[*facts, Fact(_("Id of the job"), show.code(str(job.pk)))])


def brand(job: Any, user: Any) -> Panel:
    """Who the brand is, what it published before, and how that ended."""
    profile = getattr(job.brand, "brand_profile", None)
    others = Job.objects.filter(brand_id=job.brand_id).exclude(pk=job.pk).exclude(status="DRAFT")
    counts = others.aggregate(
        approved=Count("id", filter=Q(moderation_status="APPROVED")),
        rejected=Count("id", filter=Q(moderation_status="REJECTED")),
        completed=Count("id", filter=Q(status="COMPLETED")),
    )
    recent = others.order_by("-created_at").only("title", "status", "moderation_status", "created_at")[:SHOWN]
    facts = [
        Fact(_("Company"), show.person(job.brand, linked=staff_can(user, "moderator", "support"))),
        Fact(_("Site"), show.outside(profile.website if profile else "")),
        Fact(_("With us since"), show.ago(job.brand.created_at)),
        Fact(_("Approved earlier"), counts["approved"]),
        Fact(_("Rejected earlier"), counts["rejected"]),
        Fact(_("Deals completed"), counts["completed"]),
    ]
    rows = [(show.inside(each, each.title or _("Untitled")), show.state(each, "moderation_status")) for each in recent]
    return Panel(
        _("Brand"), facts=facts, table=Table((_("Other jobs"), _("Decision")), rows, empty=_("This is the brand's first publication."))
    )
