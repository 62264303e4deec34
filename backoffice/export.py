"""A list as a file, as it is filtered. A list switches it on by naming in `exports_for` who may take it out.

The rows leave in the order of the view, a few hundred at a time, each portion found by the place of the last row.
"""

import csv
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.utils.safestring import SafeString

from backoffice import show
from backoffice.lists import after
from core.base import clock
from core.desk.exports.services import note_export
from core.people.policies import staff_can

PORTION, ROWS_MAX = 500, 10_000
EXPORT = "view"
MARK_OF_UTF8 = "\ufeff"  # without it spreadsheet programs take Russian letters for something else
# What makes a spreadsheet program take a cell for a formula, also after space that it leaves out.
FORMULA = re.compile(r"^[\s\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r|%]")
MOMENT = re.compile(r'<time datetime="[^"]*" title="([^"]*)">[^<]*</time>')


class Line:
    """Takes what the writer writes, and gives it on."""

    def write(self, text: str) -> str:
        return text


def safe_cell(value: Any) -> str:
    """The value as a cell of one line that no spreadsheet program carries out."""
    text = show.plain(SafeString(MOMENT.sub(r"\1", value))) if isinstance(value, SafeString) else str(value)
    text = " ".join(text.split())
    return f"'{text}" if FORMULA.match(text) else text


def export(admin: Any, request: HttpRequest) -> Any:
    """The file. It is asked for by a form, since it leaves a trace; a link does nothing."""
    if request.method != "POST":
        return HttpResponseNotAllowed(("POST",))
    if not (admin.exports_for and staff_can(request.user, *admin.exports_for) and admin.has_view_permission(request)):
        raise PermissionDenied
    parameters = request.POST.get(EXPORT, "")[:2_000]
    view = admin.in_view(request, parameters)
    note_export(by=request.user, screen=str(admin.title), query=parameters, can=admin.exports_for)
    response: HttpResponse | StreamingHttpResponse = StreamingHttpResponse(lines(admin, view), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{admin.opts.model_name}-{clock.now():%Y-%m-%d-%H%M}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def lines(admin: Any, view: Any) -> Iterator[str]:
    """The headings, and the rows, ten thousand at most."""
    columns = [(getattr(admin, name).short_description, getattr(admin, name)) for name in admin.export_display or admin.list_display]
    write = csv.writer(Line(), delimiter=";").writerow
    yield MARK_OF_UTF8 + write([safe_cell(heading) for heading, _value in columns])
    order = view.order()
    rows, written = view.queryset.order_by(*order), 0
    portion = list(rows[:PORTION])
    while portion and written < ROWS_MAX:
        for row in portion[: ROWS_MAX - written]:
            yield write([safe_cell(value(row)) for _heading, value in columns])
        written += len(portion)
        portion = list(rows.filter(after(portion[-1], order))[:PORTION]) if len(portion) == PORTION else []


def offered(admin: Any, request: HttpRequest) -> str:
    """Where the form of the export goes; nothing for who may not."""
    return admin.own_url("export") if admin.exports_for and staff_can(request.user, *admin.exports_for) else ""
