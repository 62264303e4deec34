"""How a person keeps another one away. The other is told nothing, and no event goes out."""

from typing import Any

from django.db import transaction

from core.audit.steps import record
from core.base.policy import require
from core.people import errors, policies
from core.people.models import ContactBlock, User


@transaction.atomic
def block_contact(person_id: Any, *, by: User) -> ContactBlock:
    """From now on there are no messages, invitations or applications between the two. Deals that run go on.

    The row carries `is_new`: whether it was not there before. Raises Forbidden, NotFound, NotYourself.
    """
    require(policies.is_contact(by))
    person = policies.contacts().find(id=person_id)
    require(person.pk != by.pk, errors.NotYourself())

    block, is_new = ContactBlock.objects.get_or_create(blocker=by, blocked=person)
    block.is_new = is_new
    if is_new:
        record("CONTACT_BLOCKED", block, by=by, after={"personId": str(person.pk)})
    return block


@transaction.atomic
def unblock_contact(block_id: Any, *, by: User) -> ContactBlock:
    """The two may meet again, unless the other one wants nothing of it. Returns the row that is gone. Raises NotFound."""
    block = policies.own_contact_blocks(by).lock(id=block_id)

    record("CONTACT_UNBLOCKED", block, by=by, before={"personId": str(block.blocked_id)})
    ContactBlock.objects.filter(id=block.id).delete()
    return block
