"""What each operation of the OpenAPI document says, made from the views' own words. api.openapi puts the envelope around it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, PolymorphicProxySerializer, inline_serializer
from rest_framework import serializers

from api import filters
from api.auth import SESSION_COOKIE
from api.base import SAFE_METHODS, Shape, Viewset
from api.description import Description
from api.pagination import LIMIT_DEFAULT, LIMIT_MAX
from api.permissions import Anyone
from api.renderers import JSON
from api.routes import routes

KEY_PARAMETER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 8, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="The same key with the same body is answered once; the repetition gets the stored reply.",
)
TAG_PARAMETER = OpenApiParameter(
    "If-None-Match",
    {"type": "string", "maxLength": 1000},
    OpenApiParameter.HEADER,
    description="The ETag of an earlier answer: when nothing has changed since, the answer is a 304 without a body.",
)
PAGE_PARAMETERS = [
    OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT}, description="Page size."),
    OpenApiParameter("cursor", {"type": "string", "maxLength": 1000}, description="`nextCursor` of the page before."),
]


class DescribedSchema(AutoSchema):
    """Reads the `describe` of each action. REST framework's own guesses are not asked."""

    view: Any

    @property
    def described(self) -> Description:
        """What the action says about itself."""
        return getattr(type(self.view), self.view.action).description

    def is_excluded(self) -> bool:
        """Only our own views are in the document."""
        return not isinstance(self.view, Viewset)

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Never: a list is described by its page, and not as an array of pages for being called `list`."""
        return False

    def _map_serializer_field(self, field: Any, direction: str, bypass_extensions: bool = False) -> dict[str, Any]:
        """A text that is asked for may not be empty, unless it may be blank."""
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if direction == "request" and type(field) is serializers.CharField and not field.allow_blank:
            schema.setdefault("minLength", 1)
        return schema

    def get_operation_id(self) -> str:
        """`jobs_apply` for the action `apply` of api/jobs.py."""
        return operation_ids()[f"{self.method} {self.path}"]

    def get_serializer_name(self, serializer: Any, direction: str) -> str:
        """The name of the shape; where two rooms have one of that name, that of the room before it."""
        shape = type(serializer)
        room = shape.__module__.rpartition(".")[2]
        return f"{room.capitalize()}{shape.__name__}" if shape.__name__ in names_used_twice() else shape.__name__

    def room(self) -> str:
        """The room that the view lives in."""
        return type(self.view).__module__.rpartition(".")[2]

    def get_tags(self) -> list[str]:
        return [self.room()]

    def get_summary(self) -> str:
        return self.described.summary

    def get_description(self) -> str:
        """Who may call, how often, and whatever the action adds."""
        lines = [self.described.detail, f"Who: {who(self.view)}."]
        if scope := throttle_of(self.view):
            lines.append(f"Throttle: `{scope}`.")
        return "\n\n".join(filter(None, lines))

    def get_auth(self) -> list[dict[str, list[str]]]:
        """Any of the schemes, or none where anybody may call."""
        schemes = super().get_auth()
        return [*schemes, {}] if schemes and who(self.view) == Anyone.who else schemes

    def get_request_serializer(self) -> Any:
        return self.described.request

    def get_response_serializers(self) -> Any:
        """The described answer, as a page where it is one. The envelope is put around it later."""
        shown: Any = self.described.response
        if self.described.page:
            shown = page_of(shown, tuple(self.described.beside.items()))
        elif isinstance(shown, dict):
            fields = {name: shape() if isinstance(shape, type) else shape for name, shape in shown.items()}
            shown = inline_serializer(f"{self.answer_name()}Answer", fields)
        preview = self.preview()
        if preview and shown and self.described.status == HTTPStatus.OK:
            name = f"{self.answer_name()}OrPreview"
            shown = PolymorphicProxySerializer(component_name=name, serializers=[shown, preview], resource_type_field_name=None)
        answer = OpenApiResponse(shown or OpenApiTypes.OBJECT, description=self.described.summary)
        found: dict[Any, Any] = {
            (status, media): answer if media == JSON else OpenApiResponse(OpenApiTypes.STR, description=self.described.summary)
            for status in (self.described.status, *self.described.also)
            for media in self.described.media
        }
        if preview and (HTTPStatus.OK, JSON) not in found:
            found[HTTPStatus.OK.value, JSON] = OpenApiResponse(preview, description="What would happen, with `dryRun`.")
        if self.described.tagged:
            found[304] = OpenApiResponse(None, description="Nothing has changed since the answer with that ETag.")
        return found

    def preview(self) -> Any:
        """What `?dryRun=true` is answered with, or None where nobody can ask."""
        from api.previews import PreviewOut  # noqa: PLC0415 - the views know this module

        return PreviewOut if self.described.dry_run else None

    def answer_name(self) -> str:
        """A name for the shape of this answer."""
        return "".join(part.capitalize() for part in self.get_operation_id().split("_"))

    def get_override_parameters(self) -> list[Any]:
        """Every parameter that the action declares."""
        described = self.described
        found: list[Any] = []
        if described.page:
            found += PAGE_PARAMETERS
        if described.filters:
            found += [parameter(name, one) for name, one in described.filters.base_filters.items()]
        if described.sorts:
            found.append(OpenApiParameter("sort", str, enum=described.sorts, default=described.sorts[0]))
        if described.query:
            found.append(described.query)
        if described.dry_run:
            found.append(OpenApiParameter("dryRun", bool, default=False, description="Only show what would happen."))
        if described.tagged:
            found.append(TAG_PARAMETER)
        if replayable(self.view, self.method):
            found.append(KEY_PARAMETER)
        return found

    def get_examples(self) -> list[OpenApiExample]:
        """The example of the request, where the action gives one."""
        example = self.described.example
        return [OpenApiExample("request", value=dict(example), request_only=True)] if example else []

    def get_extensions(self) -> dict[str, Any]:
        """What the hook and the tests need to know beside OpenAPI's own words."""
        return {
            "x-who": who(self.view),
            "x-throttle": throttle_of(self.view),
            "x-replayable": replayable(self.view, self.method),
            "x-refusals": [refusal.reason or refusal.code for refusal in self.described.errors],
        }


class SessionScheme(OpenApiAuthenticationExtension):
    """Both ways to say who one is."""

    target_class = "api.auth.SessionAuthentication"
    name = ["bearer", "cookie"]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, str]]:
        """The schemes, in the order of their names."""
        return [{"type": "http", "scheme": "bearer"}, {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE}]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[str]]]:
        """One of them is enough."""
        return [{"bearer": []}, {"cookie": []}]


class ConsumerScheme(OpenApiAuthenticationExtension):
    """The token of a consumer of events."""

    target_class = "api.outbox.ConsumerAuthentication"
    name = "consumer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """The scheme."""
        return {"type": "http", "scheme": "bearer", "description": "The token of an outbox consumer. Those of people open nothing here."}


@lru_cache(maxsize=1)
def operation_ids() -> dict[str, str]:
    """A name for every operation: room and action, and whatever else tells it from another one."""
    named: dict[str, str] = {}
    for route in routes():
        room = route.viewset.__module__.rpartition(".")[2]
        noun = route.viewset.__name__.removesuffix("Viewset").lower()
        last_word = route.path.rstrip("}").rpartition("/")[2].strip("{").replace("-", "_")
        parts = [room, *([] if noun in {room, room.rstrip("s")} else [noun]), route.action]
        candidates = [parts, [*parts, route.method.lower()], [*parts, last_word], [*parts, last_word, route.method.lower()]]
        named[route.shown] = next(name for name in map("_".join, candidates) if name not in named.values())
    return named


@lru_cache(maxsize=1)
def names_used_twice() -> frozenset[str]:
    """Names that shapes of several rooms have."""
    names = Counter(shape.__name__ for shape in set(shapes_under(Shape)))
    return frozenset(name for name, times in names.items() if times > 1)


def shapes_under(shape: type[Shape]) -> Iterator[type[Shape]]:
    """Every shape that is declared."""
    for below in shape.__subclasses__():
        yield below
        yield from shapes_under(below)


def who(view: Viewset) -> str:
    """Who may knock at this action."""
    return "; ".join(permission.who for permission in view.get_permissions())


def throttle_of(view: Viewset) -> str | None:
    """The scope of this action."""
    scope = view.throttle_scope
    return scope.get(view.action) if isinstance(scope, Mapping) else scope


def replayable(view: Viewset, method: str) -> bool:
    """Whether an Idempotency-Key is honoured."""
    return view.replayable and method not in SAFE_METHODS


@lru_cache
def page_of(item: type[serializers.Serializer], beside: tuple[tuple[str, type[serializers.Field]], ...]) -> type[serializers.Serializer]:
    """The shape `{items, nextCursor}` of a list of these, and what stands beside them."""
    fields = {"items": item(many=True), "nextCursor": serializers.CharField(allow_null=True)}
    fields |= {name: shape() for name, shape in beside}
    room = item.__module__.rpartition(".")[2].capitalize() if item.__name__ in names_used_twice() else ""
    return type(f"{room}{item.__name__.removesuffix('Out')}Page", (serializers.Serializer,), fields)


def parameter(name: str, one: Any) -> OpenApiParameter:
    """A filter as OpenAPI describes it."""
    shapes: dict[type, Any] = {
        filters.Flag: lambda: {"type": "boolean"},
        filters.Whole: lambda: {"type": "integer", "minimum": one.extra["min_value"], "maximum": one.extra["max_value"]},
        filters.Text: lambda: {"type": "string", "maxLength": one.extra["max_length"]},
        filters.Identifier: lambda: {"type": "string", "format": "uuid"},
        filters.Moment: lambda: {"type": "string", "format": "date-time"},
        filters.Choice: lambda: {"type": "string", "enum": choices_of(one)},
        filters.Choices: lambda: {"type": "array", "items": {"type": "string", "enum": choices_of(one)}},
    }
    schema = next((shape() for kind, shape in shapes.items() if isinstance(one, kind)), {"type": "string"})
    style = {"style": "form", "explode": False} if schema["type"] == "array" else {}
    return OpenApiParameter(name, schema, description=str(one.extra.get("help_text", "")), **style)


def choices_of(one: Any) -> list[str]:
    """The values that a filter takes."""
    return [str(value) for value, _label in one.field.choices if value != ""]
