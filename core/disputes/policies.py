"""Who may see a dispute, who speaks in it, and who judges."""

from typing import Any

from django.db.models import Q

from core.base.models import QuerySet
from core.disputes.models import Dispute, DisputeMessage, Role
from core.disputes.verdicts.models import SettlementProposal
from core.people.policies import staff_can

READERS = ("moderator", "finance", "finance_approver", "support")
JUDGES = ("moderator",)
CONFIRMERS = ("moderator", "finance_approver")


def reads_all(user: Any) -> bool:
    """Whether this member of staff sees the disputes of everybody."""
    return staff_can(user, *READERS)


def visible_disputes(user: Any) -> QuerySet:
    """Those that one is a party of; all of them for staff who work with disputes or with money."""
    if reads_all(user):
        return Dispute.objects.all()
    return Dispute.objects.filter(Q(opened_by_id=user.pk) | Q(respondent_id=user.pk))


def is_party(user: Any, dispute: Dispute) -> bool:
    """Whether the dispute is one's own."""
    return user.pk in (dispute.opened_by_id, dispute.respondent_id)


def role_of(user: Any, dispute: Dispute) -> str:
    """In which capacity this person, who sees the dispute, speaks in it."""
    if not is_party(user, dispute):
        return Role.STAFF
    return Role.BRAND if user.pk == dispute.brand_id else Role.CREATOR


def is_judge(user: Any) -> bool:
    """Whether this member of staff decides disputes at all."""
    return staff_can(user, *JUDGES)


def can_judge(user: Any, dispute: Dispute) -> bool:
    """Whether this person may decide between two others."""
    return is_judge(user) and not is_party(user, dispute)


def can_confirm(user: Any, dispute: Dispute) -> bool:
    """Whether this person may be the second to decide between two others."""
    return staff_can(user, *CONFIRMERS) and not is_party(user, dispute)


def is_desk(user: Any) -> bool:
    """Whether this member of staff takes part in deciding disputes."""
    return staff_can(user, *CONFIRMERS)


def can_speak(user: Any, dispute: Dispute, *, kind: str) -> bool:
    """Whether this person says things of this kind here: parties to the other side, moderators to both, and staff among themselves."""
    if is_party(user, dispute):
        return kind not in DisputeMessage.STAFF_KINDS
    return can_judge(user, dispute) or (kind == DisputeMessage.Kind.INTERNAL_NOTE and can_confirm(user, dispute))


def can_read_thread(user: Any, dispute: Dispute) -> bool:
    """Whether this person reads what was said: the parties, and those who decide."""
    return is_party(user, dispute) or is_desk(user)


def visible_messages(user: Any, dispute: Dispute) -> QuerySet:
    """What was said in a dispute whose thread this person may read: all of it for staff, for the parties what is said to them."""
    said = DisputeMessage.objects.filter(dispute_id=dispute.id)
    return said.exclude(kind=DisputeMessage.Kind.INTERNAL_NOTE) if is_party(user, dispute) else said


def visible_settlements(user: Any) -> QuerySet:
    """The proposals in the disputes that one sees."""
    if reads_all(user):
        return SettlementProposal.objects.all()
    return SettlementProposal.objects.filter(Q(dispute__opened_by_id=user.pk) | Q(dispute__respondent_id=user.pk))
