from importlib import import_module
from pathlib import Path
from uuid import UUID

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.logging import set_up_structlog
from outbox import channels, moment, sequencer
from outbox.live import steps as live


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Marketplace")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Log lines have their shape, the start-up checks are known, facts happen by our clock, and notices have places beside them."""
        from core import checks  # noqa: F401, PLC0415  registering is what the import does
        from core.people.letters.delivery import LetterSender  # noqa: PLC0415
        from core.people.models import SYSTEM_USER_ID  # noqa: PLC0415  models are there from now on
        from core.webhooks.fan_out import copy_to_endpoints  # noqa: PLC0415
        from core.webhooks.sender import WebhookSender  # noqa: PLC0415

        import_facts()
        set_up_structlog()
        moment.follow(clock.now)
        sequencer.number("core_notification", sequence="core_notification_position", order="updated_at")
        live.leave_out(UUID(SYSTEM_USER_ID))
        sequencer.fan_out(copy_to_endpoints)
        channels.register(channels.Channel(channels.EMAIL, LetterSender, at_once=4))
        channels.register(channels.Channel(channels.WEBHOOK, WebhookSender, at_once=64, repeats=True, waits_max=20, crowd_max=8))


def import_facts() -> None:
    """Every kind of fact is known in every process, also in one that serves only what was told."""
    folder = Path(__file__).parent
    for file in sorted(folder.rglob("events.py")):
        import_module(".".join((folder.name, *file.relative_to(folder).with_suffix("").parts)))
