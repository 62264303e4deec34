"""What staff may change: commission and limits. A change is a new row, so that history stands."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.base.models import Row
from core.base.triggers import append_only
from core.base.vocabulary import Currency, Niche


class CommissionRule(Row):
    """The platform's share, in basis points. The most specific rule in force wins; a deal keeps the rule of its beginning."""

    class Scope(models.TextChoices):
        DEFAULT = "DEFAULT", _("All deals")
        NICHE = "NICHE", _("Niche")
        BRAND = "BRAND", _("Brand")

    BPS_MAX = 10_000

    scope = models.CharField(max_length=10, choices=Scope)
    brand = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    niche = models.CharField(max_length=20, choices=Niche, blank=True, default="")
    bps = models.PositiveIntegerField()
    valid_from = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["scope", "-valid_from"], name="commission_scope")]
        constraints = [
            models.CheckConstraint(condition=Q(bps__lte=10_000), name="commission_bps_range"),
            models.CheckConstraint(
                condition=Q(scope="DEFAULT", brand=None, niche="")
                | Q(scope="BRAND", brand__isnull=False, niche="")
                | Q(scope="NICHE", brand=None) & ~Q(niche=""),
                name="commission_scope_target",
            ),
        ]
        triggers = append_only("commission")


class Limit(Row):
    """The value of one limit from a moment on. Keys, units and ranges are declared in `core.rules.limits`."""

    key = models.CharField(max_length=40)
    currency = models.CharField(max_length=3, choices=Currency, blank=True, default="")
    value = models.BigIntegerField()
    valid_from = models.DateTimeField(default=clock.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(F("key"), F("valid_from").desc(), name="limit_key")]
        constraints = [models.CheckConstraint(condition=Q(value__gte=0), name="limit_not_negative")]
        triggers = append_only("limit")
