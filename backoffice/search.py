"""The palette: from a name, an address, a number or an id straight to the page. Ctrl+K opens it everywhere.

Each finder asks one indexed question, for five rows at most, of a list that the person may open.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _

from backoffice import show
from core.audit.models import AuditEntry
from core.people.models import BrandProfile, CreatorProfile, User

TERM_MIN, TERM_MAX = 2, 100
EACH_MAX, ALL_MAX = 5, 20
NUMBER_MAX = 12  # signs of the number of a top-up


@dataclasses.dataclass(frozen=True)
class Found:
    """One line of the palette."""

    title: Any
    kind: Any
    url: str
    icon: str


class Palette:
    """What one person looks for. Only lists that they have are asked, as they see them."""

    def __init__(self, site: Any, request: HttpRequest, term: str) -> None:
        self.site, self.request, self.term = site, request, term
        known = site._registry.items()
        self.lists = {model._meta.model_name: admin for model, admin in known if self.is_open(admin)}

    def is_open(self, admin: Any) -> bool:
        return hasattr(admin, "in_short") and admin.has_view_permission(self.request)

    def found(self) -> list[Found]:
        """Pages of the menu, and rows by what the term looks like: an id, an e-mail address, a number, a reference, or words."""
        lines = list(self.pages())
        for finder in self.finders():
            lines += finder()
        return lines[:ALL_MAX]

    def finders(self) -> Sequence[Callable[[], Iterator[Found]]]:
        if self.as_id():
            return (self.by_id, self.by_call)
        if "@" in self.term:
            return (self.by_address,)
        if ":" in self.term:
            return (self.by_reference,)
        if self.term.isascii() and self.term.isdigit():
            return (self.by_number, self.by_call)
        return (self.by_title, self.by_name, self.by_call)

    def as_id(self) -> UUID | None:
        """The term as an id, with hyphens or without."""
        try:
            return UUID(self.term)
        except ValueError:
            return None

    def pages(self) -> Iterator[Found]:
        """Lists of the menu by a part of their names."""
        for group in self.site.get_sidebar_list(self.request):
            for item in group["items"]:
                if self.term.lower() in str(item["title"]).lower():
                    yield Found(item["title"], group["title"] or _("Page"), item["link"], item["icon"])

    def among(self, name: str, **lookup: Any) -> Iterator[Found]:
        """The first rows of this list that fit."""
        admin = self.lists.get(name)
        if admin:
            for row in admin.get_queryset(self.request).filter(**lookup)[:EACH_MAX]:
                yield Found(show.plain(admin.in_short(row)[0]), admin.title, show.detail_url(row), admin.icon)

    def by_id(self) -> Iterator[Found]:
        for name, admin in self.lists.items():
            if admin.opts.pk.get_internal_type() == "UUIDField":
                yield from self.among(name, pk=self.as_id())

    def by_address(self) -> Iterator[Found]:
        """The list of people decides who may look for e-mail addresses."""
        admin = self.lists.get("user")
        if admin:
            rows, _duplicates = admin.get_search_results(self.request, admin.get_queryset(self.request), self.term)
            yield from self.among("user", pk__in=[row.pk for row in rows.order_by("email")[:EACH_MAX]])

    def by_reference(self) -> Iterator[Found]:
        yield from self.among("ledgerentry", reference=self.term)

    def by_number(self) -> Iterator[Found]:
        if len(self.term) < NUMBER_MAX:
            yield from self.among("topup", number=int(self.term))

    def by_title(self) -> Iterator[Found]:
        yield from self.among("job", title__istartswith=self.term)

    def by_name(self) -> Iterator[Found]:
        if "user" in self.lists:
            brands = BrandProfile.objects.filter(company_name__istartswith=self.term).values_list("user_id", flat=True)
            creators = CreatorProfile.objects.filter(display_name__istartswith=self.term).values_list("user_id", flat=True)
            staff = User.objects.filter(role=User.Role.STAFF, staff_name__istartswith=self.term).values_list("id", flat=True)
            yield from self.among("user", pk__in=[pk for ids in (brands, creators, staff) for pk in ids[:EACH_MAX]])

    def by_call(self) -> Iterator[Found]:
        """What one call did, when the term is the id of a request."""
        admin = self.lists.get("auditentry")
        if admin and admin.get_queryset(self.request).filter(request_id=self.term).exists():
            yield Found(_("What this request did"), admin.title, show.list_url(AuditEntry, q=self.term), "manage_search")


def answer(site: Any, request: HttpRequest) -> HttpResponse:
    """The lines for what was typed. A question that is too short has none."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(("GET", "HEAD"))
    term = " ".join(request.GET.get("s", "").replace("\0", "").split())[:TERM_MAX]
    is_whole = len(term) >= TERM_MIN
    return render(
        request, "backoffice/found.html", {"lines": Palette(site, request, term).found() if is_whole else [], "is_whole": is_whole}
    )
