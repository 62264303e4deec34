"""Who is calling: a bearer token of a client, or the cookie of a browser, both over one row of `Session`.

One query per request. The token itself is never stored: the row holds its sha256, which is enough for 256 random bits.
"""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token, rotate_token
from django.utils.datastructures import MultiValueDict
from rest_framework.authentication import BaseAuthentication, CSRFCheck
from rest_framework.request import Request

from api.errors import CSRFFailed, SessionInvalid
from core.base import clock
from core.base.crypto import digest
from core.base.prepared import Prepared
from core.people.models import Session, User

SESSION_COOKIE = "ugc_session" if settings.DEBUG else "__Host-ugc_session"
SEEN_EVERY = timedelta(minutes=5)
TOKEN_SHAPE = re.compile(r"[!-~]{1,200}")
FORGET_COOKIE = f"{SESSION_COOKIE}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax" + ("" if settings.DEBUG else "; Secure")

# A digest belongs to one session.
SESSION = Prepared(lambda digest, kind: Session.objects.select_related("user").filter(digest=digest, kind=kind))


class SessionAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`, or else the session cookie. A call with the header does not look at cookies at all."""

    def authenticate(self, request: Request) -> tuple[User, Session] | None:
        """The person and the session, or None when neither header nor cookie came. Raises SessionInvalid, CSRFFailed."""
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is not None:
            session = open_session(bearer_token(header), Session.Kind.TOKEN)
        elif cookie := request.COOKIES.get(SESSION_COOKIE):
            session = open_cookie(cookie)
            prove_same_site(request._request)
        else:
            return None
        touch(session)
        return session.user, session

    def authenticate_header(self, request: Request) -> str:
        """What a 401 says in WWW-Authenticate."""
        return "Bearer"


def bearer_token(header: str) -> str:
    """The token of the header. Raises SessionInvalid when the header is anything but `Bearer <token>`."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not TOKEN_SHAPE.fullmatch(token):
        raise SessionInvalid
    return token


def open_session(token: str, kind: str) -> Session:
    """The living session behind this token. Raises SessionInvalid when it is unknown, ended, or its person may not sign in."""
    try:
        found = SESSION.instances(digest=digest(token), kind=kind)
    except UnicodeEncodeError as unknown:
        raise SessionInvalid from unknown
    if not found:
        raise SessionInvalid
    (session,) = found
    user = session.user
    if session.revoked_at or session.expires_at <= clock.now() or not user.is_active or user.blocked_at:
        raise SessionInvalid
    return session


def require_living(session: Session) -> None:
    """Nothing happens while the session still opens something. For calls that take their time. Raises SessionInvalid."""
    if not living_sessions().filter(id=session.pk).exists():
        raise SessionInvalid


def living_sessions() -> QuerySet:
    """The sessions that open something at this moment."""
    return Session.objects.filter(revoked_at=None, expires_at__gt=clock.now(), user__is_active=True, user__blocked_at=None)


def open_cookie(cookie: str) -> Session:
    """The living session of a browser. Raises SessionInvalid, which also makes the browser forget the cookie."""
    try:
        return open_session(cookie, Session.Kind.COOKIE)
    except SessionInvalid as ended:
        ended.headers = ended.headers | {"Set-Cookie": FORGET_COOKIE}  # type: ignore[misc]
        raise


def touch(session: Session) -> None:
    """The session was seen just now; written down at most every five minutes."""
    now = clock.now()
    if now - session.last_seen_at >= SEEN_EVERY:
        Session.objects.filter(id=session.id, last_seen_at=session.last_seen_at).update(last_seen_at=now)
        session.last_seen_at = now


def prove_same_site(request: HttpRequest) -> None:
    """Nothing happens when Django's CSRF check is content with this request. Raises CSRFFailed."""
    # Only the header counts. A form would be parsed here, and its stream be used up before the action reads the body.
    request._post, request._files = QueryDict(), MultiValueDict()  # type: ignore[attr-defined]
    check = CSRFCheck(lambda _: HttpResponse())
    check.process_request(request)
    if check.process_view(request, lambda *_: HttpResponse(), (), {}) is not None:
        raise CSRFFailed


def sign_in_browser(request: HttpRequest, response: HttpResponse, token: str, expires_at: datetime) -> None:
    """The browser holds the session in a cookie no script can read, and a fresh CSRF secret that scripts send back."""
    secure = not settings.DEBUG
    response.set_cookie(SESSION_COOKIE, token, expires=expires_at, path="/", secure=secure, httponly=True, samesite="Lax")
    rotate_token(request)
    get_token(request)
    response.set_cookie(
        settings.CSRF_COOKIE_NAME,
        request.META["CSRF_COOKIE"],
        max_age=settings.CSRF_COOKIE_AGE,
        path="/",
        secure=secure,
        httponly=False,
        samesite=settings.CSRF_COOKIE_SAMESITE,
    )


def sign_out_browser(response: HttpResponse) -> None:
    """The browser forgets the session cookie."""
    response.headers["Set-Cookie"] = FORGET_COOKIE
