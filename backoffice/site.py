"""The site: who gets in, what stands on the first page, and the person's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.forms import AdminOwnPasswordChangeForm, AuthenticationForm
from unfold.sites import UnfoldAdminSite

from backoffice import dashboard, sessions
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

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one overview."""
        return HttpResponseRedirect(reverse("admin:index"))


site = Site(name="admin")
