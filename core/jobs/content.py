"""The content of a job: cleaned before it is compared, judged before it is stored, and written as JSON where it is frozen.

A content is a dict with the keys of `Job.CONTENT_FIELDS`, or some of them when it is a change.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from core.base import clock
from core.base.errors import Invalid
from core.base.names import camel
from core.base.texts import visible
from core.base.vocabulary import Currency, Language, Niche, Platform
from core.jobs.models import Job
from core.people.content import plain

Content = dict[str, Any]

TITLE_MIN = 8
ROUNDS_INCLUDED_MAX = 2
LENGTHS = {"title": 140, "description": 5_000, "notes": 1_500}
RANGES = {
    "deliverables_count": (1, 200),
    "video_duration_sec": (5, 180),
    "usage_term_days": (7, 3_650),
    "revision_rounds": (0, 10),
    "revision_rounds_included": (0, ROUNDS_INCLUDED_MAX),
    "budget_min": (1, Job.BUDGET_MAX),
    "budget_max": (1, Job.BUDGET_MAX),
}
CHOICES = {
    "platform": Platform,
    "niche": Niche,
    "rights_package": Job.RightsPackage,
    "music_policy": Job.MusicPolicy,
    "currency": Currency,
    "deadline_type": Job.DeadlineType,
}
LISTS = {"content_formats": Job.ContentFormat, "languages": Language}
TEXTS = frozenset({*LENGTHS, *CHOICES})
# A published job says all of this; a draft may be silent.
REQUIRED = ("title", "platform", "niche", "usage_term_days", "budget_min", "budget_max", "deadline_type")


def blank() -> Content:
    """What a new job says before its brand says anything."""
    return of(Job()) | {"languages": [Language.RU.value]}


def of(job: Job) -> Content:
    """What the job says now."""
    return {name: getattr(job, name) for name in Job.CONTENT_FIELDS}


def put(job: Job, content: Content) -> None:
    """The job says this, in memory; the verb stores it."""
    for name in Job.CONTENT_FIELDS:
        setattr(job, name, content[name])


def merged(content: Content, changes: Mapping[str, Any]) -> Content:
    """The content with these changes, cleaned: two contents that mean the same are equal."""
    if unknown := set(changes) - set(Job.CONTENT_FIELDS):
        raise TypeError(f"not content of a job: {', '.join(sorted(unknown))}")
    together = content | {name: _clean(name, value) for name, value in changes.items()}
    if together["deadline_type"] != Job.DeadlineType.DATE:
        together["deadline_date"] = None
    return together


def _clean(name: str, value: Any) -> Any:
    """Texts trimmed, nothing written as the empty text, lists without repetition."""
    if name in TEXTS:
        return visible(value or "")
    if name in LISTS:
        words = [word.strip() for word in value or []]
        return list(dict.fromkeys(word.lower() for word in words) if name == "languages" else dict.fromkeys(words))
    return value or None if name == "brief" else value


def judge_draft(content: Content) -> None:
    """Nothing happens when everything that is said is possible. Raises Invalid with every fault at once."""
    _refuse(_faults(content))


def judge_whole(content: Content) -> None:
    """Nothing happens when the content can be shown to creators: whole, possible, and with time left. Raises Invalid."""
    _refuse([*_gaps(content), *_faults(content)])


def deadline(content: Content) -> datetime | None:
    """The last moment for the work, of a job that names one. A day that was given without a time is meant whole."""
    named = content["deadline_date"]
    if named is None or named.astimezone(UTC).time() != time.min:
        return named
    return named + timedelta(days=1) - timedelta(microseconds=1)


def deadline_passed(content: Content) -> bool:
    """Whether the job names a moment by which the work can no longer be done."""
    ends = deadline(content)
    return ends is not None and ends <= clock.now()


def _refuse(faults: Any) -> None:
    fields: dict[str, list[str]] = {}
    for name, message in faults:
        fields.setdefault(camel(name), []).append(message)
    if fields:
        raise Invalid(fields)


def _gaps(content: Content) -> Iterator[tuple[str, str]]:
    """What a published job must say and this one does not."""
    for name in REQUIRED:
        if content[name] in ("", None):
            yield name, _("This is required before publication.")
    if 0 < len(content["title"]) < TITLE_MIN:
        yield "title", _("Write at least {lowest} characters.").format(lowest=TITLE_MIN)
    if content["deadline_type"] == Job.DeadlineType.DATE and content["deadline_date"] is None:
        yield "deadline_date", _("Give the date.")
    if deadline_passed(content):
        yield "deadline_date", _("The date must be in the future.")


def _faults(content: Content) -> Iterator[tuple[str, str]]:
    """What cannot be, in a draft either."""
    for name, longest in LENGTHS.items():
        if len(content[name]) > longest:
            yield name, _("Write at most {longest} characters.").format(longest=longest)
        try:
            plain(content[name], is_paragraph=name != "title")
        except ValidationError as unshowable:
            yield name, str(unshowable.messages[0])
    for name, (lowest, highest) in RANGES.items():
        if content[name] is not None and not lowest <= content[name] <= highest:
            yield name, _("Must be between {lowest} and {highest}.").format(lowest=lowest, highest=highest)
    for name, choices in CHOICES.items():
        if content[name] and content[name] not in choices.values:
            yield name, _("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(choices.values))
    for name, choices in LISTS.items():
        if not set(content[name]) <= set(choices.values):
            yield name, _("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(choices.values))
    yield from _contradictions(content)


def _contradictions(content: Content) -> Iterator[tuple[str, str]]:
    """Fields that are possible alone and not together."""
    lowest, highest = content["budget_min"], content["budget_max"]
    if lowest is not None and highest is not None and lowest > highest:
        yield "budget_max", _("Must not be less than the smallest budget.")
    if content["revision_rounds_included"] > content["revision_rounds"]:
        yield "revision_rounds_included", _("Must not exceed the number of revision rounds.")
    if content["brief"] is not None and len(json.dumps(content["brief"]).encode()) > Job.BRIEF_BYTES_MAX:
        yield "brief", _("Must not take more than 16 KB.")


def freeze(content: Content) -> dict[str, Any]:
    """The content as JSON, moments at full microseconds."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in content.items()}


def thaw(frozen: Mapping[str, Any]) -> Content:
    """The content that was frozen. A field that is younger than the frozen text has its default."""
    content = blank() | {name: value for name, value in frozen.items() if name in Job.CONTENT_FIELDS}
    if content["deadline_date"] is not None:
        content["deadline_date"] = parse_datetime(content["deadline_date"])
    return content


def difference(old: Content, new: Content) -> dict[str, dict[str, Any]]:
    """The fields that differ, as `{field: {from, to}}` in JSON, under the names of the contract."""
    before, after = freeze(old), freeze(new)
    return {camel(name): {"from": before[name], "to": after[name]} for name in Job.CONTENT_FIELDS if before[name] != after[name]}
