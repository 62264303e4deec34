"""Where a creator's money goes. The details are sealed at once and shown to nobody."""

from django.db import transaction

from core.audit.steps import record
from core.base import clock, crypto
from core.base.policy import require
from core.money import destinations, policies
from core.money.errors import PayoutMethodExists, TooManyPayoutMethods
from core.money.models import PayoutMethod
from core.people.models import User


@transaction.atomic
def add_payout_method(*, by, kind: str, details: str) -> PayoutMethod:
    """The creator can choose this destination for payouts. Raises Forbidden, Invalid, TooManyPayoutMethods, PayoutMethodExists."""
    require(policies.is_creator(by))
    destination = destinations.read(kind, details)
    User.objects.lock(id=by.id)  # two requests at once count one after the other
    live = list(policies.visible_methods(by).values_list("fingerprint", flat=True))
    fingerprint = crypto.fingerprint(f"{kind}:{destination.details}")
    require(fingerprint not in live, PayoutMethodExists())
    require(len(live) < PayoutMethod.METHODS_MAX, TooManyPayoutMethods(methods_max=PayoutMethod.METHODS_MAX))

    method = PayoutMethod.objects.create(
        creator=by, kind=kind, sealed_details=crypto.seal(destination.details), masked=destination.masked, fingerprint=fingerprint
    )
    record("PAYOUT_METHOD_ADDED", method, by=by, after={"kind": kind, "masked": method.masked})
    return method


@transaction.atomic
def remove_payout_method(method_id, *, by) -> PayoutMethod:
    """The destination can be chosen no more; payouts that went there keep it. Raises Forbidden, NotFound."""
    require(policies.is_creator(by))
    method = policies.visible_methods(by).lock(id=method_id)

    method.removed_at = clock.now()
    method.store("removed_at")
    record("PAYOUT_METHOD_REMOVED", method, by=by, before={"kind": method.kind, "masked": method.masked})
    return method
