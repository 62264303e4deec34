"""One sentence for every number and every movement of money, made when it is read, in the reader's language."""

from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.base.money import money_text, percent_text
from core.base.vocabulary import Niche
from core.rules.models import CommissionRule

Text = str | Promise

# Whoever reads: the brand of the deal, its creator, or staff. A text for one of them comes before the text for everybody.
BRAND, CREATOR, ANYBODY = "BRAND", "CREATOR", ""

# What moved, whoever reads.
MOVED: dict[str, Text] = {
    "BRAND_TOPUP": _("{money} came from the bank into the brand's wallet."),
    "ESCROW_FUNDED": _("{money} went from the brand's wallet into the escrow."),
    "ESCROW_RELEASED": _("{money} went from the escrow into the creator's wallet."),
    "COMMISSION_TAKEN": _("{money} of the escrow was kept as commission."),
    "ESCROW_REFUNDED": _("{money} went from the escrow back into the brand's wallet."),
    "PAYOUT_HELD": _("{money} left the creator's wallet for a payout."),
    "PAYOUT_PAID": _("{money} of a payout went to the bank."),
    "PAYOUT_RELEASED": _("{money} of a payout that was not carried out came back into the creator's wallet."),
    "PAYOUT_RETURNED": _("The bank sent {money} of a payout back into the creator's wallet."),
    "ADJUSTMENT": _("Our team adjusted the wallet by {money}; two people signed for it."),
    "REVERSAL": _("{money} went back: an earlier movement was reversed, and two people signed for it."),
}

# What all movements of one type have done to one number of a wallet: in, or out.
IN, OUT = True, False
PARTS: dict[tuple[str, str, bool], Text] = {
    ("BALANCE", "BRAND_TOPUP", IN): _("You topped the wallet up by {money}."),
    ("BALANCE", "ESCROW_FUNDED", OUT): _("You put {money} into the escrows of your deals."),
    ("BALANCE", "ESCROW_REFUNDED", IN): _("{money} came back from escrows."),
    ("BALANCE", "ESCROW_RELEASED", IN): _("Your deals brought {money} after commission."),
    ("BALANCE", "PAYOUT_HELD", OUT): _("{money} left the wallet for payouts."),
    ("BALANCE", "PAYOUT_RELEASED", IN): _("{money} came back from payouts that were not carried out."),
    ("BALANCE", "PAYOUT_RETURNED", IN): _("The bank sent {money} of paid payouts back."),
    ("BALANCE", "ADJUSTMENT", IN): _("Our team added {money}."),
    ("BALANCE", "ADJUSTMENT", OUT): _("Our team took {money} away."),
    ("BALANCE", "REVERSAL", IN): _("{money} came in because earlier movements were reversed."),
    ("BALANCE", "REVERSAL", OUT): _("{money} was taken because earlier movements were reversed."),
    ("HELD", "PAYOUT_HELD", IN): _("{money} was set aside for payouts."),
    ("HELD", "PAYOUT_PAID", OUT): _("{money} of it was paid out."),
    ("HELD", "PAYOUT_RELEASED", OUT): _("{money} of it went back into the wallet."),
    ("ESCROW", "ESCROW_FUNDED", IN): _("{money} was put into the escrows of your deals."),
    ("ESCROW", "ESCROW_RELEASED", OUT): _("{money} of it was paid to creators."),
    ("ESCROW", "COMMISSION_TAKEN", OUT): _("{money} of it was kept as commission."),
    ("ESCROW", "ESCROW_REFUNDED", OUT): _("{money} of it went back to brands."),
}

WALLET_NUMBERS: dict[str, Text] = {
    "BALANCE": _("{money} is in the wallet."),
    "HELD": _("{money} is on its way out, in payouts that are not settled."),
    "ESCROW": _("{money} waits in the escrows of your deals; the commission is not kept yet."),
}

DEAL_NUMBERS: dict[tuple[str, str], Text] = {
    ("FUNDED", BRAND): _("You put {money} into the escrow."),
    ("FUNDED", ANYBODY): _("The brand put {money} into the escrow."),
    ("HELD", ANYBODY): _("{money} waits in the escrow."),
    ("RELEASED", CREATOR): _("{money} was paid to you."),
    ("RELEASED", ANYBODY): _("{money} was paid to the creator."),
    ("COMMISSION", ANYBODY): _("{money} was kept as commission."),
    ("REFUNDED", BRAND): _("{money} came back into your wallet."),
    ("REFUNDED", ANYBODY): _("{money} went back to the brand."),
    ("ADJUSTED", ANYBODY): _("Adjustments by our team come to {money}."),
    ("WALLET", ANYBODY): _("All in all, this deal has changed your wallet by {money}."),
}
# The same where nothing of the kind has happened.
NOTHING: dict[tuple[str, str], Text] = {
    ("FUNDED", ANYBODY): _("Nothing has been put into the escrow."),
    ("HELD", ANYBODY): _("Nothing waits in the escrow."),
    ("RELEASED", CREATOR): _("Nothing has been paid to you."),
    ("RELEASED", ANYBODY): _("Nothing has been paid to the creator."),
    ("COMMISSION", ANYBODY): _("No commission has been kept."),
    ("REFUNDED", BRAND): _("Nothing has come back into your wallet."),
    ("REFUNDED", ANYBODY): _("Nothing has gone back to the brand."),
    ("ADJUSTED", ANYBODY): _("There were no adjustments."),
    ("WALLET", ANYBODY): _("All in all, this deal has not changed your wallet."),
}

# What the terms come to: while the deal is open, and when it is over.
EXPECTED: dict[str, Text] = {
    CREATOR: _("Of {gross} a commission of {percent} will be kept, {fee}. You get {net}."),
    ANYBODY: _("Of {gross} a commission of {percent} will be kept, {fee}. The creator gets {net}."),
}
PAID: dict[str, Text] = {
    CREATOR: _("Of {gross} a commission of {percent} was kept, {fee}. You got {net}."),
    ANYBODY: _("Of {gross} a commission of {percent} was kept, {fee}. The creator got {net}."),
}
SHARED: dict[str, Text] = {
    CREATOR: _("The deal was split. Of your part, {gross}, a commission of {percent} was kept, {fee}. You got {net}."),
    ANYBODY: _("The deal was split. Of the creator's part, {gross}, a commission of {percent} was kept, {fee}. The creator got {net}."),
}
UNPAID: Text = _("No commission was kept: the deal ended without pay.")
RULES: dict[str, Text] = {
    "DEFAULT": _("This is the usual rate, in force since {date}. It was fixed when the creator was chosen."),
    "NICHE": _("This is the rate of the niche “{niche}”, in force since {date}. It was fixed when the creator was chosen."),
    "BRAND": _("This is the brand's own rate, in force since {date}. It was fixed when the creator was chosen."),
}


def movement(type: str, cents: int, currency: str) -> str:
    """What one movement did."""
    return str(MOVED[type]).format(money=money_text(abs(cents), currency))


def part(place: str, type: str, cents: int, currency: str) -> str:
    """What all movements of this type have done to a number of the wallet."""
    text = PARTS.get((place, type, cents > 0), MOVED[type])
    return str(text).format(money=money_text(abs(cents), currency))


def wallet_number(place: str, cents: int, currency: str) -> str:
    """What a number of the wallet says."""
    return str(WALLET_NUMBERS[place]).format(money=money_text(cents, currency))


def deal_number(name: str, reader: str, cents: int, currency: str, *, happened: bool) -> str:
    """What a number of the deal says to this reader."""
    texts = DEAL_NUMBERS if happened else NOTHING
    text = texts.get((name, reader)) or texts[name, ANYBODY]
    return str(text).format(money=money_text(cents, currency))


def terms(status: str, reader: str, amounts: dict[str, int], currency: str, rule: CommissionRule) -> str:
    """What the agreed price comes to, and which rule says so. `amounts` are gross, fee and net, in minor units."""
    if status in ("REFUNDED", "VOIDED"):
        return str(UNPAID)
    texts = {"RELEASED": PAID, "SPLIT": SHARED}.get(status, EXPECTED)
    words: dict[str, Any] = {name: money_text(cents, currency) for name, cents in amounts.items()}
    words |= {"percent": percent_text(rule.bps)}
    return f"{str(texts.get(reader, texts[ANYBODY])).format(**words)} {reason_of(rule)}"


def reason_of(rule: CommissionRule) -> str:
    """Why the commission is what it is."""
    niche = Niche(rule.niche).label if rule.niche else ""
    return str(RULES[rule.scope]).format(date=day(rule.valid_from), niche=niche)


def day(moment: datetime) -> str:
    """The day as people write it."""
    return formats.date_format(timezone.localtime(moment), "DATE_FORMAT")
