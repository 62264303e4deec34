"""The door with the code, setting up an authenticator, and the page of one's own security."""

import re
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from backoffice import show
from backoffice.page import Fact, Panel
from backoffice.security.entrance import come_in, coming, new_secret
from backoffice.security.freshness import CODE, code_field, note_proven
from core.base import crypto
from core.base.errors import NotFound, Refusal
from core.people import selectors as people
from core.people import services
from core.people.factors import codes, policies, selectors
from core.people.models import User

METHODS = ("GET", "HEAD", "POST")
QR_SCALE, QR_BORDER = 4, 3
AGENT_SHOWN = 60
# In this order: most browsers also say that they are others.
BROWSERS = (
    ("Yandex", r"YaBrowser/(\d+)"),
    ("Edge", r"Edg\w*/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Firefox", r"Firefox/(\d+)"),
    ("Chrome", r"Chrome/(\d+)"),
    ("Safari", r"Version/(\d+).* Safari"),
)
SYSTEMS = (("Android", "Android"), ("iOS", "iPhone|iPad"), ("Windows", "Windows"), ("macOS", "Mac OS X"), ("Linux", "Linux"))


class CodeForm(forms.Form):
    """Asks for one code."""

    def __init__(self, *arguments: Any, help_text: Any = "", **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields[CODE] = code_field(help_text, focused=True)

    def text(self) -> str:
        """What was typed."""
        return self.cleaned_data[CODE]


def second_factor(request: HttpRequest) -> HttpResponse:
    """After the password: the code of the authenticator, or one that was written down. Then the person is in."""
    user = coming(request)
    if user is None:
        return HttpResponseRedirect(reverse("admin:login"))
    if not selectors.has_factor(user):
        return HttpResponseRedirect(reverse("admin:second_factor_setup"))
    form = _sent(request, help_text=_("Six digits from the application on your telephone. Or one of the codes that you wrote down."))
    if form.is_bound and form.is_valid():
        try:
            services.prove_factor(by=user, code=form.text())
        except Refusal as refusal:
            form.add_error(CODE, refusal.text())
        else:
            return HttpResponseRedirect(come_in(request, user, proven=True))
    return _door(request, {"form": form, "title": _("One more step"), "email": user.email})


def set_up(request: HttpRequest) -> HttpResponse:
    """The authenticator takes the secret in by a picture and shows its first code. Then recovery codes are shown, this once."""
    standing = request.user if request.user.is_authenticated else None
    user: Any = standing or coming(request)
    if user is None or not user.is_staff:
        return HttpResponseRedirect(reverse("admin:login"))
    if selectors.has_factor(user):
        return HttpResponseRedirect(reverse("admin:security" if standing else "admin:second_factor"))
    secret = new_secret(request)
    form = _sent(request, help_text=_("The six digits that the application shows after that."))
    if form.is_bound and form.is_valid():
        try:
            shown = services.set_up_factor(by=user, secret=secret, code=form.text())
        except Refusal as refusal:
            form.add_error(CODE, refusal.text())
        else:
            address = come_in(request, user, proven=True)
            return _door(request, {"recovery_codes": shown, "address": address, "title": _("The authenticator is set up")})
    context = {
        "form": form,
        "title": _("Set up an authenticator"),
        "qr": qr_code(secret, user),
        "secret": spaced(secret),
        "email": user.email,
    }
    return _door(request, context)


def qr_code(secret: str, user: User) -> str:
    """The picture that an authenticator takes the secret in from, drawn here: nobody else learns it."""
    drawn = segno.make(codes.address(secret, user.email), error="m", micro=False)
    return mark_safe(drawn.svg_inline(scale=QR_SCALE, border=QR_BORDER, dark="#0f172a", light="#ffffff"))  # noqa: S308 - drawn by us


def spaced(secret: str) -> str:
    """The secret for those who type it."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))


def own_security(request: HttpRequest) -> HttpResponse:
    """One's own second factor, and everywhere one is signed in."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(("GET", "HEAD"))
    return _own(request, CodeForm())


def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes for a code, shown this once."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:security"))
    form, user = CodeForm(request.POST), request.user
    if form.is_valid() and policies.needs_factor(user):
        try:
            shown = services.renew_recovery_codes(by=user, code=form.text())
        except Refusal as refusal:
            form.add_error(CODE, refusal.text())
        else:
            note_proven(request)
            context = {"recovery_codes": shown, "address": reverse("admin:security"), "title": _("New recovery codes")}
            return _door(request, context)
    return _own(request, form)


def end_session(request: HttpRequest, kind: str, session_id: str) -> HttpResponse:
    """One of the person's own sign-ins is ended, by a form. Of somebody else's nothing is said."""
    if request.method != "POST":
        return HttpResponseNotAllowed(("POST",))
    verbs: dict[str, Any] = {"backoffice": services.end_backoffice_session, "api": services.revoke_session}
    if kind not in verbs:
        raise Http404
    try:
        verbs[kind](session_id, by=request.user)
    except NotFound as gone:
        raise Http404 from gone
    messages.success(request, _("That sign-in is ended."))
    return HttpResponseRedirect(reverse("admin:security"))


def _own(request: HttpRequest, form: CodeForm) -> HttpResponse:
    from backoffice.site import site  # noqa: PLC0415 - the site knows this module

    user = request.user
    since = selectors.factor_since(user)
    context = {
        **site.each_context(request),
        "title": _("Security"),
        "trail": [],
        "form": form,
        "factor": Panel(_("Second factor"), facts=_factor_facts(user, since)),
        "has_factor": since is not None,
        "asks_factor": policies.needs_factor(user),
        "sessions": [_browser(row, request) for row in selectors.backoffice_session_list(by=user)[:50]],
        "tokens": [_token(row) for row in people.session_list(by=user).order_by("-created_at", "-id")[:50]],
    }
    request.current_app = site.name
    return TemplateResponse(request, "backoffice/security.html", context)


def _factor_facts(user: Any, since: Any) -> list[Fact]:
    if since is None:
        return [Fact(_("Authenticator"), show.badge(_("Not set up"), show.AMBER))]
    left = selectors.recovery_codes_left(user)
    return [
        Fact(_("Authenticator"), show.badge(_("Set up"), show.GREEN)),
        Fact(_("Since"), show.exact(since)),
        Fact(_("Recovery codes left"), left if left > 2 else show.badge(str(left), show.RED)),
    ]


def _browser(row: Any, request: HttpRequest) -> dict[str, Any]:
    here = row.session_key == crypto.digest(request.session.session_key or "")
    return _line(row.user_agent, row.ip, row.began_at, row.seen_at) | {
        "is_here": here,
        "url": reverse("admin:end_session", args=["backoffice", row.session_key]),
    }


def _token(row: Any) -> dict[str, Any]:
    return _line(row.user_agent, row.ip, row.created_at, row.last_seen_at) | {
        "is_here": False,
        "kind": row.get_kind_display(),
        "url": reverse("admin:end_session", args=["api", row.pk]),
    }


def _line(agent: str, address: str | None, began: Any, seen: Any) -> dict[str, Any]:
    return {"agent": program(agent), "ip": address or show.NOTHING, "began": show.ago(began), "seen": show.ago(seen)}


def program(agent: str) -> Any:
    """What people call the program that a browser says it is: its name and system, or the first words as they came."""
    browser = next((f"{name} {found[1]}" for name, form in BROWSERS if (found := re.search(form, agent))), "")
    system = next((name for name, form in SYSTEMS if re.search(form, agent)), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return agent[:AGENT_SHOWN] or _("Unknown program")


def _sent(request: HttpRequest, *, help_text: Any) -> CodeForm:
    return CodeForm(request.POST if request.method == "POST" else None, help_text=help_text)


def _door(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    from backoffice.site import site  # noqa: PLC0415 - the site knows this module

    if request.method not in METHODS:
        return HttpResponseNotAllowed(METHODS)
    request.current_app = site.name
    return TemplateResponse(request, "backoffice/second_factor.html", {**site.each_context(request), **context})
