"""Seals, one for each entry, and the entries that still wait for theirs."""

import pgtrigger
from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length

from core.audit.models import AuditEntry
from core.base.guards import Guard
from core.base.triggers import no_truncate

DIGEST_BYTES = 32
models.BinaryField.register_lookup(Length)


def of_length(column: str, *, name: str) -> models.CheckConstraint:
    """The column holds a SHA-256, or nothing where it may."""
    return models.CheckConstraint(condition=Q(**{f"{column}__length": DIGEST_BYTES}), name=name)


class AuditSeal(models.Model):
    """The seal of one entry. Positions have no gaps, and `previous` is the digest of the position before.

    `frame` is the hash of what an entry says for ever; `body` is the hash of all that it said when it was sealed, made with a salt.
    When a deleted account's data fades from the entry the salt goes too: the body cannot be guessed from its hash, and the frame still
    proves who did what to what and when.
    """

    position = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    salt = models.BinaryField(null=True)
    frame = models.BinaryField()
    body = models.BinaryField()
    previous = models.BinaryField()
    digest = models.BinaryField()
    sealed_at = models.DateTimeField(default=TransactionNow, db_default=TransactionNow())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=1), name="audit_seal_position_range"),
            of_length("frame", name="audit_seal_frame_length"),
            of_length("body", name="audit_seal_body_length"),
            of_length("previous", name="audit_seal_previous_length"),
            of_length("digest", name="audit_seal_digest_length"),
        ]
        triggers = [
            Guard(
                name="audit_seal_append_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND NEW.salt IS NULL AND to_jsonb(NEW) - 'salt' = to_jsonb(OLD) - 'salt' THEN
                        RETURN NEW;
                    END IF;
                    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'LG002';
                """,
            ),
            no_truncate("audit_seal"),
        ]


class UnsealedEntry(models.Model):
    """An entry that waits for its seal. The database writes the row with the entry; the sealer takes it away."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, primary_key=True, related_name="+", db_constraint=False)
