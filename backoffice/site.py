"""The site: who gets in, what stands on the first page, and the person's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME, update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm
from unfold.sites import UnfoldAdminSite

from backoffice import dashboard, search, sessions
from backoffice.security import views
from backoffice.security.entrance import SignInView
from core.base.errors import Invalid
from core.base.ids import uuid7
from core.people import services


class ChangePassword(PasswordChangeView):
    """The form for a new password. The verb's objections stand in the form."""

    form_class = AdminOwnPasswordChangeForm
    template_name = "registration/password_change_form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        current, new = form.cleaned_data["old_password"], form.cleaned_data["new_password1"]
        try:
            user = services.change_password(by=self.request.user, session_id=uuid7(), current_password=current, new_password=new)
        except Invalid as refused:
            form.add_error(None, [text for texts in refused.fields.values() for text in texts])
            return self.form_invalid(form)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("The password is changed. Other devices are signed out."))
        return HttpResponseRedirect(self.get_success_url())


class SignIn(AuthenticationForm):
    """The form at the door. It says the same whether the account is unknown, blocked or not of staff."""

    def __init__(self, request: HttpRequest | None = None, *arguments: Any, **options: Any) -> None:
        super().__init__(request, *arguments, **options)
        self.fields["username"].label = _("E-mail")


class Site(UnfoldAdminSite):
    """The backoffice. Active staff get in; what they see is decided page by page."""

    index_title = _("Overview")
    index_template = "backoffice/dashboard.html"
    login_form = SignIn
    enable_nav_sidebar = True

    def get_urls(self) -> list[Any]:
        """The doors of the second factor, which open before one is in, and the person's own security."""
        return [
            path("second-factor/", never_cache(views.second_factor), name="second_factor"),
            path("second-factor/setup/", never_cache(views.set_up), name="second_factor_setup"),
            path("security/", self.admin_view(views.own_security), name="security"),
            path("security/recovery-codes/", self.admin_view(views.recovery_codes), name="recovery_codes"),
            path("security/sessions/<str:kind>/<str:session_id>/", self.admin_view(views.end_session), name="end_session"),
            *super().get_urls(),
        ]

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The door with the password. Whoever is in goes to the overview."""
        overview = reverse("admin:index")
        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(overview)
        context = {**self.each_context(request), "title": _("Log in"), "subtitle": None, "app_path": request.get_full_path()}
        if REDIRECT_FIELD_NAME not in request.GET and REDIRECT_FIELD_NAME not in request.POST:
            context[REDIRECT_FIELD_NAME] = overview
        request.current_app = self.name
        view = SignInView.as_view(
            extra_context=context | (extra_context or {}), authentication_form=self.login_form, template_name="admin/login.html"
        )
        return view(request)

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff whose session is not too old."""
        sessions.watch(request)
        return bool(request.user.is_authenticated and getattr(request.user, "is_staff", False))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The dashboard: what waits for this person."""
        return super().index(request, {"trail": [], "widgets": dashboard.widgets(request.user), **(extra_context or {})})

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """The person's own new password, by the same verb as through the API: every other session ends."""
        context = {**self.each_context(request), "title": _("Change of password"), "trail": [], **(extra_context or {})}
        view = ChangePassword.as_view(success_url=reverse("admin:index"), extra_context=context)
        request.current_app = self.name
        return view(request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What the palette finds."""
        return search.answer(self, request)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one overview."""
        return HttpResponseRedirect(reverse("admin:index"))


site = Site(name="admin")
