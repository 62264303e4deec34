"""Dialogs about parcels: what they repeat, what they ask, and a replay that is shown before it happens."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from backoffice import show
from backoffice.bulk import Together
from backoffice.dialogs import Confirm
from backoffice.mailbox import words
from core.base.errors import Invalid
from core.mailbox import services
from core.mailbox.services import PER_SECOND_MAX, Range
from outbox.channels import WEBHOOK
from outbox.models import Delivery

REASON_MIN, REASON_MAX = 3, 500
HOURS = 24
PER_SECOND = 10
State = Delivery.State


def why_field() -> forms.CharField:
    """A short text for the audit trail."""
    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3, "data-reason": "", "autofocus": True})
    help_text = gettext_lazy("Colleagues read this in the audit trail.")
    return forms.CharField(label=gettext_lazy("Reason"), min_length=REASON_MIN, max_length=REASON_MAX, widget=widget, help_text=help_text)


class Moment(forms.DateTimeField):
    """A moment, read and written in the time zone of staff."""

    widget = UnfoldAdminTextInputWidget(attrs={"type": "datetime-local", "step": "1"})

    def to_python(self, value: Any) -> Any:
        with timezone.override(show.zone()):
            return super().to_python(value)


class DeliveryFacts(Confirm):
    """Every dialog names the parcel."""

    def facts(self) -> Sequence[tuple[Any, Any]]:
        return (
            (_("What"), words.type_label(self.row.type)),
            (_("Channel"), words.channel(self.row.channel)),
            (_("Why it stopped"), words.code(self.row.reason)),
        )


class Skip(DeliveryFacts):
    """Why a parcel is given up."""

    offered = (
        gettext_lazy("The person knows already, told by another way."),
        gettext_lazy("The receiver does not exist any more."),
        gettext_lazy("It is out of date and would only confuse."),
    )
    reason = why_field()


class RetryTogether(Together):
    """Many parcels at once."""


class Why(Confirm):
    """Only asks why."""

    reason = why_field()


class Rehearsed(Confirm):
    """Shows what would happen the first time it is sent, and carries it out the second time, if nothing in it has changed."""

    rehearsed = forms.CharField(required=False, widget=forms.HiddenInput())

    def rehearse(self) -> Sequence[tuple[Any, Any]]:
        """What would happen, line by line. May raise Invalid."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        self.lines: Sequence[tuple[Any, Any]] = ()
        if self.errors:
            return cleaned
        try:
            self.lines = self.rehearse()
        except Invalid as refused:
            self.refuse(refused)
            return cleaned
        mark = hashlib.sha256(repr([(str(label), str(value)) for label, value in self.lines]).encode()).hexdigest()[:16]
        if cleaned.get("rehearsed") != mark:
            sent: Any = self.data
            self.data = sent.copy()
            self.data["rehearsed"] = mark  # type: ignore[index]
            self.add_error(None, _("This is what will happen. Look it through and confirm once more."))
        return cleaned

    def facts(self) -> Sequence[tuple[Any, Any]]:
        return getattr(self, "lines", ())


class ReplayForm(Rehearsed):
    """A stretch of time, a channel, what state the parcels are in, and how fast they may go."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=list(words.CHANNELS.items()), widget=UnfoldAdminSelectWidget())
    state = forms.ChoiceField(
        label=gettext_lazy("Which parcels"),
        choices=[
            (State.DEAD, gettext_lazy("Dead letters")),
            (State.SKIPPED, gettext_lazy("Not sent")),
            (State.UNCERTAIN, gettext_lazy("Outcome unknown")),
            (State.SENT, gettext_lazy("Delivered (webhooks only)")),
        ],
        widget=UnfoldAdminSelectWidget(),
    )
    since = Moment(label=gettext_lazy("Written from"))
    until = Moment(label=gettext_lazy("Written before"))
    per_second = forms.IntegerField(
        label=gettext_lazy("How many a second"), min_value=1, max_value=PER_SECOND_MAX, widget=UnfoldAdminIntegerFieldWidget()
    )
    reason = why_field()

    recipient_id: Any = None

    def starting(self) -> dict[str, Any]:
        now = timezone.now().astimezone(show.zone())
        since, until = (moment.strftime("%Y-%m-%dT%H:%M:%S") for moment in (now - timedelta(hours=HOURS), now + timedelta(minutes=1)))
        return {"since": since, "until": until, "per_second": PER_SECOND, "state": State.DEAD}

    def range(self) -> Range:
        """What was asked for."""
        asked = self.cleaned_data
        return Range(
            channel=asked.get("channel", WEBHOOK),
            since=asked["since"],
            until=asked["until"],
            states=(asked["state"],),
            recipient_id=self.recipient_id,
        )

    def rehearse(self) -> Sequence[tuple[Any, Any]]:
        found = services.preview_replay(self.range(), by=self.request.user)
        if not found:
            raise Invalid(form=[_("Nothing fits: there is nothing to send again.")])
        would = {"SEND": _("will go out"), "TWICE_OUT": _("stays: two copies may have arrived")}
        return [
            (words.type_label(line.type), show.two_lines(f"{line.count:,}".replace(",", "\u202f"), would.get(line.would, line.would)))
            for line in found
        ]


class ResendForm(ReplayForm):
    """The same for one webhook."""

    channel = None  # type: ignore[assignment]

    @property
    def recipient_id(self) -> Any:  # type: ignore[override]
        return self.row.pk
