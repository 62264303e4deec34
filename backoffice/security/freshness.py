"""Money wants a code that is not old: whoever sits down at an open browser moves none."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from core.base import clock
from core.base.errors import Refusal
from core.people import services
from core.people.factors.policies import needs_factor

PROVEN = "proven_at"  # when the person last showed a code, in the session
CODE = "authenticator_code"
CODE_LENGTH_MAX = 40


def code_field(help_text: Any = "", *, focused: bool = False) -> forms.CharField:
    """Where the code of the authenticator goes. Browsers and telephones offer it by themselves."""
    attributes = {"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}
    widget = UnfoldAdminTextInputWidget(attrs=attributes | ({"autofocus": True} if focused else {}))
    return forms.CharField(label=_("Code of the authenticator"), max_length=CODE_LENGTH_MAX, help_text=help_text, widget=widget)


def note_proven(request: HttpRequest) -> None:
    """The person has shown a code just now."""
    request.session[PROVEN] = clock.now().timestamp()


def is_fresh(request: HttpRequest) -> bool:
    """Whether the last code is not too old for money, or none is asked of this person."""
    if not needs_factor(request.user):  # type: ignore[arg-type]
        return True
    age = clock.now().timestamp() - request.session.get(PROVEN, 0)
    return 0 <= age < timedelta(minutes=settings.STAFF_FRESH_MINUTES).total_seconds()


def ask(form: forms.Form) -> None:
    """The dialog has a field for the code, and says why."""
    why = format_lazy(
        _("This step is about money. Show that it is you: the code is good for {minutes} minutes."), minutes=settings.STAFF_FRESH_MINUTES
    )
    form.fields[CODE] = code_field(why)


def prove(request: HttpRequest, form: forms.Form) -> bool:
    """Whether the person may go on: the code was right, and counts from now on. Otherwise the dialog says what is wrong with it."""
    try:
        services.prove_factor(by=request.user, code=request.POST.get(CODE, "")[:CODE_LENGTH_MAX])
    except Refusal as refusal:
        ask(form)
        form.is_valid()
        form.errors.pop(CODE, None)
        form.add_error(CODE, refusal.text())
        return False
    note_proven(request)
    return True
