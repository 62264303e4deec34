"""Accounts: coming in, signing in and out, passwords, one's own account; and staff's right to block."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework import serializers

from api.auth import sign_in_browser, sign_out_browser
from api.base import Shape, Viewset, describe, route
from api.permissions import Anyone, SignedIn, staff
from api.throttles import client_ip
from core.people import policies, selectors, services
from core.people.completeness import BRAND_CHECKS, CREATOR_CHECKS, brand_missing, creator_missing, percent
from core.people.errors import (
    AlreadyBlocked,
    BadCredentials,
    EmailAlreadyVerified,
    EmailTaken,
    LinkNotValid,
    NotBlocked,
    TooManyLetters,
)
from core.people.factors.errors import CodeNotValid, CodeRequired, FactorMissing, TooManyCodes
from core.people.models import CreatorProfile, Session, User
from core.reports import services as reports

EMAIL_LENGTH_MAX = 254
PASSWORD_LENGTH_MAX = 200
ROLES = [User.Role.BRAND, User.Role.CREATOR]
LINK_EXAMPLE = "AZnwwPh4dQ2mC0s1kq3o1X0fVb2rE8Zt6uYwL5nHj9cKpTgRxMvBqDaSeWiOfUzA"


def password_field() -> serializers.CharField:
    """A password as it was typed, spaces and all."""
    return serializers.CharField(max_length=PASSWORD_LENGTH_MAX, trim_whitespace=False)


# ── Shapes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


class UserOut(Shape):
    id = serializers.UUIDField()
    email = serializers.CharField()
    role = serializers.ChoiceField(choices=User.Role.choices)
    language = serializers.ChoiceField(choices=User.Tongue.choices)
    emailVerifiedAt = serializers.DateTimeField(allow_null=True)
    createdAt = serializers.DateTimeField()


class RegisterIn(Shape):
    email = serializers.CharField(max_length=EMAIL_LENGTH_MAX)
    password = password_field()
    role = serializers.ChoiceField(choices=ROLES)
    name = serializers.CharField(required=False, allow_blank=True, max_length=80)
    companyName = serializers.CharField(required=False, allow_blank=True, max_length=120, help_text="Names a brand; a creator has none.")


class LoginIn(Shape):
    email = serializers.CharField(max_length=EMAIL_LENGTH_MAX)
    password = password_field()
    code = serializers.CharField(
        required=False, max_length=40, help_text="Of staff: what the authenticator shows, or a recovery code. Others leave it out."
    )
    cookie = serializers.BooleanField(default=False, help_text="Set a session cookie instead of answering with a token.")


class LoginOut(Shape):
    token = serializers.CharField(required=False, help_text="Shown once. Absent when a cookie was asked for.")
    csrfToken = serializers.CharField(required=False, help_text="Goes into X-CSRFToken of unsafe calls. Only with a cookie.")
    expiresAt = serializers.DateTimeField()
    user = UserOut()


class SessionOut(Shape):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=Session.Kind.choices)
    userAgent = serializers.CharField()
    ip = serializers.CharField(allow_null=True)
    createdAt = serializers.DateTimeField()
    lastSeenAt = serializers.DateTimeField()
    expiresAt = serializers.DateTimeField()
    current = serializers.BooleanField(help_text="Whether this call was made with it.")


class SignedOutOut(Shape):
    signedOut = serializers.BooleanField()


class RevokedOut(Shape):
    revoked = serializers.BooleanField()


class PasswordChangeIn(Shape):
    currentPassword = password_field()
    newPassword = password_field()


class ChangedOut(Shape):
    changed = serializers.BooleanField()


class PasswordResetIn(Shape):
    email = serializers.CharField(max_length=EMAIL_LENGTH_MAX)


class AcceptedOut(Shape):
    accepted = serializers.BooleanField()


class PasswordConfirmIn(Shape):
    token = serializers.CharField(max_length=200)
    password = password_field()


class TokenIn(Shape):
    token = serializers.CharField(max_length=200)


class VerifiedOut(Shape):
    verified = serializers.BooleanField()


class MissingOut(Shape):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    ctaHref = serializers.CharField()


class CompletenessOut(Shape):
    percent = serializers.IntegerField()
    missing = MissingOut(many=True)


class ProfileSummaryOut(Shape):
    id = serializers.UUIDField()
    name = serializers.CharField()
    verificationStatus = serializers.ChoiceField(choices=CreatorProfile.VerificationStatus.choices, allow_null=True)
    isListed = serializers.BooleanField(allow_null=True, help_text="Whether the creator stands in the catalogue; null for a brand.")


class MeOut(Shape):
    user = UserOut()
    profile = ProfileSummaryOut(allow_null=True)
    completeness = CompletenessOut(allow_null=True)
    capabilities = serializers.ListField(child=serializers.ChoiceField(choices=policies.CAPABILITIES))


class MeIn(Shape):
    language = serializers.ChoiceField(choices=User.Tongue.choices, required=False, help_text="In which we write to you.")


class BlockIn(Shape):
    reason = serializers.CharField(max_length=1_000, help_text="10 to 1000 characters.")


class PersonOut(Shape):
    id = serializers.UUIDField()
    role = serializers.ChoiceField(choices=User.Role.choices)
    blockedAt = serializers.DateTimeField(allow_null=True)
    blockReason = serializers.CharField()


# ── Views ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class DoorViewset(Viewset):
    """What one may do without being signed in. No token is looked at, so that an old one never stands in the way."""

    authentication_classes = []
    permission_classes = [Anyone]
    throttle_scope = {
        "register": "register",
        "request_reset": "password_reset",
        "confirm_reset": "email_link",
        "verify_email": "email_link",
    }

    @describe(
        "Register as a brand or a creator",
        detail="An empty profile is made, and a letter goes out to confirm the address. Sign in afterwards.",
        request=RegisterIn,
        response={"user": UserOut},
        status=201,
        errors=[EmailTaken],
        example={"email": "anna@example.com", "password": "correct-horse-battery-9", "role": "CREATOR", "name": "Anna"},
    )
    def register(self, request: Any) -> HttpResponse:
        return self.show(services.register(**self.body()))

    @describe(
        "Ask for a letter to set a new password",
        detail="The answer is the same for every address. An address gets at most three letters an hour.",
        request=PasswordResetIn,
        response=AcceptedOut,
        example={"email": "anna@example.com"},
    )
    def request_reset(self, request: Any) -> HttpResponse:
        services.request_password_reset(**self.body())
        return self.show({"accepted": True})

    @describe(
        "Set a new password with the token of the letter",
        detail="All sessions and tokens of the account end. A refused password does not use the token up.",
        request=PasswordConfirmIn,
        response=ChangedOut,
        errors=[LinkNotValid],
        example={"token": LINK_EXAMPLE, "password": "new-horse-battery-10"},
    )
    def confirm_reset(self, request: Any) -> HttpResponse:
        services.reset_password(**self.body())
        return self.show({"changed": True})

    @describe(
        "Confirm the e-mail with the token of the letter",
        request=TokenIn,
        response=VerifiedOut,
        errors=[LinkNotValid],
        example={"token": LINK_EXAMPLE},
    )
    def verify_email(self, request: Any) -> HttpResponse:
        services.verify_email(**self.body())
        return self.show({"verified": True})


class LoginViewset(Viewset):
    """Its answer holds a secret, so that it is never kept for a repeated Idempotency-Key."""

    authentication_classes = []
    permission_classes = [Anyone]
    throttle_scope = "login"
    replayable = False

    @describe(
        "Sign in",
        detail="Answers with a bearer token, or with `cookie: true` sets a session cookie and answers with a CSRF token. "
        "Staff also send `code`, which is good once; without it the answer is 401 with `SECOND_FACTOR_REQUIRED`.",
        request=LoginIn,
        response=LoginOut,
        errors=[BadCredentials, CodeRequired, CodeNotValid, FactorMissing, TooManyCodes],
        example={"email": "anna@example.com", "password": "correct-horse-battery-9"},
    )
    def log_in(self, request: Any) -> HttpResponse:
        body = self.body()
        wants_cookie = body.pop("cookie")
        session, token = services.log_in(
            **body,
            kind=Session.Kind.COOKIE if wants_cookie else Session.Kind.TOKEN,
            user_agent=request.META.get("HTTP_USER_AGENT", ""),
            ip=client_ip(request._request),
        )
        answer = {"expiresAt": session.expires_at, "user": UserOut(session.user).data}
        if not wants_cookie:
            return self.show({"token": token} | answer)
        return self.signed_in(request, answer, session, token)

    def signed_in(self, request: Any, answer: dict[str, Any], session: Session, token: str) -> HttpResponse:
        """The answer that also hands the browser its cookie; the CSRF token is made anew with it."""
        http = request._request
        cookies = HttpResponse()
        sign_in_browser(http, cookies, token, session.expires_at)
        response = self.show({"csrfToken": http.META["CSRF_COOKIE"]} | answer)
        response.cookies = cookies.cookies
        return response


class SessionViewset(Viewset):
    permission_classes = [SignedIn]
    throttle_scope = {"revoke": "write"}

    @describe("Sign out: this session or token opens nothing any more", response=SignedOutOut)
    def log_out(self, request: Any) -> HttpResponse:
        self.no_body()
        services.log_out(request.auth.id, by=request.user)
        response = self.show({"signedOut": True})
        if request.auth.kind == Session.Kind.COOKIE:
            sign_out_browser(response)
        return response

    @describe("Where I am signed in, newest first", response=SessionOut, page=True)
    def list(self, request: Any) -> HttpResponse:
        columns = ("id", "kind", "user_agent", "ip", "created_at", "last_seen_at", "expires_at")
        rows = selectors.session_list(by=request.user).values(*columns)
        return self.page(rows, order=("-created_at", "-id"), shape=lambda row: listed(row, current=request.auth.id))

    @describe("End one of my sessions", response=RevokedOut)
    def revoke(self, request: Any, pk: UUID) -> HttpResponse:
        self.no_body()
        services.revoke_session(pk, by=request.user)
        return self.show({"revoked": True})


class AccountViewset(Viewset):
    permission_classes = [SignedIn]
    throttle_scope = {"update": "write", "change_password": "password", "resend": "email_resend"}

    @describe("Who I am, and what my profile still lacks", response=MeOut)
    def me(self, request: Any) -> HttpResponse:
        return self.show(me_of(request.user))

    @describe("Change my account", request=MeIn, response={"user": UserOut}, example={"language": "en"})
    def update(self, request: Any) -> HttpResponse:
        return self.show(services.update_account(by=request.user, changes=self.body()))

    @describe(
        "Change my password",
        detail="Every other session and token of the account ends.",
        request=PasswordChangeIn,
        response=ChangedOut,
        example={"currentPassword": "correct-horse-battery-9", "newPassword": "new-horse-battery-10"},
    )
    def change_password(self, request: Any) -> HttpResponse:
        services.change_password(by=request.user, session_id=request.auth.id, **self.body())
        return self.show({"changed": True})

    @describe("Send the letter that confirms my e-mail once more", response=AcceptedOut, errors=[EmailAlreadyVerified, TooManyLetters])
    def resend(self, request: Any) -> HttpResponse:
        self.no_body()
        services.resend_verification(by=request.user)
        return self.show({"accepted": True})


class PersonViewset(Viewset):
    permission_classes = [staff("support", "moderator")]
    throttle_scope = "write"

    @describe(
        "Block a person: nobody is signed in as them any more",
        detail="Not oneself; members of staff only by a superuser. A brand's published jobs are put on hold; deals that run go on.",
        request=BlockIn,
        response={"person": PersonOut},
        errors=[AlreadyBlocked],
        example={"reason": "Takes brands away from the marketplace."},
    )
    def block(self, request: Any, pk: UUID) -> HttpResponse:
        return self.show(reports.block_person(pk, by=request.user, **self.body()))

    @describe("Unblock a person", response={"person": PersonOut}, errors=[NotBlocked])
    def unblock(self, request: Any, pk: UUID) -> HttpResponse:
        self.no_body()
        return self.show(reports.unblock_person(pk, by=request.user))


def listed(row: dict[str, Any], *, current: UUID) -> dict[str, Any]:
    """One line of the list of sessions."""
    return SessionOut.of(row | {"current": row["id"] == current})


def me_of(user: User) -> dict[str, Any]:
    """The account, its profile in short, and what is missing."""
    me: dict[str, Any] = {
        "user": UserOut.of(user),
        "profile": None,
        "completeness": None,
        "capabilities": policies.capabilities_of(user),
    }
    if user.role == User.Role.BRAND:
        brand = selectors.own_brand_profile(by=user)
        me["profile"] = {"id": brand.id, "name": brand.company_name, "verificationStatus": None, "isListed": None}
        me["completeness"] = completeness_of(brand_missing(brand), BRAND_CHECKS)
    elif user.role == User.Role.CREATOR:
        creator, has_portfolio = selectors.own_creator_profile(by=user)
        me["profile"] = {
            "id": creator.id,
            "name": creator.display_name,
            "verificationStatus": creator.verification_status,
            "isListed": creator.is_listed,
        }
        me["completeness"] = completeness_of(creator_missing(creator, has_portfolio=has_portfolio), CREATOR_CHECKS)
    return me


def completeness_of(missing: list[dict[str, str]], checks: int) -> dict[str, Any]:
    """How much of a profile is there, and what is not."""
    return {"percent": percent(missing, checks), "missing": missing}


urls = [
    route("auth/register", DoorViewset, post="register"),
    route("auth/login", LoginViewset, post="log_in"),
    route("auth/logout", SessionViewset, post="log_out"),
    route("auth/sessions", SessionViewset, get="list"),
    route("auth/sessions/<uuid:pk>", SessionViewset, delete="revoke"),
    route("auth/password/change", AccountViewset, post="change_password"),
    route("auth/password/reset", DoorViewset, post="request_reset"),
    route("auth/password/reset/confirm", DoorViewset, post="confirm_reset"),
    route("auth/email/verify", DoorViewset, post="verify_email"),
    route("auth/email/resend", AccountViewset, post="resend"),
    route("me", AccountViewset, get="me", patch="update"),
    route("admin/people/<uuid:pk>/block", PersonViewset, post="block"),
    route("admin/people/<uuid:pk>/unblock", PersonViewset, post="unblock"),
]
