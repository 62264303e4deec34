"""The text of a job as people read it: every field in words, and what an edit changes."""

import difflib
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice import show
from backoffice.page import Fact, Panel
from core.base.vocabulary import Language, Niche, Platform
from core.jobs.models import Job

Content = Mapping[str, Any]


def _choice(choices: Any) -> Callable[[Any, Content], Any]:
    def write(value: Any, content: Content) -> Any:
        return choices(value).label if value else ""

    return write


def _choices(choices: Any) -> Callable[[Any, Content], Any]:
    def write(values: Any, content: Content) -> str:
        return ", ".join(str(choices(value).label) for value in values or ())

    return write


def _yes(value: Any, content: Content) -> str:
    return _("Yes") if value else _("No")


def _plain(value: Any, content: Content) -> Any:
    return "" if value is None else value


def _days(value: Any, content: Content) -> str:
    return "" if value is None else _("%(count)s d") % {"count": value}


def _seconds(value: Any, content: Content) -> str:
    return "" if value is None else _("%(count)s s") % {"count": value}


def _units(value: Any, content: Content) -> str:
    return "" if value is None else show.whole_units(value, content["currency"])


def _day(value: Any, content: Content) -> str:
    return show.exact(value) if isinstance(value, datetime) else ""


def _brief(value: Any, content: Content) -> str:
    """The brand's own notes, line by line; their keys are the brand's words."""
    return "\n".join(_leaves(value)) if value else ""


def _leaves(value: Any, path: str = "") -> list[str]:
    if isinstance(value, Mapping):
        return [line for key, each in value.items() for line in _leaves(each, f"{path} › {key}" if path else str(key))]
    if isinstance(value, list):
        return [line for each in value for line in _leaves(each, path)]
    text = (_("yes") if value else _("no")) if isinstance(value, bool) else "" if value is None else str(value)
    return [f"{path}: {text}" if path else text]


Write = Callable[[Any, Content], Any]
SECTIONS: tuple[tuple[str | Promise, tuple[tuple[str, str | Promise, Write], ...]], ...] = (
    (
        gettext_lazy("What to make"),
        (
            ("title", gettext_lazy("Title"), _plain),
            ("description", gettext_lazy("Description"), _plain),
            ("platform", gettext_lazy("Platform"), _choice(Platform)),
            ("niche", gettext_lazy("Niche"), _choice(Niche)),
            ("content_formats", gettext_lazy("Formats"), _choices(Job.ContentFormat)),
            ("languages", gettext_lazy("Languages"), _choices(Language)),
            ("deliverables_count", gettext_lazy("Videos"), _plain),
            ("video_duration_sec", gettext_lazy("Length of a video"), _seconds),
            ("brief", gettext_lazy("Brief"), _brief),
            ("notes", gettext_lazy("Notes"), _plain),
        ),
    ),
    (
        gettext_lazy("Money and dates"),
        (
            ("budget_min", gettext_lazy("Budget from"), _units),
            ("budget_max", gettext_lazy("Budget to"), _units),
            ("deadline_type", gettext_lazy("Deadline"), _choice(Job.DeadlineType)),
            ("deadline_date", gettext_lazy("Until"), _day),
        ),
    ),
    (
        gettext_lazy("Terms"),
        (
            ("rights_package", gettext_lazy("Rights"), _choice(Job.RightsPackage)),
            ("usage_term_days", gettext_lazy("Term of use"), _days),
            ("revision_rounds", gettext_lazy("Rounds of changes"), _plain),
            ("revision_rounds_included", gettext_lazy("Of them without extra pay"), _plain),
            ("music_policy", gettext_lazy("Music"), _choice(Job.MusicPolicy)),
            ("needs_posting", gettext_lazy("The creator posts it"), _yes),
            ("needs_whitelisting", gettext_lazy("Advertising from the creator's account"), _yes),
            ("shipping_required", gettext_lazy("The product is shipped"), _yes),
            ("subtitles_required", gettext_lazy("Subtitles"), _yes),
            ("script_provided", gettext_lazy("The brand gives a script"), _yes),
            ("deliverables_include_raw", gettext_lazy("Raw footage"), _yes),
            ("deliverables_include_project_file", gettext_lazy("Project file"), _yes),
        ),
    ),
)


def panels(content: Content, approved: Content | None = None) -> list[Panel]:
    """The whole text. Against the approved one, what differs shows both: struck out and new."""
    return [
        Panel(title, facts=[Fact(label, _shown(write, name, content, approved)) for name, label, write in fields])
        for title, fields in SECTIONS
    ]


def changed_labels(content: Content, approved: Content) -> list[str]:
    """The names of the fields that differ."""
    return [
        str(label)
        for _title, fields in SECTIONS
        for name, label, write in fields
        if write(content[name], content) != write(approved[name], approved)
    ]


def _shown(write: Write, name: str, content: Content, approved: Content | None) -> Any:
    new = str(write(content[name], content))
    old = new if approved is None else str(write(approved[name], approved))
    if new == old:
        return format_html('<span class="bo-text">{}</span>', new) if new else show.NOTHING
    return format_html('<span class="bo-text bo-changed">{}</span>', compared(old, new))


def compared(old: str, new: str) -> SafeString:
    """Both texts in one, word by word: what went is struck out, what came is underlined."""
    was, becomes = _words(old), _words(new)
    parts = []
    for kind, first, last, start, end in difflib.SequenceMatcher(a=was, b=becomes, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("", "".join(was[first:last]), ""))
        if kind in ("delete", "replace"):
            parts.append((mark_safe("<del>"), "".join(was[first:last]), mark_safe("</del>")))
        if kind in ("insert", "replace"):
            parts.append((mark_safe("<ins>"), "".join(becomes[start:end]), mark_safe("</ins>")))
    return format_html_join("", "{}{}{}", parts)


def _words(text: str) -> list[str]:
    return re.findall(r"[ \n\t\r]+|[^ \n\t\r]+", text)
