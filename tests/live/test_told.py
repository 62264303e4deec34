"""What a person is told of an event that concerns them. Each type was read through with its recipients in mind; a new one has to be.

Whoever did it is on the list too, and so are staff. Ids of staff, who else hears of it, and what those who are no party to a deal may not
know about it, are not told: they stay in the payload for machines of ours.
"""

from uuid import uuid4

import pytest

from core.base import clock
from outbox.events import REGISTRY
from outbox.live.selectors import told

REVIEWED = {
    "ADJUSTMENT_CANCELED": "adjustmentId amountCents category currency userId",
    "ADJUSTMENT_DRAFTED": "adjustmentId amountCents category currency userId",
    "ADJUSTMENT_REJECTED": "adjustmentId amountCents category currency userId",
    "APPLICATION_ACCEPTED": "amountCents applicationId conversationId creatorId currency escrowId jobId",
    "APPLICATION_CREATED": "applicationId creatorId jobId",
    "APPLICATION_REJECTED": "applicationId automatic creatorId jobId",
    "APPLICATION_WITHDRAWN": "applicationId creatorId jobId",
    "BALANCE_ADJUSTED": "adjustmentId amountCents currency userId",
    "BRAND_PROFILE_UPDATED": "brandProfileId userId",
    "CANCELLATION_ACCEPTED": "brandId creatorId jobId proposalId",
    "CANCELLATION_DECLINED": "brandId creatorId jobId proposalId",
    "CANCELLATION_EXPIRED": "brandId creatorId jobId proposalId",
    "CANCELLATION_PROPOSED": "brandId creatorId creatorShareCents currency jobId proposalId",
    "CANCELLATION_WITHDRAWN": "brandId creatorId jobId proposalId",
    "CHANGES_REQUESTED": "brandId creatorId jobId roundsLeft submissionId version",
    "COMMISSION_RULE_ADDED": "bps brandId commissionRuleId niche scope validFrom",
    "CREATOR_PROFILE_UPDATED": "creatorProfileId userId",
    "CREATOR_RESIGNED": "brandId creatorId delivered jobId",
    "CREATOR_VERIFICATION_REJECTED": "creatorProfileId userId",
    "CREATOR_VERIFICATION_REQUESTED": "creatorProfileId userId",
    "CREATOR_VERIFICATION_REVOKED": "creatorProfileId userId",
    "CREATOR_VERIFIED": "creatorProfileId userId",
    "DISPUTE_APPEALED": "appealId appellantRole disputeId jobId",
    "DISPUTE_APPEAL_OVERTURNED": "appealId appellantRole disputeId jobId",
    "DISPUTE_APPEAL_UPHELD": "appealId appellantRole disputeId jobId",
    "DISPUTE_ASSIGNED": "assigneeId disputeId jobId",
    "DISPUTE_DECISION_PROPOSED": "disputeId jobId resolution",
    "DISPUTE_DECISION_SENT_BACK": "disputeId jobId resolution",
    "DISPUTE_EXTENDED": "disputeId hours jobId",
    "DISPUTE_INFORMATION_REQUESTED": "disputeId dueAt jobId partyRole requestId",
    "DISPUTE_MESSAGE_ADDED": "authorRole disputeId jobId kind",
    "DISPUTE_OPENED": "disputeId jobId openerRole openerUserId reason",
    "DISPUTE_RESOLVED_NO_ACTION": "commissionCents currency disputeId escrowId jobId payoutCents refunded refundedCents resolvedThrough",
    "DISPUTE_RESOLVED_REFUND": "commissionCents currency disputeId escrowId jobId payoutCents refunded refundedCents resolvedThrough",
    "DISPUTE_RESOLVED_RELEASE": "commissionCents currency disputeId escrowId jobId payoutCents refunded refundedCents resolvedThrough",
    "DISPUTE_RESOLVED_SPLIT": "commissionCents currency disputeId escrowId jobId payoutCents refunded refundedCents resolvedThrough",
    "DISPUTE_WITHDRAWN": "disputeId jobId",
    "EMAIL_VERIFIED": "userId",
    "ESCROW_FUNDED": "amountCents creatorId currency escrowId jobId",
    "ESCROW_REFUNDED": "amountCents brandId currency escrowId jobId source",
    "ESCROW_RELEASED": "amountCents commissionCents creatorId currency escrowId jobId source",
    "INVITATION_ACCEPTED": "applicationId conversationId creatorId invitationId jobId",
    "INVITATION_CANCELED": "creatorId invitationId jobId",
    "INVITATION_DECLINED": "creatorId invitationId jobId",
    "INVITATION_EXPIRED": "byTimer creatorId invitationId jobId",
    "INVITATION_SENT": "brandId creatorId invitationId jobId resentCount",
    "JOB_ALERT_MATCHED": "alertId creatorUserId jobId",
    "JOB_CANCELED": "brandId jobId",
    "JOB_COMPLETED": "brandId creatorId jobId source submissionId",
    "JOB_MODERATION_APPROVED": "brandId jobId",
    "JOB_MODERATION_REJECTED": "brandId jobId",
    "JOB_MODERATION_RESUBMITTED": "brandId byUserId jobId",
    "JOB_PAUSED": "brandId jobId",
    "JOB_PUBLISHED": "brandId jobId",
    "JOB_RESUMED": "brandId jobId",
    "JOB_TERMS_CHANGED": "brandId jobId",
    "JOB_UPDATED": "brandId jobId",
    "LETTER_SENT": "purpose userId",
    "LIMIT_SET": "currency key limitId value",
    "MESSAGE_SENT": "conversationId messageId senderId",
    "PASSWORD_CHANGED": "userId",
    "PAYOUT_APPROVED": "amountCents creatorId currency payoutRequestId",
    "PAYOUT_CANCELED": "amountCents creatorId currency payoutRequestId",
    "PAYOUT_FAILED": "amountCents creatorId currency payoutRequestId",
    "PAYOUT_FIRST_APPROVED": "amountCents creatorId currency payoutRequestId",
    "PAYOUT_PAID": "amountCents creatorId currency payoutRequestId",
    "PAYOUT_REJECTED": "amountCents creatorId currency payoutRequestId",
    "PAYOUT_REQUESTED": "amountCents creatorId currency payoutRequestId",
    "PAYOUT_RETURNED": "amountCents creatorId currency payoutRequestId",
    "PAYOUT_SENT": "amountCents creatorId currency payoutRequestId",
    "PERSON_BLOCKED": "userId",
    "PERSON_UNBLOCKED": "userId",
    "REPORT_DISMISSED": "reportId subjectId subjectType",
    "REPORT_OPENED": "reportId subjectId subjectType",
    "REPORT_UPHELD": "reportId subjectId subjectType",
    "REVIEW_CREATED": "authorId jobId reviewId subjectId",
    "REVIEW_HIDDEN": "authorId jobId reviewId subjectId",
    "REVIEW_PUBLISHED": "authorId jobId rating reviewId subjectId",
    "REVIEW_RESTORED": "authorId jobId reviewId subjectId",
    "SETTLEMENT_ACCEPTED": "creatorShareCents currency disputeId jobId proposerRole settlementId",
    "SETTLEMENT_DECLINED": "creatorShareCents currency disputeId jobId proposerRole settlementId",
    "SETTLEMENT_EXPIRED": "creatorShareCents currency disputeId jobId proposerRole settlementId",
    "SETTLEMENT_PROPOSED": "creatorShareCents currency disputeId jobId proposerRole settlementId",
    "SETTLEMENT_WITHDRAWN": "creatorShareCents currency disputeId jobId proposerRole settlementId",
    "SUBMISSION_SUBMITTED": "brandId creatorId jobId submissionId version",
    "TELEGRAM_BOUND": "userId",
    "TELEGRAM_REACHABLE": "userId",
    "TELEGRAM_UNBOUND": "userId",
    "TELEGRAM_UNREACHABLE": "state userId",
    "TOP_UP_CANCELED": "amountCents brandId currency topUpId",
    "TOP_UP_CONFIRMED": "amountCents brandId currency topUpId",
    "TOP_UP_FIRST_CONFIRMED": "amountCents brandId currency topUpId",
    "TOP_UP_REJECTED": "amountCents brandId currency topUpId",
    "TOP_UP_REQUESTED": "amountCents brandId currency topUpId",
    "USER_ERASED": "role userId",
    "USER_REGISTERED": "role userId",
}
OF_STAFF = {"resolvedBy", "moderatedBy", "reviewedBy", "actorUserId", "recipientUserIds"}
# Everybody who has applied to a canceled job hears of it.
OF_THE_DEAL = {"creatorId", "canceledBy", "reasonCode", "refundedCents", "creatorCents", "currency"}


def stored(kind: str, /, **payload: object) -> dict:
    return {"uid": uuid4(), "type": kind, "occurred_at": clock.now(), "payload": payload, "actor_id": uuid4()}


def test_every_type_was_read_through():
    known = {name: " ".join(sorted(kind.told())) for name, kind in REGISTRY.items() if kind.__module__.startswith("core.")}

    assert known == REVIEWED


@pytest.mark.parametrize("kind", sorted(REVIEWED))
def test_nothing_says_who_of_our_staff_it_was_or_who_else_hears_of_it(kind):
    everything = dict.fromkeys(OF_STAFF | set(REVIEWED[kind].split()), "x")

    shown = told(stored(kind, **everything), to=uuid4())

    assert shown["payload"].keys().isdisjoint(OF_STAFF)
    assert set(shown["payload"]) == set(REVIEWED[kind].split())


def test_who_had_only_applied_learns_nothing_of_the_deal():
    shown = told(stored("JOB_CANCELED", jobId="1", brandId="2", **dict.fromkeys(OF_THE_DEAL, "x")), to=uuid4())

    assert shown["payload"] == {"jobId": "1", "brandId": "2"}


def test_of_a_type_that_is_not_known_only_that_it_happened_is_told():
    assert told(stored("SOMETHING_OF_TOMORROW", secret="x"), to=uuid4())["payload"] == {}


def test_one_knows_what_one_did_oneself():
    event = stored("JOB_PAUSED", jobId="1", brandId="2")

    assert (told(event, to=event["actor_id"])["isMine"], told(event, to=uuid4())["isMine"]) == (True, False)
