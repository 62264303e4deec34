"""What the reader may do now: what a client draws its buttons from."""

from typing import Any

from rest_framework import serializers

from api.base import Shape


class ActionOut(Shape):
    """Something to be done with the thing, or the reason why not now. What is done already is not in the list."""

    name = serializers.CharField()
    allowed = serializers.BooleanField(help_text="Whether a call at this moment would be carried out.")
    reasonCode = serializers.CharField(allow_null=True, help_text="What it would be refused with: `details.code`, else the code.")
    message = serializers.CharField(allow_null=True, help_text="The same in the reader's language.")

    def to_representation(self, action: Any) -> Any:
        """The action as it is: `core.base.policy.actions` has told it."""
        return action
