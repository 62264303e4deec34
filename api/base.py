"""What every view of this door stands on. A room needs nothing else from here:

    from api.base import Shape, Viewset, describe, route

    class EscrowViewset(Viewset):
        permission_classes = {"fund": [IsBrand], "list": [BrandOrCreator]}    # or one list for all actions
        throttle_scope = {"fund": "money"}

        @describe("Fund the escrow", response={"escrow": EscrowOut}, errors=[NotEnoughMoney], dry_run=True)
        def fund(self, request, pk):
            self.no_body()
            return self.show(services.fund_escrow(pk, by=request.user))

        @describe("My escrows", response=EscrowOut, page=True, filters=EscrowFilters)
        def list(self, request):
            return self.page(selectors.escrow_list(by=request.user), order=("-created_at", "-id"))

    urls = [
        route("escrow", EscrowViewset, get="list"),
        route("escrow/<uuid:pk>/fund", EscrowViewset, post="fund"),
    ]

A view parses strictly, calls one verb or one selector, and shows. Judging, throttling and replaying happen before it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, NoReturn

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from api import errors, idempotency, pagination, renderers, tags, throttles
from api.auth import SessionAuthentication
from api.description import Description, describe
from api.filters import Filters
from api.parsers import StrictJSONParser, read_object
from api.permissions import NoOne
from api.statements import PublicList
from api.strictness import faults
from core.base.errors import Forbidden, Invalid

__all__ = ["Filters", "PublicList", "Shape", "Viewset", "describe", "route"]

SAFE_METHODS = frozenset({"GET", "HEAD"})
NEGOTIATION = DefaultContentNegotiation()
CAPITAL = re.compile(r"(?<=[a-z0-9])([A-Z])")
FLAGS = {"true": True, "false": False}
UNDESCRIBED = Description("")


def route(where: str, viewset: type["Viewset"], **methods: str) -> URLPattern:
    """The path answers to these methods with these actions: `route("jobs", JobViewset, get="list", post="create")`."""
    return path(where, viewset.as_view(methods))


def snake(name: str) -> str:
    """`pricePerVideo` as Python spells it: `price_per_video`."""
    return CAPITAL.sub(r"_\1", name).lower()


class Shape(serializers.Serializer):
    """Fields of a body, or of an answer, under the names of the contract.

    A field `pricePerVideo` reads and writes `price_per_video` unless its `source` says otherwise.
    """

    def get_fields(self) -> dict[str, serializers.Field]:
        """The fields, each with its source."""
        fields = super().get_fields()
        for name, field in fields.items():
            if field.source is None and snake(name) != name:
                field.source = snake(name)
        return fields

    @classmethod
    def of(cls, row: Any) -> dict[str, Any]:
        """The row under the names of the contract."""
        return reader(cls).to_representation(row)


@cache
def reader(shape: type[Shape]) -> Shape:
    """The one instance with which all calls and threads show rows: making its fields costs more than showing a row.

    Bodies are checked by instances of their own. Those keep what they are checking, and words in the language of the caller.
    """
    shared = shape()
    shared.fields  # noqa: B018 - made now, and not by several threads
    return shared


class Viewset(GenericViewSet):
    """A view that parses, calls and shows. See the top of this file."""

    http_method_names = ["get", "post", "put", "patch", "delete", "head"]
    authentication_classes = [SessionAuthentication]
    permission_classes: ClassVar[Any] = [NoOne]
    parser_classes = [StrictJSONParser]
    renderer_classes = [renderers.EnvelopeRenderer]
    filter_backends: ClassVar[Sequence[Any]] = []
    pagination_class = None
    throttle_scope: ClassVar[str | Mapping[str, str] | None] = None
    replayable: ClassVar[bool] = True

    description: Description

    # ── What a room calls ────────────────────────────────────────────────────────────────────────────────────────────

    def body(self, serializer_class: type[serializers.Serializer] | None = None) -> dict[str, Any]:
        """The checked fields of the JSON body under the names of Python. PATCH takes some of them. Raises Invalid."""
        chosen = serializer_class or self.description.request
        if chosen is None:
            raise TypeError(f"{self.action} describes no request")
        return self.check(chosen, read_object(self.request._request), partial=self.request.method == "PATCH")

    def no_body(self) -> None:
        """Nothing happens when the body is empty or `{}`. Raises Invalid."""
        if unasked := read_object(self.request._request):
            raise Invalid({name: [_("Unknown field.")] for name in unasked})

    def query(self) -> dict[str, Any]:
        """The checked query parameters that the action describes. Raises Invalid."""
        if self.description.query is None:
            raise TypeError(f"{self.action} describes no query")
        serializer = self.description.query(data=self.request.query_params.dict(), context={"request": self.request})
        if not serializer.is_valid():
            raise errors.invalid(serializer.errors)
        return dict(serializer.validated_data)

    def dry_run(self) -> bool:
        """Whether only a preview is asked for: `?dryRun=true`. Raises Invalid."""
        asked = self.request.query_params.get("dryRun", "false")
        if asked not in FLAGS:
            raise Invalid({"dryRun": [_("Give true or false.")]})
        return FLAGS[asked]

    def show(self, shown: Any, status: int | None = None, serializer: type[Shape] | None = None) -> HttpResponse:
        """The success envelope. A row goes through the described shape, a dict or a list passes as it is."""
        if not isinstance(shown, dict | list | renderers.Raw):
            shown = self.shape(shown, serializer)
        return renderers.show(shown, status=status or self.description.status)

    def shape(self, row: Any, serializer: type[Shape] | None = None) -> dict[str, Any]:
        """The row under the names of the contract, and under its own name when the description gives one."""
        chosen: Any = serializer or self.description.response or self.serializer_class
        if isinstance(chosen, Mapping):
            ((name, under),) = chosen.items()
            return {name: under.of(row)}
        return chosen.of(row)

    def show_tagged(self, shown: Any) -> HttpResponse:
        """The success envelope with an ETag; a 304 without a body for a caller who holds exactly this."""
        written = renderers.dump(shown)
        tag = tags.tag_of(written)
        self.answer_headers["ETag"] = tag
        if tags.is_held(self.request.META.get("HTTP_IF_NONE_MATCH"), tag):
            return tags.not_modified()
        return renderers.show(renderers.Raw(written), status=self.description.status)

    def page(
        self,
        rows: QuerySet | PublicList,
        *,
        order: Sequence[str] | Mapping[str, Sequence[str]],
        shape: Callable[[dict[str, Any]], Any] | None = None,
        beside: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """One page of the list, in the envelope. `order` may be a table of orders by the name that `?sort=` gives, default first.

        A PublicList is one that everybody sees alike, and much cheaper. `shape` turns each row of `.values()` into what is shown,
        for what only Python can say. `beside` stands beside the items, as the description says.
        """
        return renderers.show(self.listed(rows, order=order, shape=shape) | dict(beside or {}))

    def listed(
        self,
        rows: QuerySet | PublicList,
        *,
        order: Sequence[str] | Mapping[str, Sequence[str]],
        shape: Callable[[dict[str, Any]], Any] | None = None,
    ) -> dict[str, Any]:
        """The page, `{items, nextCursor}`, for an action that shows more around it."""
        parameters = self.request.query_params
        chosen = self.sorted_by(order) if isinstance(order, Mapping) else order
        given = {name: text for name, text in parameters.items() if name not in {"cursor", "limit"}}
        asked: dict[str, Any] = {
            "order": chosen,
            "limit": pagination.read_limit(parameters.get("limit")),
            "cursor": parameters.get("cursor"),
            "bound_to": pagination.binding(self.request.path, chosen, given),
        }
        if isinstance(rows, PublicList):
            return pagination.public_page(rows, given=given, narrow=self.narrow, **asked)
        return pagination.page(self.narrow(rows) if given else rows, shape=shape, **asked)

    # ── What happens around it ───────────────────────────────────────────────────────────────────────────────────────

    def dispatch(self, request: HttpRequest, *arguments: Any, **lookup: Any) -> HttpResponse:
        """The answer of the action, or the envelope of whatever stopped it."""
        self.args, self.kwargs = arguments, lookup
        self.answer_headers: dict[str, str] = {}
        self.action = self.action_map.get((request.method or "").lower())
        self.request = Request(request, authenticators=self.get_authenticators(), negotiator=NEGOTIATION)
        try:
            if self.action is None:
                raise errors.MethodNotAllowed(sorted(method.upper() for method in self.action_map))
            handler = getattr(self, self.action)
            self.description = getattr(handler, "description", UNDESCRIBED)
            self.judge()
            response = self.carry_out(lambda: handler(self.request, *arguments, **lookup))
        except Exception as error:  # noqa: BLE001 - the last resort of the contract: nothing leaves without an envelope
            response = errors.handle(error, {"view": self, "request": self.request})
        for name, value in self.answer_headers.items():
            response.headers[name] = value
        return response

    def judge(self) -> None:
        """Nothing happens when this caller may knock, is not too fast, and asks in known words. Raises what the contract says."""
        self.request.user  # noqa: B018 - signs in now, so that a bad token is refused on public routes too
        self.check_permissions(self.request)
        self.check_throttles(self.request)
        if self.request._request.META.get("QUERY_STRING"):
            self.check_query(self.request._request)

    def carry_out(self, command: Callable[[], HttpResponse]) -> HttpResponse:
        """The answer of the command; a repeated Idempotency-Key gets the first one."""
        key = self.request.META.get("HTTP_IDEMPOTENCY_KEY")
        if key is None or not self.replayable or self.request.method in SAFE_METHODS:
            return command()
        return idempotency.answer_once(self.request, key, command)

    def get_permissions(self) -> list[Any]:
        """The permissions of this action. An action that the table does not name lets nobody in."""
        chosen = self.permission_classes
        if isinstance(chosen, Mapping):
            chosen = chosen.get(self.action, [NoOne])
        return [permission() for permission in chosen]

    def permission_denied(self, request: Request, message: str | None = None, code: str | None = None) -> NoReturn:
        """Raises Unauthorized for a guest, Forbidden for anybody else."""
        raise Forbidden if request.user.is_authenticated else errors.Unauthorized

    def check_throttles(self, request: Request) -> None:
        """The call is counted in the scope of its action. Raises RateLimited."""
        scope = self.throttle_scope
        if isinstance(scope, Mapping):
            scope = scope.get(self.action)
        if scope is not None:
            self.answer_headers |= throttles.count(request, scope)

    def check_query(self, request: HttpRequest) -> None:
        """Nothing happens when every query parameter is known and given once. Raises Invalid."""
        wrong = {}
        for name, values in request.GET.lists():
            if name not in self.description.parameters:
                wrong[name] = [_("Unknown parameter.")]
            elif len(values) > 1:
                wrong[name] = [_("Given more than once.")]
            elif "\x00" in values[0]:
                wrong[name] = [_("A text contains a NUL character.")]
        if wrong:
            raise Invalid(wrong)

    def check(self, chosen: type[serializers.Serializer], value: Mapping[str, Any], *, partial: bool = False) -> dict[str, Any]:
        """The validated fields. Raises Invalid with every fault at once."""
        serializer = chosen(data=value, partial=partial, context={"request": self.request, "view": self})
        refusal = Invalid() if serializer.is_valid() else errors.invalid(serializer.errors)
        for name, message in faults(serializer, value):
            refusal.fields[name] = [message]
        if refusal.fields or refusal.form:
            raise refusal
        return dict(serializer.validated_data)

    def sorted_by(self, orders: Mapping[str, Sequence[str]]) -> Sequence[str]:
        """The order that `?sort=` names, or the first. Raises Invalid."""
        asked = self.request.query_params.get("sort") or next(iter(orders))
        if asked not in orders:
            raise Invalid({"sort": [_("Unknown value. Choose one of: {allowed}.").format(allowed=", ".join(orders))]})
        return orders[asked]

    def narrow(self, queryset: QuerySet) -> QuerySet:
        """The rows that the filters of the list let through. Raises Invalid."""
        if self.description.filters is None or not self.request.query_params:
            return queryset
        filters = self.description.filters(self.request.query_params, queryset=queryset, request=self.request)
        if not filters.is_valid():
            raise errors.invalid(filters.errors)
        return filters.qs
