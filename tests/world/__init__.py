"""One world for all tests: people and things made through verbs, so that every world is legal.

`World` is put together from one class per room, each in a file of its own, on top of `DealsWorld`. Everything made is unique,
so that worlds can stand side by side in a database that is never emptied.
"""

from tests.world.adjustments import AdjustmentsWorld
from tests.world.alerts import AlertsWorld
from tests.world.cancellation import CancellationWorld
from tests.world.chat import ChatWorld
from tests.world.deals import FILES, PASSWORD, unique
from tests.world.disputes import DisputesWorld
from tests.world.invitations import InvitationsWorld
from tests.world.reports import ReportsWorld
from tests.world.telegram import TelegramWorld
from tests.world.webhooks import WebhooksWorld

__all__ = ["FILES", "PASSWORD", "World", "unique"]


class World(
    AdjustmentsWorld,
    AlertsWorld,
    CancellationWorld,
    ChatWorld,
    DisputesWorld,
    InvitationsWorld,
    ReportsWorld,
    TelegramWorld,
    WebhooksWorld,
):
    """What a test gets as `world`."""
