"""A lost telephone: a superuser takes a colleague's second factor away. Their own nobody resets for themselves."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.enums import ActionVariant

from backoffice import show
from backoffice.dialogs import Confirm, Reason, dialog
from core.people import services
from core.people.factors import policies
from core.people.factors.selectors import has_factor

SUPERUSERS = ("superuser",)  # no group has this name: superusers hold everything, nobody else does


class Lost(Reason):
    """Why the factor goes, and whose it is."""

    offered = (
        _("The telephone was lost; the person was heard by voice and recognised."),
        _("The person has a new telephone and no recovery codes."),
    )

    def facts(self) -> list[tuple[Any, Any]]:
        return [(_("Person"), show.name(self.row)), (_("E-mail"), self.row.email)]


class FactorReset:
    """The step on the page of a person."""

    run: Any

    @dialog(
        can=SUPERUSERS,
        label=_("Reset the second factor"),
        icon="phonelink_erase",
        tone=ActionVariant.DANGER,
        title=_("Take this person's second factor away?"),
        text=_("They are signed out everywhere, and whoever knows the password sets up a new authenticator. Be sure who asked for it."),
        form_class=Lost,
        fresh=True,
        when=lambda person, user: policies.can_reset_factor(user, person) and has_factor(person),
    )
    def reset_factor(self, request: HttpRequest, person: Any, form: Confirm) -> None:
        """The colleague starts anew."""
        self.run(request, services.reset_factor, person.pk, done=_("The second factor is reset."), reason=form.cleaned_data["reason"])
