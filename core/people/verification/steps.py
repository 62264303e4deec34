"""Parts of verbs that concern the badge of a creator."""

from core.notifications.steps import notify
from core.people.models import CreatorProfile
from core.people.selectors import staff_ids


def tell_of_change(profile: CreatorProfile) -> None:
    """Moderators know that somebody whom they have verified looks different now; of others they need not know."""
    if profile.is_verified:
        notify(staff_ids("moderator"), "VERIFIED_PROFILE_CHANGED", facts={"name": profile.display_name})
