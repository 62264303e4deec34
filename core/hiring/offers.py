"""What a creator offers in an application: words, a price, or both."""

from django.utils.translation import gettext as _

from core.base import clock
from core.base.errors import Invalid
from core.base.texts import visible
from core.hiring.models import Application

MESSAGE_MAX = 2_000


def read_offer(message: str, price_quote: int | None) -> str:
    """The message, trimmed. Raises Invalid for one that is too long, and for a price out of range."""
    said = visible(message)
    if len(said) > MESSAGE_MAX:
        raise Invalid({"message": [_("Write at most {longest} characters.").format(longest=MESSAGE_MAX)]})
    if price_quote is not None and not 1 <= price_quote <= Application.QUOTE_MAX:
        between = _("Must be between {lowest} and {highest}.").format(lowest=1, highest=Application.QUOTE_MAX)
        raise Invalid({"priceQuote": [between]})
    return said


def put_forward(application: Application, *, source: str, message: str, price_quote: int | None) -> None:
    """The application, new or withdrawn before, waits for the brand's answer since now, with this offer. Raises WrongState."""
    if not application._state.adding:
        application.move_to(Application.Status.PENDING)
        application.created_at = clock.now()
    application.source, application.message, application.price_quote = source, message, price_quote
    application.decided_at = application.decided_by = None
    application.updated_at = clock.now()
    application.save()
