"""A person's Telegram: a code to bind a chat, what is bound, and what Telegram and other bots bring."""

import hmac
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.errors import OutboxAuthError, Unauthorized
from api.parsers import INTEGER_MAX, read_object
from api.permissions import SignedIn
from core.telegram import errors, selectors, services
from core.telegram.codes import deep_link

EXAMPLE_CODE = "ABCD2345"
READ_OF_UPDATES = ("update_id", "message", "callback_query", "my_chat_member")


def same(shown: str, secret: str) -> bool:
    """Whether this is the secret, in a time that tells nothing about it. There is no secret as long as it is not set."""
    return bool(secret) and hmac.compare_digest(shown.encode(errors="replace"), secret.encode())


class KnowsBotSecret(BasePermission):
    """A bot of the house that runs elsewhere: `X-Telegram-Bot-Secret`, or a bearer, with TELEGRAM_BOT_SECRET."""

    who = "bot, by TELEGRAM_BOT_SECRET"

    def has_permission(self, request: Request, view: Any) -> bool:
        scheme, _, bearer = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        shown = request.META.get("HTTP_X_TELEGRAM_BOT_SECRET") or (bearer if scheme.lower() == "bearer" else "")
        if not same(shown, settings.TELEGRAM_BOT_SECRET):
            raise OutboxAuthError
        return True


class IsTelegram(BasePermission):
    """Telegram, which shows `X-Telegram-Bot-Api-Secret-Token`."""

    who = "Telegram, by TELEGRAM_WEBHOOK_SECRET"

    def has_permission(self, request: Request, view: Any) -> bool:
        if not same(request.META.get("HTTP_X_TELEGRAM_BOT_API_SECRET_TOKEN", ""), settings.TELEGRAM_WEBHOOK_SECRET):
            raise Unauthorized
        return True


# ── Shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class TelegramOut(Shape):
    state = serializers.ChoiceField(choices=selectors.STATES, help_text="PENDING: a code waits to be sent to the bot.")
    username = serializers.CharField(allow_null=True)
    boundAt = serializers.DateTimeField(allow_null=True)
    isReachable = serializers.BooleanField(help_text="False while the bot is blocked.")
    isMuted = serializers.BooleanField(help_text="Only notices about money and security come.")
    mutedUntil = serializers.DateTimeField(allow_null=True, help_text="Null: until it is unmuted, when it is muted.")
    codeExpiresAt = serializers.DateTimeField(allow_null=True)
    botLink = serializers.CharField(allow_null=True, help_text="Where the chat opens; null while there is no bot. It holds no code.")


class CodeOut(Shape):
    code = serializers.CharField(help_text="Shown once.")
    expiresAt = serializers.DateTimeField()
    deepLink = serializers.CharField(allow_null=True, help_text="Opens the chat and hands the code over; null while there is no bot.")


class ConfirmIn(Shape):
    code = serializers.CharField(min_length=4, max_length=32)
    telegramUserId = serializers.RegexField(r"\A[1-9][0-9]{2,17}\Z", help_text="The number as a text.")
    telegramUsername = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=64)


class ConfirmedOut(Shape):
    userId = serializers.UUIDField()
    email = serializers.CharField(help_text="Masked: for the bot to say which account it is.")


class UnboundOut(Shape):
    unbound = serializers.BooleanField(help_text="False when nothing was bound.")


@extend_schema_serializer(extensions={"x-open": True})
class UpdateIn(Shape):
    """An Update of the Bot API. What stands here is read, of everything else nothing."""

    update_id = serializers.IntegerField(min_value=0, max_value=INTEGER_MAX)
    message = serializers.DictField(required=False)
    callback_query = serializers.DictField(required=False)
    my_chat_member = serializers.DictField(required=False)


class TakenOut(Shape):
    taken = serializers.BooleanField(help_text="False when the update had come before, or its chat sends too many.")


# ── Views ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class TelegramViewset(Viewset):
    permission_classes = [SignedIn]
    throttle_scope = {"unlink": "write"}

    @describe("Whether my Telegram is linked", response=TelegramOut)
    def retrieve(self, request: Request) -> HttpResponse:
        return self.show(TelegramOut.of(selectors.telegram_page(by=request.user)))

    @describe("Unlink my Telegram; twice is as good as once", response=UnboundOut)
    def unlink(self, request: Request) -> HttpResponse:
        self.no_body()
        return self.show({"unbound": services.unlink(by=request.user)})


class CodeViewset(Viewset):
    """Its answer holds a secret, so that it is never kept for a repeated Idempotency-Key."""

    permission_classes = [SignedIn]
    throttle_scope = "telegram_code"
    replayable = False

    @describe(
        "A code that links my Telegram",
        detail="Send it to the bot within ten minutes, or open the deep link. An earlier code opens nothing any more.",
        response=CodeOut,
        errors=[errors.AlreadyBound],
    )
    def request_code(self, request: Request) -> HttpResponse:
        self.no_body()
        row, code = services.request_code(by=request.user)
        return self.show({"code": code, "expiresAt": row.expires_at, "deepLink": deep_link(code)})


class ConfirmViewset(Viewset):
    """For a bot that runs elsewhere. A refused try stays counted, so that nothing of it may be replayed or rolled back."""

    authentication_classes = []
    permission_classes = [KnowsBotSecret]
    throttle_scope = "telegram_confirm"
    replayable = False

    @describe(
        "Link a Telegram account by a code, for a bot of the house",
        detail="After five wrong codes of one Telegram account nothing of it is looked at for ten minutes.",
        request=ConfirmIn,
        response=ConfirmedOut,
        errors=[errors.InvalidCode, errors.AlreadyBound, errors.TelegramAlreadyBound, errors.TooManyAttempts, OutboxAuthError],
        example={"code": EXAMPLE_CODE, "telegramUserId": "700000001", "telegramUsername": None},
    )
    def confirm(self, request: Request) -> HttpResponse:
        body = self.body()
        account = services.confirm_binding(
            code=body["code"], telegram_user_id=int(body["telegram_user_id"]), username=body.get("telegram_username") or ""
        )
        return self.show({"userId": account.user_id, "email": selectors.masked_email(account.user)})


class UpdateViewset(Viewset):
    """What Telegram brings. It is answered after the commit: until then Telegram brings it again."""

    authentication_classes = []
    permission_classes = [IsTelegram]
    throttle_scope = "telegram_updates"
    replayable = False

    @describe(
        "An update of the Bot API",
        detail="Worked once, however often it comes. The bot's answer goes out afterwards.",
        request=UpdateIn,
        response=TakenOut,
        example={"update_id": 1},
        errors=[Unauthorized],
    )
    def take(self, request: Request) -> HttpResponse:
        brought = read_object(request._request)
        known = {name: brought[name] for name in READ_OF_UPDATES if name in brought}
        return self.show({"taken": services.accept_update(self.check(UpdateIn, known))})


urls = [
    route("telegram", TelegramViewset, get="retrieve"),
    route("telegram/unlink", TelegramViewset, post="unlink"),
    route("telegram/bind/request", CodeViewset, post="request_code"),
    route("telegram/bind/code", CodeViewset, post="request_code"),
    route("telegram/bind/confirm", ConfirmViewset, post="confirm"),
    route("telegram/webhook", UpdateViewset, post="take"),
]
