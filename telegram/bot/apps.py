from django.apps import AppConfig

from outbox.channels import TELEGRAM, Channel, register


class BotConfig(AppConfig):
    """The bot. What it knows how to do is registered once models are loaded."""

    name = "bot"
    label = "bot"

    def ready(self) -> None:
        """Updates are worked, and notices carried: 25 a second over all processes, one a second to a chat, a little less than it allows."""
        from bot import commands, delivery, tasks, updates  # noqa: PLC0415  models have to be loaded first
        from core.telegram.inbox import DESK  # noqa: PLC0415

        DESK.attend(handle=commands.handle, refuse=commands.refuse, chat_of=updates.chat_of, wake=tasks.wake)
        register(Channel(TELEGRAM, delivery.sender, at_once=8, per_second=25, recipient_rest=1.05))
