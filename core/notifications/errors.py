"""What we say when notices cannot be silenced as asked."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class CannotMute(Conflict):
    """`types` are about money or security: nobody can mute them."""

    reason = "CANNOT_MUTE"
    message = _("Notices about money and security cannot be muted.")
