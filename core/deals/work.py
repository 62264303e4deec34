"""The content of a version of the work: cleaned, and judged against what was agreed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.base.errors import Invalid
from core.base.links import LINK_LENGTH_MAX, validate_link
from core.base.texts import visible
from core.deals.models import SubmissionItem

Type = SubmissionItem.Type
ITEMS_MAX = 20
NOTE_MAX = 1_000
# What a version must hold, beside the final video, when the agreed terms ask for it.
ASKED_FOR = {"deliverables_include_raw": Type.RAW_FILES, "deliverables_include_project_file": Type.PROJECT_FILE}


def read_items(items: Sequence[Mapping[str, Any]], *, terms: Mapping[str, Any]) -> list[SubmissionItem]:
    """The items as rows to be stored, in their order. Raises Invalid with every fault at once."""
    fields: dict[str, list[str]] = {}
    for path, message in _faults(items, terms):
        fields.setdefault(path, []).append(message)
    if fields:
        raise Invalid(fields)
    return [SubmissionItem(type=item["type"], url=item["url"].strip(), position=place) for place, item in enumerate(items)]


def read_text(name: str, text: str, *, longest: int, missing: str = "") -> str:
    """The text, trimmed. Raises Invalid, under this name, when it is too long, or empty though there are words for one that is missing."""
    trimmed = visible(text)
    if len(trimmed) > longest:
        raise Invalid({name: [_("Write at most {longest} characters.").format(longest=longest)]})
    if missing and not trimmed:
        raise Invalid({name: [missing]})
    return trimmed


def _faults(items: Sequence[Mapping[str, Any]], terms: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if not 1 <= len(items) <= ITEMS_MAX:
        yield "items", _("Give from 1 to {highest} files.").format(highest=ITEMS_MAX)
        return
    for place, item in enumerate(items):
        yield from _faults_of_item(item, f"items.{place}")
    delivered = {item["type"] for item in items}
    wanted = [Type.FINAL_VIDEO, *(kind for term, kind in ASKED_FOR.items() if terms[term])]
    for kind in wanted:
        if kind not in delivered:
            yield "items", _("What was agreed is missing: {name}.").format(name=Type(kind).label)


def _faults_of_item(item: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    if item["type"] not in Type.values:
        yield f"{path}.type", _("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(Type.values))
    link = item["url"].strip()
    if len(link) > LINK_LENGTH_MAX:
        yield f"{path}.url", _("Write at most {longest} characters.").format(longest=LINK_LENGTH_MAX)
        return
    try:
        validate_link(link)
    except ValidationError as refused:
        yield f"{path}.url", refused.messages[0]
