from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.base import clock
from core.logging import set_up_structlog
from outbox import moment


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Marketplace")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Log lines have their shape, the start-up checks are known, and facts happen by our clock."""
        from core import checks  # noqa: F401, PLC0415  registering is what the import does

        set_up_structlog()
        moment.follow(clock.now)
