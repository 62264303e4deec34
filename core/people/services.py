"""The verbs of this room, in one place. Each sub-room has its own."""

from core.people.accounts.services import block_person, register, unblock_person, update_account
from core.people.portfolio.services import add_portfolio_item, remove_portfolio_item, update_portfolio_item
from core.people.profiles.services import update_brand_profile, update_creator_profile

__all__ = [
    "add_portfolio_item",
    "block_person",
    "register",
    "remove_portfolio_item",
    "unblock_person",
    "update_account",
    "update_brand_profile",
    "update_creator_profile",
    "update_portfolio_item",
]
