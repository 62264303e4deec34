"""What a deal leaves behind, and how to see that it left nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.audit.models import AuditEntry
from core.chat.models import Message
from core.deals.models import CancellationProposal
from core.hiring.models import Application
from core.jobs.models import Job, JobRevision
from core.money.models import Account, Escrow, LedgerEntry
from core.notifications.models import Notification
from core.people.models import BrandProfile, CreatorProfile
from core.timers.models import Timer
from outbox.models import Event


def picture(job: Job) -> dict[str, Any]:
    """Every row that a verb of a deal may touch."""
    people = [job.brand_id, job.active_creator_id]
    return {
        "job": Job.objects.filter(id=job.id).values().get(),
        "revisions": list(JobRevision.objects.filter(job=job).order_by("id").values()),
        "submissions": list(job.submissions.order_by("id").values()),
        "files": list(job.submissions.order_by("id", "items__position").values("items__type", "items__url")),
        "escrow": list(Escrow.objects.filter(job=job).values()),
        "entries": list(LedgerEntry.objects.filter(job=job).order_by("id").values()),
        "wallets": list(Account.objects.filter(owner_id__in=people).order_by("id").values()),
        "brand": list(BrandProfile.objects.filter(user_id__in=people).values()),
        "creator": list(CreatorProfile.objects.filter(user_id__in=people).values()),
        "applications": list(Application.objects.filter(job=job).order_by("id").values()),
        "proposals": list(CancellationProposal.objects.filter(job=job).order_by("id").values()),
        "clocks": list(Timer.objects.filter(job=job).order_by("id").values()),
        "messages": list(Message.objects.filter(conversation__job=job).order_by("id").values_list("id", flat=True)),
        "audit": AuditEntry.objects.count(),
        "notices": Notification.objects.count(),
        "events": Event.objects.count(),
    }


@contextmanager
def nothing_happens(job: Job) -> Iterator[None]:
    """After the block everything about the deal is as it was before."""
    before = picture(job)
    yield
    assert picture(job) == before
