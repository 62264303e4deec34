"""What the pages about money share."""

from rest_framework import serializers

from api.base import Filters, Shape
from api.filters import Moment
from core.base.vocabulary import Currency
from core.money.checks import BANK_REFERENCE_MAX, REASON_MAX, REASON_MIN
from core.money.models import CENTS_MAX


class Period(Filters):
    """`from` belongs to the period, `to` does not: two periods that meet share no row."""

    # `from` is a word of Python, so it cannot be assigned like the other one.
    vars()["from"] = Moment(field_name="created_at", lookup_expr="gte")
    to = Moment(field_name="created_at", lookup_expr="lt")


class AmountIn(Shape):
    amountCents = serializers.IntegerField(min_value=1, max_value=CENTS_MAX, help_text="Minor units.")
    currency = serializers.ChoiceField(choices=Currency.choices)


class ReasonIn(Shape):
    reason = serializers.CharField(min_length=REASON_MIN, max_length=REASON_MAX)


class BankReferenceIn(Shape):
    bankReference = serializers.CharField(max_length=BANK_REFERENCE_MAX, help_text="The number of the bank's document.")


class SecondBankReferenceIn(Shape):
    bankReference = serializers.CharField(
        required=False, max_length=BANK_REFERENCE_MAX, help_text="The number of the bank's document. The second person may leave it out."
    )
