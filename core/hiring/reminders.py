"""Who is told, before the clock of an invitation runs out, that it will."""

from core.hiring.models import Invitation
from core.timers.models import Timer
from core.timers.reminders import Reminder


def answer_invitation(timer: Timer) -> Reminder | None:
    """The creator, while the invitation waits."""
    invitation = Invitation.objects.filter(id=timer.subject_id, status=Invitation.Status.SENT).select_related("job").first()
    return Reminder((invitation.creator_id,), "dashboard/invitations", invitation.job.title) if invitation else None
