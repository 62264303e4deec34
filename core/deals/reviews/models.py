"""What the parties of a completed deal say of each other."""

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q

from core.base.models import Row
from core.base.triggers import frozen, no_delete


class Review(Row):
    """What one party of a completed deal says of the other. Nobody but its author reads it until it is published, and nobody rewrites it.

    It counts for its subject while `is_shown`: published, and not hidden by a moderator.
    """

    RATING_MAX = 5
    TEXT_MAX = 1_000
    HIDDEN_REASON_MIN, HIDDEN_REASON_MAX = 10, 500

    job = models.ForeignKey("core.Job", on_delete=models.PROTECT, related_name="reviews", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    rating = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=TEXT_MAX, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    hidden_reason = models.CharField(max_length=HIDDEN_REASON_MAX, blank=True, default="")
    is_shown = models.GeneratedField(
        expression=ExpressionWrapper(Q(published_at__isnull=False, hidden_at__isnull=True), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        indexes = [
            models.Index(fields=["subject", "-published_at", "-id"], condition=Q(is_shown=True), name="review_subject"),
            models.Index(fields=["author", "-created_at", "-id"], name="review_author"),
            models.Index(fields=["-created_at", "-id"], name="review_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["job", "author"], name="review_once"),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="review_rating_range"),
            models.CheckConstraint(condition=~Q(author=F("subject")), name="review_of_another"),
            models.CheckConstraint(
                condition=Q(hidden_at=None, hidden_by=None, hidden_reason="")
                | Q(hidden_at__isnull=False, hidden_by__isnull=False) & ~Q(hidden_reason=""),
                name="review_hidden_whole",
            ),
        ]
        triggers = [
            frozen("review", "job_id", "author_id", "subject_id", "rating", "text", "created_at", once=("published_at",)),
            no_delete("review"),
        ]
