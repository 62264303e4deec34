"""Whom an event concerns: the order in which a person hears of what happens to them."""

from django.db import models


class Addressee(models.Model):
    """One event in the list of one person. Written by the sequencer, in the transaction that gives the event its position."""

    pk = models.CompositePrimaryKey("user_id", "event_id")
    user_id = models.UUIDField()
    event = models.ForeignKey("outbox.Event", to_field="position", db_column="position", on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "outbox_addressee"
