"""One world for all tests: people and things made through verbs, so that every world is legal.

`World` is put together from one class per room; a room's engineer writes in the room's own class below. Everything made is
unique, so that worlds can stand side by side in a database that is never emptied.
"""

import itertools
import os
from typing import Any

from django.contrib.auth.models import Group

from core.people import services as people
from core.people.models import User

PASSWORD = "correct-horse-battery-9"
_numbers = itertools.count(1)


def unique(word: str) -> str:
    """A word that no other row of this run has, also in another process."""
    return f"{word}-{os.getpid()}-{next(_numbers)}"


class PeopleWorld:
    """Accounts, profiles, staff."""

    def brand(self, **profile: Any) -> User:
        """A brand with a complete profile."""
        user = people.register(email=f"{unique('brand')}@example.com", password=PASSWORD, role="BRAND")
        people.update_brand_profile(by=user, changes={"company_name": unique("Brand"), "description": "We sell tea."} | profile)
        return user

    def bare_creator(self) -> User:
        """A creator who has just registered."""
        return people.register(email=f"{unique('creator')}@example.com", password=PASSWORD, role="CREATOR")

    def creator(self, **profile: Any) -> User:
        """A creator with a complete profile, not verified."""
        user = self.bare_creator()
        changes = {
            "display_name": unique("Creator"),
            "bio": "I film honest reviews of everyday things.",
            "platforms": ["TIKTOK"],
            "price_per_video": 5000,
            "is_public": True,
        }
        people.update_creator_profile(by=user, changes=changes | profile)
        people.add_portfolio_item(by=user, content={"url": f"https://example.com/{unique('video')}"})
        return user

    def staff(self, *capabilities: str) -> User:
        """A member of staff with these capabilities."""
        user = User.objects.create_user(email=f"{unique('staff')}@example.com", password=PASSWORD, role="STAFF", staff_name=unique("Staff"))
        user.groups.set(Group.objects.filter(name__in=capabilities))
        return user


class JobsWorld(PeopleWorld):
    """Jobs, from drafts to live ones, and applications."""


class DealsWorld(JobsWorld):
    """Deals, from acceptance to completion, and money."""


class World(DealsWorld):
    """What a test gets as `world`."""
