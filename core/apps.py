from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core.logging import set_up_structlog


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Marketplace")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Log lines have their shape, and the start-up checks are known."""
        from core import checks  # noqa: F401, PLC0415  registering is what the import does

        set_up_structlog()
