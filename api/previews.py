"""`?dryRun=true`: what a command would do to the money, told without doing it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse
from rest_framework import serializers

from api.base import Shape, Viewset
from core.base.vocabulary import Currency
from core.money.models import Account, LedgerEntry
from core.money.preview import preview

Done = TypeVar("Done")


class EndOut(Shape):
    kind = serializers.ChoiceField(choices=Account.Kind.choices)
    label = serializers.CharField(help_text="Its name in the reader's language.")


class PostingOut(Shape):
    type = serializers.ChoiceField(choices=LedgerEntry.Type.choices)
    reference = serializers.CharField()
    source = EndOut()
    target = EndOut()
    amountCents = serializers.IntegerField()
    currency = serializers.ChoiceField(choices=Currency.choices)


class BalanceOut(Shape):
    kind = serializers.ChoiceField(choices=Account.Kind.choices)
    ownerIsYou = serializers.BooleanField()
    currency = serializers.ChoiceField(choices=Currency.choices)
    beforeCents = serializers.IntegerField()
    afterCents = serializers.IntegerField()


class PreviewOut(Shape):
    dryRun = serializers.BooleanField(default=True, help_text="Always true: nothing was changed.")
    postings = PostingOut(many=True)
    balances = BalanceOut(many=True)


def dry_run(view: Viewset, command: Callable[[], Done], told: Callable[[Done], Any]) -> HttpResponse:
    """The answer of the command as `told`, or with `?dryRun=true` what it would move, and nothing is changed."""
    if view.dry_run():
        return view.show(preview(command, by=view.request.user), status=200, serializer=PreviewOut)
    return view.show(told(command()))
