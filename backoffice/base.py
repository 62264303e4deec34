"""Pages that only read, and dialogs that run verbs. Nothing in the backoffice types into a field of a living row."""

from typing import Any, ClassVar
from uuid import UUID

from django.contrib.admin import ShowFacets
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from unfold.admin import ModelAdmin

from backoffice import counters, show
from backoffice.dialogs import shown_dialogs, succeed
from backoffice.lists import TAB, Pages, Tab
from backoffice.page import Page
from core.people.policies import staff_can

READING = ("GET", "HEAD")


class ReadOnlyAdmin(ModelAdmin):
    """A list and a page for each row, for those who hold one of the capabilities in `see`. Dialogs are named in `actions_detail`."""

    see: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[str | Promise] = ""
    icon: ClassVar[str] = ""
    tabs: ClassVar[tuple[Tab, ...]] = ()
    empty: ClassVar[str | Promise] = ""
    changelist_class: ClassVar[type[Pages]] = Pages

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
            "tabs": [(tab, tab is current, waiting.get(tab.counter)) for tab in self.tabs],
        }
        return super().changelist_view(request, context | (extra_context or {}))

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
            "trail": [(self.title, show.list_url(self.model))],
            "page": page,
            "dialogs": shown_dialogs(self, request, row),
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
