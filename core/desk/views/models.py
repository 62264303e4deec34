"""Views of lists that staff keep."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.base.models import Row
from core.base.triggers import frozen


class SavedView(Row):
    """One list as somebody wants it: the parameters of its address under a name. When shared, whoever has the list sees it."""

    TITLE_MAX = 40
    QUERY_MAX = 1_000
    VIEWS_MAX = 20  # of one person on one list

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    screen = models.CharField(max_length=40)
    title = models.CharField(max_length=TITLE_MAX)
    query = models.CharField(max_length=QUERY_MAX)
    is_shared = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["screen", "created_at"], condition=Q(is_shared=True), name="saved_view_shared")]
        constraints = [
            models.UniqueConstraint(fields=["owner", "screen", "title"], name="saved_view_one_title"),
            models.CheckConstraint(condition=~Q(screen="") & ~Q(title="") & ~Q(query=""), name="saved_view_whole"),
        ]
        triggers = [frozen("saved_view", "owner_id", "screen")]
