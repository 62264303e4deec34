"""docs/contract.md, written from the code: routes, codes, refusals, events, states."""

import ast
import dataclasses
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import translation
from rest_framework import serializers

from api.codes import CODES, import_refusals, refusals
from api.routes import Route, routes
from api.schema import throttle_of, who
from api.throttles import RATES
from core.base.errors import Refusal
from core.base.models import StatefulRow
from outbox.events import REGISTRY

FILE = settings.ROOT / "docs" / "contract.md"
BUDGETS_FILE = settings.ROOT / "perf" / "budgets.py"
JSON_TYPES = {"UUID": "id", "int": "integer", "str": "text", "bool": "flag", "datetime": "time", "NoneType": "null"}
HEAD = """\
# The contract

Written by `manage.py contract` from the code; a test fails when it is stale. Do not edit.
The same in full, for tools: `GET /api/schema`; to try it: `/api/docs`.

Every answer is `{ok: true, data, requestId}` or `{ok: false, error: {code, message, details?}, requestId}`; `X-Request-Id` repeats
`requestId`. Every route may also answer `VALIDATION_ERROR`, `INTERNAL_ERROR` and `SERVICE_UNAVAILABLE`; with an id in the path
`NOT_FOUND`; for a wrong role `FORBIDDEN`; without a session `UNAUTHORIZED`, with a stale one `SESSION_INVALID`; with a throttle
`RATE_LIMITED`; a write `PAYLOAD_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE`, and with an `Idempotency-Key` `IDEMPOTENCY_CONFLICT` and
`REQUEST_IN_FLIGHT`. Lists answer `{items, nextCursor}` and take `limit` (1..100, default 20) and `cursor`.
In a body `*` marks what must be there. Times are ISO 8601 in UTC with microseconds, money is in minor units unless a field says so.
"""


def page() -> str:
    """The whole page, in English."""
    with translation.override("en"):
        parts = [HEAD, *routes_part(), *throttles_part(), *codes_part(), *events_part(), *states_part()]
    return "\n".join(parts).rstrip() + "\n"


# ── Routes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def routes_part() -> Iterator[str]:
    """A table per room."""
    budgets = budgets_by_route()
    yield "## Routes\n"
    for room, found in groupby(routes(), key=lambda route: route.viewset.__module__.rpartition(".")[2]):
        yield f"### {room}\n"
        yield "| Route | What | Who | Takes | Answers | Refuses with | Throttle | Queries |"
        yield "|---|---|---|---|---|---|---|---|"
        for route in found:
            yield row(route_cells(route, budgets))
        yield ""


def route_cells(route: Route, budgets: Mapping[str, int]) -> list[str]:
    """What a line of the table says."""
    said = route.description
    assert said is not None, route.name
    takes = fields_of(said.request, required=route.method != "PATCH") if said.request else ""
    if parameters := sorted(said.parameters - {"limit", "cursor"}):
        takes = "; ".join(filter(None, [takes, "?" + ", ".join(parameters)]))
    refusals = ", ".join(f"`{refusal.reason or refusal.code}`" for refusal in said.errors)
    return [
        f"`{route.shown}`",
        said.summary,
        who(route.view),
        takes,
        f"{said.status} {answer_of(route)}".strip(),
        refusals,
        throttle_of(route.view) or "",
        str(budgets.get(route.name, "")),
    ]


def answer_of(route: Route) -> str:
    """The fields of `data`."""
    said = route.description
    assert said is not None
    if said.page:
        return f"page of {{{fields_of(said.response)}}}"
    if isinstance(said.response, Mapping):
        return ", ".join(f"{name} {{{fields_of(shape)}}}" for name, shape in said.response.items())
    return fields_of(said.response) if said.response else ""


def fields_of(shape: Any, *, required: bool = False) -> str:
    """The names of the fields, those of nested shapes in braces."""
    serializer = shape() if isinstance(shape, type) else shape
    if isinstance(serializer, serializers.ListSerializer | serializers.ListField):
        serializer = serializer.child
    if not isinstance(serializer, serializers.Serializer):
        return ""
    return ", ".join(field_name(name, field, required=required) for name, field in serializer.fields.items())


def field_name(name: str, field: serializers.Field, *, required: bool) -> str:
    """`items*[] {type*, url*}`."""
    mark = "*" if required and field.required else ""
    many = "[]" if isinstance(field, serializers.ListSerializer | serializers.ListField) else ""
    below = fields_of(field, required=required)
    return f"{name}{mark}{many} {{{below}}}" if below else f"{name}{mark}{many}"


def budgets_by_route() -> dict[str, int]:
    """The numbers of perf/budgets.py, read without importing a folder that is not installed in production."""
    if not BUDGETS_FILE.exists():
        return {}
    for node in ast.parse(BUDGETS_FILE.read_text()).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "BUDGETS" and node.value:
            return dict(ast.literal_eval(node.value))
    return {}


def throttles_part() -> Iterator[str]:
    """The rates by scope."""
    yield "## Throttles\n"
    yield "| Scope | Calls | Counted by |"
    yield "|---|---|---|"
    for scope, rates in RATES.items():
        yield row([f"`{scope}`", " and ".join(f"{rate.calls} in {rate.seconds} s" for rate in rates), ", ".join(rate.by for rate in rates)])
    yield ""


# ── Codes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def codes_part() -> Iterator[str]:
    """Every code and every reason, with both texts."""
    yield "## Codes\n"
    yield "| `error.code` | HTTP | Try again? | English | Russian |"
    yield "|---|---|---|---|---|"
    for code, meaning in CODES.items():
        yield row([f"`{code}`", str(meaning.status), "yes" if meaning.retryable else "no", *two_languages(meaning.text)])
    yield "\n### Reasons\n"
    yield "| `details.code` | `error.code` | English | Russian |"
    yield "|---|---|---|---|"
    for reason, refusal in known_reasons():
        yield row([f"`{reason}`", f"`{refusal.code}`", *two_languages(refusal.message)])
    yield ""


def known_reasons() -> list[tuple[str, type[Refusal]]]:
    """Every reason with each refusal that gives it; those that a test declares are not the application's."""
    import_refusals()
    found = [(refusal.reason, refusal) for refusal in refusals() if refusal.reason and not refusal.__module__.startswith("tests")]
    return sorted(found, key=lambda one: (one[0], one[1].__module__))


def two_languages(text: Any) -> list[str]:
    """The text in English and in Russian."""
    with translation.override("ru"):
        russian = str(text)
    return [str(text), russian]


# ── Events and states ────────────────────────────────────────────────────────────────────────────────────────────────


def events_part() -> Iterator[str]:
    """Every fact that leaves through the outbox."""
    yield "## Events\n"
    yield "Beside its own keys every payload has `schemaVersion`, `occurredAt`, `actorUserId` and `recipientUserIds`.\n"
    yield "| Type | Version | Aggregate | Keys | When |"
    yield "|---|---|---|---|---|"
    for name, event in sorted(REGISTRY.items()):
        if event.__module__.startswith("tests"):
            continue
        own = [field for field in dataclasses.fields(event) if field.name not in {"by_id", "recipient_ids"}]
        keys = ", ".join(f"{camel(field.name)}: {type_name(typing.get_type_hints(event)[field.name])}" for field in own)
        told = "" if is_generated(event) else inspect.cleandoc(event.__doc__ or "").replace("\n", " ")
        yield row([f"`{name}`", str(event.schema_version), event.aggregate_field.removesuffix("_id"), keys, told])
    yield ""


def is_generated(event: type) -> bool:
    """Whether the docstring is the one that dataclasses write by themselves."""
    return (event.__doc__ or "").startswith(f"{event.__name__}(")


def camel(name: str) -> str:
    """`job_id` as payloads spell it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def type_name(kind: Any) -> str:
    """The type of a key in the words of JSON."""
    if typing.get_origin(kind) in {typing.Union, types.UnionType}:
        return " or ".join(type_name(one) for one in typing.get_args(kind))
    if typing.get_origin(kind) is not None:
        return "list"
    return JSON_TYPES.get(kind.__name__, kind.__name__)


def states_part() -> Iterator[str]:
    """A diagram for every row that has states."""
    yield "## States\n"
    stateful = [model for model in apps.get_models() if issubclass(model, StatefulRow)]
    for model in sorted(stateful, key=lambda model: model.__name__):
        for name, moves in moves_of(model):
            yield f"### {model.__name__}{'' if name == 'MOVES' else ': ' + name.removesuffix('_MOVES').lower()}\n"
            yield "```mermaid\nstateDiagram-v2"
            yield from sorted(f"    {source} --> {target}" for source, targets in moves.items() for target in targets)
            yield "```\n"


def moves_of(model: type[StatefulRow]) -> Iterator[tuple[str, Mapping[str, set[str]]]]:
    """The tables of arrows that a model declares."""
    for name, value in sorted(vars(model).items()):
        if name.endswith("MOVES") and isinstance(value, Mapping):
            yield name, value


def row(cells: list[str]) -> str:
    """A line of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
