"""The audit trail: who did what to what, why, and in which call. Rows are only ever added."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from core.base import clock
from core.base.guards import Guard
from core.base.models import QuerySet
from core.base.triggers import append_only_until_erased

# Whose entry it is: what this person did, and what was done to the account or decided about its verification.
OF_PERSON = """
    person.id = OLD.actor_id
    OR OLD.subject_type = 'User' AND OLD.subject_id = person.id::text
    OR OLD.subject_type = 'Verification' AND EXISTS (
        SELECT 1 FROM public.core_verification attempt JOIN public.core_creatorprofile profile ON profile.id = attempt.profile_id
        WHERE attempt.id::text = OLD.subject_id AND profile.user_id = person.id
    )
"""


class AuditEntry(models.Model):
    """One act on one thing. `before` and `after` hold the fields that changed, without secrets.

    The entry stays for ever; what it says of a person fades, value by value, once their account is erased.
    """

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.TextField(default="", blank=True)
    request_id = models.CharField(max_length=64, default="", blank=True)

    objects = QuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["action", "-id"], name="audit_action"),
            models.Index(fields=["request_id"], condition=~models.Q(request_id=""), name="audit_request"),
            BrinIndex(fields=["created_at"], name="audit_created"),
        ]
        triggers = [
            *append_only_until_erased("audit", blank=("before", "after"), texts=("reason",), whose=OF_PERSON),
            # The chain (core.audit.chain) is made after the commit: a verb waits for nobody's lock, it only says that a seal is due.
            Guard(
                name="audit_waits_for_seal",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="INSERT INTO public.core_unsealedentry (entry_id) VALUES (NEW.id); RETURN NULL;",
            ),
            # What has faded shall not be guessed from the hash of what it was.
            Guard(
                name="audit_faded_loses_salt",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                func="UPDATE public.core_auditseal SET salt = NULL WHERE entry_id = NEW.id; RETURN NULL;",
            ),
        ]
