"""Which alerts a job fits, judged by the database, and why, in words."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from core.base.models import QuerySet
from core.base.money import money_text
from core.base.vocabulary import Currency, Language, Niche, Platform
from core.jobs.alerts.models import AlertHit, JobAlert
from core.jobs.models import Job
from core.people.models import ContactBlock

CENTS_PER_UNIT = 100
SHOWN = ("id", "creator_id", "name", "platform", "niche", "language", "content_formats", "currency", "has_budget", "told")

Reason = dict[str, Any]


def alerts_for(job: Job, *, after: Any, limit: int) -> Any:
    """The alerts behind this id that the job fits and has not hit, in the order of their ids, as values of `SHOWN`.

    Each pair of (its niche or any) and (its platform or any) is one range of the index, read in order and no further than the limit.
    """
    fitting = _fitting(job).filter(id__gt=after) if after else _fitting(job)
    ranges = [
        fitting.filter(niche=niche, platform=platform).order_by("id").values(*SHOWN)[:limit]
        for niche, platform in product((job.niche, ""), (job.platform, ""))
    ]
    return ranges[0].union(*ranges[1:], all=True).order_by("id")[:limit]


def _fitting(job: Job) -> QuerySet:
    """The alerts whose creators should hear of this job, by everything but niche and platform."""
    lowest, highest = job.budget_min * CENTS_PER_UNIT, job.budget_max * CENTS_PER_UNIT  # type: ignore[operator]  # a live job has both
    hits = AlertHit.objects.filter(job=job)
    return (
        JobAlert.objects.filter(
            Q(content_formats=[]) | Q(content_formats__overlap=job.content_formats),
            Q(min_budget_cents=None) | Q(min_budget_cents__lte=highest),
            Q(max_budget_cents=None) | Q(max_budget_cents__gte=lowest),
            ~Exists(hits.filter(alert_id=OuterRef("id"))),
            ~Exists(job.applications.filter(creator_id=OuterRef("creator_id"))),  # type: ignore[attr-defined]
            ~Exists(_contact_blocks(job)),
            is_active=True,
            deleted_at=None,
            language__in=("", *job.languages),
            currency__in=("", job.currency),
            creator__is_active=True,
            creator__blocked_at=None,
        )
    ).annotate(
        has_budget=Q(min_budget_cents__isnull=False) | Q(max_budget_cents__isnull=False),
        told=Exists(hits.filter(creator_id=OuterRef("creator_id"), told=True)),
    )


def _contact_blocks(job: Job) -> QuerySet:
    """Either of the two wants to hear nothing of the other."""
    creator = OuterRef("creator_id")
    return ContactBlock.objects.filter(Q(blocker=creator, blocked_id=job.brand_id) | Q(blocker_id=job.brand_id, blocked=creator))


def reasons(alert: Mapping[str, Any], job: Job) -> list[Reason]:
    """The criteria of the alert that the job met, with what the job offers."""
    met: list[Reason] = []
    if alert["platform"]:
        met.append({"criterion": "PLATFORM", "values": [job.platform]})
    if alert["niche"]:
        met.append({"criterion": "NICHE", "values": [job.niche]})
    if alert["language"]:
        met.append({"criterion": "LANGUAGE", "values": [alert["language"]]})
    if alert["content_formats"]:
        both = [each for each in job.content_formats if each in alert["content_formats"]]
        met.append({"criterion": "CONTENT_FORMAT", "values": both})
    if alert["has_budget"]:
        met.append({"criterion": "BUDGET", "values": [job.budget_min, job.budget_max], "currency": job.currency})
    elif alert["currency"]:
        met.append({"criterion": "CURRENCY", "values": [job.currency]})
    return met


VOCABULARIES: dict[str, Any] = {
    "PLATFORM": Platform,
    "NICHE": Niche,
    "LANGUAGE": Language,
    "CONTENT_FORMAT": Job.ContentFormat,
    "CURRENCY": Currency,
}
CRITERIA = (*VOCABULARIES, "BUDGET")


def explained(reason: Reason) -> str:
    """One criterion that was met, in the language now active."""
    values, criterion = reason["values"], reason["criterion"]
    if criterion == "BUDGET":
        lowest, highest = (money_text(value * CENTS_PER_UNIT, reason["currency"]) for value in values)
        return _("Budget: {lowest} to {highest}").format(lowest=lowest, highest=highest)
    words = ", ".join(str(VOCABULARIES[criterion](value).label) for value in values)
    return {
        "PLATFORM": _("Platform: {words}"),
        "NICHE": _("Niche: {words}"),
        "LANGUAGE": _("Language: {words}"),
        "CONTENT_FORMAT": _("Format: {words}"),
        "CURRENCY": _("Currency: {words}"),
    }[criterion].format(words=words)
