"""What a creator does with alerts. Nobody else is concerned: no notice, no event, only a line in the audit trail."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from core.audit.steps import record
from core.base import clock
from core.base.errors import Invalid
from core.base.policy import require
from core.jobs.alerts import errors, policies
from core.jobs.alerts.fan_out import find_alerts
from core.jobs.alerts.models import JobAlert
from core.people.content import put
from core.people.models import CreatorProfile

__all__ = ["create_alert", "delete_alert", "edit_alert", "find_alerts", "switch_alert"]

ALERTS_MAX = 20
CRITERIA = ("platform", "niche", "language", "content_formats", "min_budget_cents", "max_budget_cents", "currency")
FIELDS = ("name", *CRITERIA)


@transaction.atomic
def create_alert(*, by: Any, content: Mapping[str, Any]) -> JobAlert:
    """The creator will hear of each job that becomes live from now on and fits what the alert asks for.

    Raises Forbidden, Invalid, AlertLimit, AlertNameTaken.
    """
    _queue(by)
    alert = JobAlert(creator=by)
    put(alert, content, allowed=FIELDS)
    _judge(alert)
    require(policies.own_alerts(by).count() < ALERTS_MAX, errors.AlertLimit(ALERTS_MAX))
    _require_name(alert, by=by)

    alert.save(force_insert=True)
    record("ALERT_CREATED", alert, by=by, after={name: getattr(alert, name) for name in FIELDS})
    return alert


@transaction.atomic
def edit_alert(alert_id: Any, *, by: Any, changes: Mapping[str, Any]) -> JobAlert:
    """The alert asks for this from now on; what it has found stays found. Raises Forbidden, NotFound, Invalid, AlertNameTaken."""
    _queue(by)
    alert = policies.own_alerts(by).lock(id=alert_id)
    before = put(alert, changes, allowed=FIELDS)
    _judge(alert)
    _require_name(alert, by=by)

    if before:
        alert.store(*before)
        record("ALERT_EDITED", alert, by=by, before=before, after={name: getattr(alert, name) for name in before})
    return alert


@transaction.atomic
def switch_alert(alert_id: Any, *, by: Any, is_active: bool) -> JobAlert:
    """The alert looks for jobs, or rests. Raises Forbidden, NotFound."""
    require(policies.is_creator(by))
    alert = policies.own_alerts(by).lock(id=alert_id)
    if alert.is_active != is_active:
        alert.is_active = is_active
        alert.store("is_active")
        record("ALERT_SWITCHED", alert, by=by, before={"isActive": not is_active}, after={"isActive": is_active})
    return alert


@transaction.atomic
def delete_alert(alert_id: Any, *, by: Any) -> JobAlert:
    """The alert is gone from the creator's list and finds nothing more. What it has told of is not told again by another.

    Raises Forbidden, NotFound.
    """
    require(policies.is_creator(by))
    alert = policies.own_alerts(by).lock(id=alert_id)
    alert.deleted_at = clock.now()
    alert.store("deleted_at")
    record("ALERT_DELETED", alert, by=by, before={"name": alert.name})
    return alert


def _queue(by: Any) -> None:
    """The creator's profile is locked: their alerts are named and counted one call at a time. Raises Forbidden."""
    require(policies.is_creator(by))
    CreatorProfile.objects.lock(user_id=by.pk)


def _require_name(alert: JobAlert, *, by: Any) -> None:
    """Nothing happens when no other alert of the creator has this name, in capitals or not. Raises AlertNameTaken."""
    others = policies.own_alerts(by).exclude(id=alert.id).annotate(lowered=Lower("name"))
    require(not others.filter(lowered=Lower(Value(alert.name))).exists(), errors.AlertNameTaken())


def _judge(alert: JobAlert) -> None:
    """Nothing happens when the alert asks for something, and for something possible. Raises Invalid with every fault at once."""
    fields: dict[str, list[str]] = {}
    lowest, highest = alert.min_budget_cents, alert.max_budget_cents
    if not alert.name:
        fields["name"] = [_("Give the alert a name.")]
    if (lowest, highest) != (None, None) and not alert.currency:
        fields["currency"] = [_("Name the currency of the budget.")]
    if lowest is not None and highest is not None and lowest > highest:
        fields["maxBudgetCents"] = [_("Must not be less than the smallest budget.")]
    form = [] if any(getattr(alert, name) not in ("", [], None) for name in CRITERIA) else [_("Say what jobs you are looking for.")]
    if fields or form:
        raise Invalid(fields, form=form)
