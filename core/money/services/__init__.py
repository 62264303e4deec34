"""The verbs of money, by what they are about."""

from core.money.services.escrow import fund_escrow

__all__ = ["fund_escrow"]
