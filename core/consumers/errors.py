"""What we say when a consumer cannot be managed as asked."""

from django.utils.translation import gettext_lazy as _

from core.base.errors import Conflict


class ConsumerExists(Conflict):
    """Names are not used twice, revoked ones neither: the trail would mix them up."""

    reason = "CONSUMER_EXISTS"
    message = _("There already is a consumer with this name.")


class ConsumerRevoked(Conflict):
    reason = "CONSUMER_REVOKED"
    message = _("This consumer was revoked for good. Create another one.")
