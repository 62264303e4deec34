"""Pages that only read, and dialogs that run verbs. Nothing in the backoffice types into a field of a living row."""

import copy
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from backoffice import bulk, counters, saved_views, show
from backoffice.dialogs import VIEW, home, of_view, shown_dialogs, succeed
from backoffice.export import export, offered
from backoffice.lists import TAB, Pages, Tab
from backoffice.page import Page
from core.base.models import StatefulRow
from core.people.policies import staff_can

READING = ("GET", "HEAD")


class ReadOnlyAdmin(saved_views.KeepsViews, ModelAdmin):
    """A list and a page for each row, for those who hold one of the capabilities in `see`. Dialogs are named in `actions_detail`."""

    see: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[str | Promise] = ""
    icon: ClassVar[str] = ""
    tabs: ClassVar[tuple[Tab, ...]] = ()
    empty: ClassVar[str | Promise] = ""
    changelist_class: ClassVar[type[Pages]] = Pages
    bulk_actions: ClassVar[tuple[str, ...]] = ()
    exports_for: ClassVar[tuple[str, ...]] = ()  # who may take the list out as a file
    export_display: ClassVar[tuple[str, ...]] = ()  # its columns there, when they are others

    actions = None
    list_per_page = 25
    show_full_result_count = False
    sortable_by = ()
    show_facets = ShowFacets.NEVER  # they would count the whole table for each value
    list_filter_submit = True
    change_list_template = "backoffice/list.html"

    # ── Who may what ──

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever holds one of the capabilities in `see`."""
        return staff_can(request.user, *self.see)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: rows are made by verbs."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: rows are changed by verbs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody: rows stay."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whoever may see the list."""
        return self.has_view_permission(request)

    # ── The list ──

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[Pages]:
        return self.changelist_class

    def tab(self, request: HttpRequest) -> Tab | None:
        """The tab in the address, the first one when it names none."""
        named = {tab.key: tab for tab in self.tabs}
        return named.get(request.GET.get(TAB, ""), self.tabs[0]) if self.tabs else None

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list. It is read and nothing else: a form sent here is refused with 405."""
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        current = self.tab(request)
        waiting = counters.of(request.user) if any(tab.counter for tab in self.tabs) else {}
        context = {
            "title": self.title,
            "trail": [],
            "dialogs": shown_dialogs(self, request),
            "bulk": bulk.shown(self, request),
            "saved": saved_views.of_list(self, request) if self.has_view_permission(request) else {},
            "export_url": offered(self, request),
            "tabs": [(tab, tab is current, waiting.get(tab.counter)) for tab in self.tabs],
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def get_list_display(self, request: HttpRequest) -> list[Any] | tuple[Any, ...]:
        """The columns, behind a box to mark the row where there are bulk steps for this person."""
        columns = super().get_list_display(request)
        return ("pick", *columns) if bulk.shown(self, request) else columns

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> list[Any]:
        """The first column that says something leads to the page of the row."""
        return [next(name for name in list_display if name != "pick")]

    @display(description=gettext_lazy("Mark"))
    def pick(self, row: Any) -> Any:
        """The box that marks the row, as it is now."""
        value, label = f"{row.pk}{bulk.MARK}{self.mark(row)}", _("Mark the row")
        return format_html('<input type="checkbox" class="bo-pick" name="{}" value="{}" aria-label="{}">', bulk.ROW, value, label)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list. The days of its filters are days of staff."""
        with timezone.override(show.zone()):
            return super().get_changelist_instance(request)

    def in_view(self, request: HttpRequest, parameters: str) -> Any:
        """The list as an address with these parameters shows it, or as it is without any where they mean nothing."""
        asked = copy.copy(request)
        asked.GET = QueryDict(parameters)  # type: ignore[assignment]
        try:
            return self.get_changelist_instance(asked)
        except IncorrectLookupParameters:
            asked.GET = QueryDict()  # type: ignore[assignment]
            return self.get_changelist_instance(asked)

    def view_rows(self, request: HttpRequest, parameters: str) -> QuerySet:
        """The rows of a view, in its order."""
        view = self.in_view(request, parameters)
        return view.queryset.order_by(*view.order())

    def found(self, request: HttpRequest, ids: list[str]) -> list[Any]:
        """Those of the rows with these ids that this person may see."""
        try:
            return list(self.get_queryset(request).filter(pk__in=ids))
        except (ValidationError, ValueError, OverflowError):
            return []

    def in_short(self, row: Any) -> tuple[Any, Any]:
        """What the row is called in a bulk step, and what it is worth: the first column, and the amount."""
        worth = getattr(self, "amount", None) if "amount" in self.list_display else None
        return getattr(self, self.list_display[0])(row), worth(row) if worth else ""

    def mark(self, row: Any) -> str:
        """What is different when the row has changed. Empty where changes do not matter."""
        return str(int(row.updated_at.timestamp() * 1_000_000)) if isinstance(row, StatefulRow) else ""

    # ── Addresses of our own ──

    def get_urls(self) -> list[Any]:
        """Bulk steps, kept views, the export and the next row, before Django's own addresses. Each only for staff."""
        own = [(f"{name}/", name, getattr(self, name)) for name in self.bulk_actions]
        own += [(f"views/{name}/", name, self.for_readers(getattr(self, name))) for name in ("keep_view", "forget_view")]
        own += [("export/", "export", partial(export, self)), ("<path:object_id>/next/", "next", self.next_view)]
        return [
            *(path(route, self.admin_site.admin_view(view), name=self.url_name(name)) for route, name, view in own),
            *super().get_urls(),
        ]

    def for_readers(self, view: Callable) -> Callable:
        """The view, for those who have the list."""

        def guarded(request: HttpRequest) -> HttpResponse:
            if not self.has_view_permission(request):
                raise PermissionDenied
            return view(request)

        return guarded

    def url_name(self, name: str) -> str:
        """The name of an address of this list."""
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def own_url(self, name: str, *arguments: Any, **query: Any) -> str:
        """An address of this list."""
        return reverse(f"admin:{self.url_name(name)}", args=arguments, query=query or None)

    def next_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The next row of the view that this row was opened from; after the last one, the list."""
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(self.next_in_view(request, self.find(request, object_id)))

    def next_in_view(self, request: HttpRequest, row: Any) -> str:
        """The address of the next row of the view that the person works through, or of its list, which then says that it was the last."""
        following = self.in_view(request, request.GET.get(VIEW, "")).following(row)
        if following is not None:
            return show.detail_url(following, **of_view(request))
        messages.info(request, _("That was the last row of this view."))
        return home(self, request)

    def get_actions_list(self, request: HttpRequest) -> list[Any]:
        """Our own templates draw the buttons, so that they are also there on a phone."""
        return []

    # ── The page of a row ──

    def find(self, request: HttpRequest, object_id: str) -> Any:
        """The row that this person may see. Anything else is 404."""
        try:
            row = self.get_queryset(request).filter(pk=object_id).first()
        except (ValidationError, ValueError, OverflowError):
            row = None
        if row is None:
            raise Http404
        return row

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one row, with the dialogs that are open to this person now. A form sent here is refused with 405."""
        if request.method not in READING:
            return HttpResponseNotAllowed(READING)
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.find(request, object_id)
        page = self.page(request, row)
        context = {
            **self.admin_site.each_context(request),
            "title": show.plain(page.heading),
            "trail": [(self.title, home(self, request))],
            "page": page,
            "dialogs": shown_dialogs(self, request, row),
            "next_url": self.own_url("next", row.pk, **of_view(request)),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "backoffice/detail.html", context)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is none here: what staff did is in the audit trail."""
        raise Http404

    def page(self, request: HttpRequest, row: Any) -> Page:
        """What the page of the row shows."""
        raise NotImplementedError

    def dialog_query(self, row: Any) -> dict[str, Any]:
        """What the buttons of the page carry to their dialogs."""
        return {}

    def by_id(self, rows: QuerySet, text: str) -> tuple[QuerySet, bool] | None:
        """The row of this id, when the text is one."""
        try:
            return rows.filter(pk=UUID(text.strip())), False
        except ValueError:
            return None

    # ── Verbs ──

    def run(self, request: HttpRequest, verb: Any, *ids: Any, done: str | Promise, **arguments: Any) -> None:
        """The verb was carried out in this person's name, and its success is said on the next page. Refusals pass through."""
        verb(*ids, by=request.user, **arguments)
        succeed(request, done)

    def next_url(self, request: HttpRequest, queue: QuerySet, row: Any) -> str:
        """The page of the first row of the queue, or the list when the queue is empty."""
        following = queue.exclude(pk=row.pk).first()
        return show.detail_url(following) if following else show.list_url(self.model)
