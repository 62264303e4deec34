"""A deal that goes on and on."""

from typing import Any

from core.deals.models import Submission, SubmissionItem
from tests.api.matrix.deals import long_deal
from tests.perf.growth import grows


@grows("GET /api/jobs/{pk}/submissions")
def versions_of_a_long_deal(stage: Any, count: int) -> None:
    job_id = long_deal(stage)
    last = Submission.objects.filter(job_id=job_id).latest("version").version
    versions = Submission.objects.bulk_create(
        Submission(job_id=job_id, creator=stage.chosen, version=last + number, status=Submission.Status.SUPERSEDED)
        for number in range(1, count + 1)
    )
    SubmissionItem.objects.bulk_create(
        SubmissionItem(submission=version, type="FINAL_VIDEO", url="https://example.com/video.mp4") for version in versions
    )
