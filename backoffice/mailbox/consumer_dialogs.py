"""Dialogs about those who pull events: what they may see, from where, and how long an old secret still opens."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from backoffice import show
from backoffice.dialogs import Confirm
from backoffice.mailbox import words
from backoffice.mailbox.delivery_dialogs import Moment, Rehearsed
from backoffice.mailbox.windows import SLACK, first_since
from core.base.errors import Invalid
from outbox.consumers.models import Handout
from outbox.consumers.selectors import pruned_to
from outbox.models import Event

OVERLAPS = (
    (0, gettext_lazy("not at all: the old one has leaked")),
    (1, gettext_lazy("one hour")),
    (24, gettext_lazy("24 hours")),
)


class ConsumerFacts(Confirm):
    """Every dialog names the consumer."""

    def facts(self) -> Sequence[tuple[Any, Any]]:
        return (
            (_("Consumer"), words.raw(self.row.name)),
            (_("Sees"), show.lines(words.raw(each) for each in self.row.scopes)),
            (_("Last seen"), show.ago(self.row.last_seen_at)),
        )


class Create(Confirm):
    """A name, what it may see, and from where."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("2 to 40 small Latin letters, digits and hyphens, beginning with a letter."),
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True}),
    )
    scopes = forms.CharField(
        label=gettext_lazy("What it may see"),
        initial="*",
        help_text=gettext_lazy("Types of events, one after the other with commas; a star at the end stands for all that begin so."),
        widget=UnfoldAdminTextInputWidget(),
    )
    from_start = forms.BooleanField(
        label=gettext_lazy("Give it everything that is kept, not only what happens from now on"),
        required=False,
        widget=UnfoldBooleanWidget(),
    )

    def starting(self) -> dict[str, Any]:
        return {"scopes": "*"}

    def clean_scopes(self) -> list[str]:
        return [each.strip().upper() for each in self.cleaned_data["scopes"].split(",") if each.strip()]


class Rotate(ConsumerFacts):
    """How long the old secret still opens."""

    hours = forms.TypedChoiceField(
        label=gettext_lazy("The old secret still opens"), choices=OVERLAPS, coerce=int, initial=24, widget=UnfoldAdminSelectWidget()
    )

    def starting(self) -> dict[str, Any]:
        return {"hours": 24}

    def overlap(self) -> timedelta:
        return timedelta(hours=self.cleaned_data["hours"])


class Rewind(Rehearsed):
    """To a moment; what happened since then comes again."""

    since = Moment(label=gettext_lazy("Give out again what happened since"))

    def place(self) -> int:
        """The place in force after the step."""
        consumer = self.row
        return min(max(place_before(self.cleaned_data["since"]), pruned_to()), consumer.reached)

    def rehearse(self) -> Sequence[tuple[Any, Any]]:
        place = self.place()
        count = self.row.reached - place
        if count <= 0:
            raise Invalid({"since": [_("Everything since then is still to come by itself.")]})
        text = ngettext("up to %(count)s event", "up to %(count)s events", count) % {"count": count}
        return (
            (_("Place now"), self.row.position),
            (_("Place after it"), place),
            (_("Will come again"), text),
        )


class Redrive(ConsumerFacts):
    """How many come again."""

    def facts(self) -> Sequence[tuple[Any, Any]]:
        dead = Handout.objects.filter(consumer=self.row, state=Handout.State.DEAD).count()
        return (*super().facts(), (_("Given up"), dead))


def place_before(moment: datetime) -> int:
    """The last place before what happened at this moment or later. Places follow ids nearly, so that a few minutes more come again."""
    start = first_since(Event.objects.all(), "occurred_at", moment - SLACK)
    first = Event.objects.filter(id__gte=start, position__isnull=False).order_by("id").values_list("position", flat=True).first()
    if first is None:
        return Event.objects.exclude(position=None).order_by("-position").values_list("position", flat=True).first() or 0
    return max(0, first - 1)
