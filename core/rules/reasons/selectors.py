"""What moderators choose from."""

from collections.abc import Iterable

from core.rules.reasons.models import ChecklistItem, Reason


def reasons(queue: str, *, fixable_only: bool = False) -> list[Reason]:
    """The reasons in force for this queue, in their order; to ask for changes, only those that changes can mend."""
    rows = Reason.objects.filter(queue=queue, retired_at=None)
    return list((rows.filter(is_fixable=True) if fixable_only else rows).order_by("position", "code"))


def checklist(queue: str) -> list[ChecklistItem]:
    """What is looked at before something of this queue is approved, in order."""
    return list(ChecklistItem.objects.filter(queue=queue, retired_at=None).order_by("position", "code"))


def worded(row: Reason | ChecklistItem, language: str) -> str:
    """The words of the row in this language."""
    return row.text_en if language == "en" else row.text_ru


def with_hint(reason: Reason, language: str) -> str:
    """The words of the reason, and what to do about it."""
    hint = reason.hint_en if language == "en" else reason.hint_ru
    return f"{worded(reason, language)} {hint}".strip()


def codes_in(text: str, rows: Iterable[Reason]) -> list[str]:
    """The codes of the reasons whose words stand in the text, in either language."""
    return [row.code for row in rows if row.text_ru in text or row.text_en in text]
