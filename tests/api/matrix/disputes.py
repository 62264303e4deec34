"""Who stops a deal, who speaks, and who decides."""

from core.disputes.models import Dispute
from tests.api.matrix import Stage, line, thing
from tests.api.matrix.deals import deal, deal_of  # noqa: F401 - the deal of the lines below

NOTE = {"note": "The brief asked for sound, and the video has none."}
MESSAGE = {"kind": "MESSAGE", "text": "Here is what happened."}
ASK = {"party": "CREATOR", "wants": "EVIDENCE", "question": "Please show the footage."}
OVERTURN = NOTE | {"outcome": "OVERTURNED", "creatorShareCents": 1_000}


def case_of(stage: Stage) -> Dispute:
    """A dispute of the owner's about a delivered version of the chosen creator's."""
    return stage.world.dispute(job=stage.world.submission(job=deal_of(stage)).job)


@thing
def dispute(stage: Stage) -> object:
    """An open dispute that waits for the chosen creator's answer."""
    return case_of(stage).id


@thing
def long_dispute(stage: Stage) -> object:
    """The one dispute of the owner's whose lists grow."""
    found = Dispute.objects.filter(opened_by=stage.owner, statement="The long one.").first()
    if found is None:
        found = stage.world.answered_dispute(job=deal_of(stage), statement="The long one.")
    return found.id


@thing
def proposed_dispute(stage: Stage) -> object:
    """A dispute in which the owner has proposed a settlement."""
    stage.last_settlement = stage.world.settlement(dispute=case_of(stage))
    return stage.last_settlement.dispute_id


@thing
def its_settlement(stage: Stage) -> object:
    """The proposal in the `proposed_dispute` of the same line."""
    return stage.last_settlement.id


@thing
def refunded_dispute(stage: Stage) -> object:
    """A dispute that somebody else of the staff has decided."""
    return stage.world.resolved_dispute("REFUND", job=deal_of(stage)).id


@thing
def appealed_dispute(stage: Stage) -> object:
    """A decision of somebody else of the staff, against which the chosen creator appeals."""
    return stage.world.appeal("REFUND", job=deal_of(stage)).dispute_id


@thing
def big_dispute(stage: Stage) -> object:
    """A decision about much money, of somebody else of the staff, that waits for the second person."""
    return stage.world.proposed_decision().id


CASE = {"owner": 200, "chosen": 200, "brand": 404, "creator": 404, "staff": 200, "engineer": 404}
THREAD = CASE | {"finance": 403, "support": 403}
SPEAKERS = {"owner": 201, "chosen": 201, "brand": 404, "creator": 404, "staff": 403, "moderator": 201, "engineer": 404}
MODERATORS = {"brands": 403, "creators": 403, "staff": 403, "moderator": 200}
SIGNERS = MODERATORS | {"finance_approver": 200}

SETTLEMENT = "/api/disputes/{proposed_dispute}/settlements/{its_settlement}"
LINES = [
    line("POST /api/jobs/{deal}/dispute/open", body={"reason": "QUALITY"}, owner=201, chosen=201, brand=404, creator=404, staff=403),
    line("GET /api/disputes", people=200),
    line("GET /api/disputes/{dispute}", **CASE),
    line("GET /api/disputes/{long_dispute}/messages", **THREAD),
    line("POST /api/disputes/{dispute}/messages", body=MESSAGE, **SPEAKERS),
    line("POST /api/disputes/{dispute}/withdraw", owner=200, chosen=403, brand=404, creator=404, staff=403),
    line(
        "POST /api/disputes/{refunded_dispute}/appeal",
        body={"text": "It has sound."},
        owner=201,
        chosen=201,
        brand=404,
        creator=404,
        staff=403,
    ),
    line("GET /api/disputes/{long_dispute}/settlements", **CASE),
    line("POST /api/disputes/{dispute}/settlements", body={"creatorShareCents": 100_000}, **SPEAKERS),
    line(f"POST {SETTLEMENT}/accept", owner=200, chosen=200, brand=404, creator=404, staff=403),
    line(f"POST {SETTLEMENT}/decline", owner=403, chosen=200, brand=404, creator=404, staff=403),
    line(f"POST {SETTLEMENT}/withdraw", owner=200, chosen=403, brand=404, creator=404, staff=403, engineer=404),
    line("GET /api/admin/disputes", brands=403, creators=403, staff=200, engineer=403),
    line("POST /api/admin/disputes/{dispute}/assign", body={}, **MODERATORS),
    line("POST /api/admin/disputes/{dispute}/ask", body=ASK, **(MODERATORS | {"moderator": 201})),
    line("POST /api/admin/disputes/{dispute}/extend", body={"hours": 48, "reason": "The creator is ill."}, **MODERATORS),
    line("POST /api/admin/disputes/{dispute}/resolve", body=NOTE | {"resolution": "SPLIT", "creatorShareCents": 1_000}, **MODERATORS),
    line("POST /api/admin/disputes/{dispute}/resolve-refund", body=NOTE, **MODERATORS),
    line("POST /api/admin/disputes/{dispute}/resolve-release", body=NOTE, **MODERATORS),
    line("POST /api/admin/disputes/{big_dispute}/confirm", **SIGNERS),
    line("POST /api/admin/disputes/{big_dispute}/send-back", body={"comment": "It has sound."}, **SIGNERS),
    line(
        "POST /api/admin/disputes/{appealed_dispute}/appeal/decide",
        body=NOTE | {"outcome": "OVERTURNED", "creatorShareCents": 1_000},
        **MODERATORS,
    ),
]
