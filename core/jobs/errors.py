"""What we say when a job cannot do that."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class OnlyDraft(Conflict):
    reason = "ONLY_DRAFT"
    message = _("Only a draft can be published.")


class OnlyPublished(Conflict):
    reason = "ONLY_PUBLISHED"
    message = _("Only a published job can be put on hold.")


class OnlyPaused(Conflict):
    reason = "ONLY_PAUSED"
    message = _("Only a job on hold can be resumed.")


class HasCreator(Conflict):
    """A creator works on this job: its terms and its place in the feed are settled."""

    reason = "HAS_CREATOR"
    message = _("A creator is already chosen for this job.")


class JobClosed(Conflict):
    """The job is completed or canceled, and stays so."""

    reason = "JOB_CLOSED"
    message = _("This job is already closed.")


class DeadlinePassed(Conflict):
    reason = "DEADLINE_PASSED"
    message = _("The deadline of the job has passed. Change it first.")


class AlreadyApproved(Conflict):
    reason = "ALREADY_APPROVED"
    message = _("This job is already approved.")


class NotSubmitted(Conflict):
    """A draft: nobody has been asked to read it."""

    reason = "NOT_SUBMITTED"
    message = _("This job was never submitted for moderation. Publish it first.")


class NothingPending(Conflict):
    """Nothing waits for a decision: another moderator was faster, or the job was never submitted."""

    reason = "STATUS_NOT_PENDING"
    message = _("Nothing about this job waits for a decision.")


class NotApproved(Conflict):
    reason = "STATUS_NOT_APPROVED"
    message = _("Only an approved job can be taken down.")


class ContentChanged(Conflict):
    """The brand changed the text after the moderator had read it."""

    reason = "CONTENT_CHANGED"
    message = _("The text has changed since you read it. Read it again.")
