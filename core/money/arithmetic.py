"""The one sum that money needs."""


def commission(amount_cents: int, bps: int) -> int:
    """The platform's share of an amount, half up, never more than the amount. The creator gets the rest."""
    return min((amount_cents * bps + 5_000) // 10_000, amount_cents)
