"""The audit trail in words: every action and field has a name, and each role reads its own part."""

import re
from pathlib import Path

from backoffice.audit_actions import ACTIONS
from backoffice.audit_words import LIMITS, SUBJECTS, TIMERS, changes
from core.audit.models import AuditEntry
from core.rules.limits import KINDS
from core.timers.kinds import KINDS as CLOCKS
from outbox.events import REGISTRY
from tests.backoffice.pages import client_of, list_url, page_url, seen

CORE = Path(__file__).resolve().parents[3] / "core"


def recorded_actions() -> set[str]:
    """The names that verbs write into the trail, read from the code."""
    return set(re.findall(r'(?:record\(\s*|_tell\(|action=)"([A-Z_]+)"', code()))


def code() -> str:
    """All of core."""
    return "\n".join(path.read_text() for path in CORE.rglob("*.py"))


def test_every_action_that_verbs_record_has_words(scene):
    stored = set(AuditEntry.objects.values_list("action", flat=True))

    assert (recorded_actions() | stored) - set(ACTIONS) == set()
    assert {action for action in ACTIONS if f'"{action}"' not in code()} - set(REGISTRY) == set()


def test_every_thing_that_is_recorded_has_words_and_readers(scene):
    assert set(AuditEntry.objects.values_list("subject_type", flat=True)) <= set(SUBJECTS)


def test_every_field_that_is_recorded_has_words(scene):
    unnamed = {
        (entry.action, tuple(entry.after))
        for entry in AuditEntry.objects.all()
        for label, _old, _new in changes(entry.subject_type, entry.before, entry.after)
        if label == "Другое поле"
    }

    assert unnamed == set()


def test_every_limit_and_every_clock_has_words():
    assert LIMITS.keys() == KINDS.keys()
    assert TIMERS.keys() == CLOCKS.keys()


def test_each_role_reads_its_own_part(scene):
    entry = {
        name: AuditEntry.objects.filter(subject_type=name).latest("id") for name in ("Job", "Payout", "TopUp", "CommissionRule", "User")
    }
    reads = {
        "moderator": {"Job", "User"},
        "finance": {"Payout", "TopUp", "CommissionRule"},
        "support": {"Job", "Payout", "User"},
        "engineer": {"User"},
    }

    for role, names in reads.items():
        client = client_of(scene.staff[role])
        for name, row in entry.items():
            assert client.get(page_url(row)).status_code == (200 if name in names else 404), (role, name)
            found = client.get(list_url("auditentry"), {"subject": name}).context["cl"].result_list
            assert bool(found) is (name in names), (role, name)


def test_before_and_after_stand_side_by_side(scene):
    entry = AuditEntry.objects.get(action="PAYOUT_PAID")

    page = seen(client_of(scene.staff["finance"]).get(page_url(entry)))

    assert "Было" in page
    assert "Стало" in page
    assert entry.actor.staff_name in page


def test_the_trail_is_found_by_object_and_by_person(scene):
    client = client_of(scene.staff["finance"])
    payout = scene.paid_payout

    by_object = client.get(list_url("auditentry"), {"q": str(payout.id)}).context["cl"].result_list
    by_person = client.get(list_url("auditentry"), {"q": str(payout.creator_id)}).context["cl"].result_list

    assert {entry.subject_id for entry in by_object} == {str(payout.id)}
    assert {entry.actor_id for entry in by_person} == {payout.creator_id}
