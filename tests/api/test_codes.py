"""The registry of codes is whole: nothing can be said that is not in it, and everything in it is said in two languages."""

import ast
import re
from pathlib import Path

from django.utils import translation

from api.codes import CODES, import_refusals, reasons, refusals
from core.base.errors import Conflict, Refusal

ROOT = Path(__file__).resolve().parents[2]
SHAPE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
LIVE = {
    "UNAUTHORIZED", "SESSION_INVALID", "OUTBOX_AUTH_ERROR", "FORBIDDEN", "NOT_FOUND", "VALIDATION_ERROR", "CONFLICT",
    "PAYMENTS_STATE_ERROR", "RATE_LIMITED", "INVARIANT_VIOLATION", "INTERNAL_ERROR", "METHOD_NOT_ALLOWED", "UNSUPPORTED_MEDIA_TYPE",
    "PAYLOAD_TOO_LARGE", "IDEMPOTENCY_CONFLICT", "SERVICE_UNAVAILABLE", "GONE",
}  # fmt: skip
FAMILIES = {"Refusal", "HTTPRefusal", "Conflict", "PaymentsConflict"}


def declared() -> list[type[Refusal]]:
    """Every refusal of the application; those that tests declare are not its own."""
    import_refusals()
    return [refusal for refusal in refusals() if not refusal.__module__.startswith("tests")]


def test_the_registry_holds_the_codes_of_the_contract():
    assert set(CODES) == LIVE


def test_every_refusal_has_a_code_of_the_registry():
    assert [refusal.__name__ for refusal in declared() if refusal.code not in CODES] == []


def test_every_conflict_names_its_reason():
    nameless = [one.__name__ for one in declared() if issubclass(one, Conflict) and not one.reason and one.__name__ not in FAMILIES]

    assert nameless == []


def test_reasons_are_upper_case_and_stand_under_one_code_each():
    """Rooms may share a reason, as the queues of the moderators do: a client reads code and reason together."""
    codes: dict[str, set[str]] = {}
    for refusal in declared():
        if refusal.reason:
            codes.setdefault(refusal.reason, set()).add(refusal.code)

    assert [reason for reason in codes if not SHAPE.fullmatch(reason)] == []
    assert {reason: sorted(found) for reason, found in codes.items() if len(found) > 1} == {}


def test_every_refusal_is_declared_where_the_registry_looks():
    """A class that is found only by accident of import would be missing in production's documentation."""
    known = {f"{refusal.__module__}.{refusal.__name__}" for refusal in declared()}
    names = {refusal.__name__ for refusal in declared()} | FAMILIES
    written = set()
    for folder in ("core", "outbox", "api", "backoffice"):
        for file in (ROOT / folder).rglob("*.py"):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id in names for base in node.bases):
                    written.add(f"{module}.{node.name}")

    assert sorted(written - known) == []


def test_every_text_is_said_in_two_languages():
    untold = []
    for said in [*(code.text for code in CODES.values()), *(one.message for one in declared() if one.message)]:
        with translation.override("ru"):
            russian = str(said)
        with translation.override("en"):
            english = str(said)
        if russian == english:
            untold.append(english)

    assert sorted(set(untold)) == []


def test_a_reason_is_found_by_its_name():
    assert reasons()["WRONG_STATE"].code == "CONFLICT"
