"""How a running clock is shown."""

from typing import Any

from rest_framework import serializers

from api.base import Shape
from core.timers.kinds import KINDS


class TimerOut(Shape):
    """What runs, until when, whose turn it is, and what happens otherwise."""

    kind = serializers.ChoiceField(choices=sorted(KINDS))
    startedAt = serializers.DateTimeField()
    dueAt = serializers.DateTimeField()
    pausedAt = serializers.DateTimeField(allow_null=True)
    waitsFor = serializers.CharField()
    onExpiry = serializers.CharField()
    consequence = serializers.CharField(help_text="What happens unless somebody acts, in the reader's language.")

    def to_representation(self, timer: Any) -> Any:
        """The clock as it is: `core.timers.selectors` has told it."""
        return timer
