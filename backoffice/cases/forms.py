"""The dialogs of decisions: a checklist to approve, a reason of the catalogue to refuse, a note to hand on."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from unfold.widgets import UnfoldAdminTextareaWidget

from backoffice.bulk import Together
from backoffice.dialogs import Confirm, Reason
from core.desk.claims.models import Escalation
from core.rules.reasons.selectors import checklist, reasons, with_hint, worded

CHECKS = "checks"


class Ticks(forms.CheckboxSelectMultiple):
    """Boxes that are ticked by their numbers, and all at once by 0."""

    template_name = "backoffice/cases/ticks.html"


def checks_field(queue: str) -> forms.MultipleChoiceField | None:
    """The checklist of the queue; none when there is nothing on it."""
    items = checklist(queue)
    if not items:
        return None
    return forms.MultipleChoiceField(
        label=_("I have made sure"),
        choices=[(item.code, worded(item, get_language() or "ru")) for item in items],
        widget=Ticks,
        required=False,  # the verb says what is missing
    )


class Checklist:
    """Adds the checklist of the admin's queue."""

    fields: dict[str, forms.Field]
    admin: Any

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        field = checks_field(self.admin.queue)
        if field is not None:
            self.fields[CHECKS] = field


class Words:
    """Offers the reasons of the admin's queue in the language of whoever will read them."""

    admin: Any
    row: Any
    fields: dict[str, forms.Field]
    fixable_only = False

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.fields["reason"].widget.attrs.pop("autofocus", None)  # a number chooses a reason, and is not typed into the field

    @property
    def offered(self) -> list[str]:
        language = self.admin.author(self.row).language if self.row is not None else "ru"
        return [with_hint(each, language) for each in reasons(self.admin.queue, fixable_only=self.fixable_only)]


class Case(Confirm):
    """The dialog repeats which case it is about, and carries what the page showed of it."""

    def facts(self) -> Any:
        return self.admin.facts(self.row)


class Approve(Checklist, Case):
    """Everything on the list holds."""


class Refuse(Words, Case, Reason):
    """Why not. The words of the catalogue may be changed."""


class AskForChanges(Refuse):
    """What has to change. Only reasons that can be mended are offered."""

    fixable_only = True


class HandOn(Case):
    """Why somebody else should decide."""

    note = forms.CharField(
        label=gettext_lazy("What is difficult about it"),
        max_length=Escalation.NOTE_MAX,
        min_length=10,
        help_text=gettext_lazy("Only moderators read this."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "autofocus": True}),
    )


class ApproveTogether(Checklist, Together):
    """The same list, for each of the rows."""


class RefuseTogether(Words, Together, Reason):
    """One reason for all of the rows."""
