from django.apps import AppConfig

from outbox import sequencer
from outbox.live.steps import address


class OutboxConfig(AppConfig):
    name = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Events go to the lists of those whom they concern."""
        sequencer.fan_out(address)
