"""What an action says about itself: one place that the request is held to and the documentation is made from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rest_framework.serializers import Field, Serializer

from api.filters import Filters
from core.base.errors import Refusal

Handler = TypeVar("Handler", bound=Callable[..., Any])
Shown = type[Serializer] | Mapping[str, type[Serializer]] | None


@dataclass(frozen=True, slots=True)
class Description:
    """What an action takes, answers and refuses."""

    summary: str
    detail: str = ""
    request: type[Serializer] | None = None
    response: Shown = None
    status: int = 200
    also: tuple[int, ...] = ()
    errors: tuple[type[Refusal], ...] = ()
    page: bool = False
    beside: Mapping[str, type[Field]] = field(default_factory=dict)
    filters: type[Filters] | None = None
    sorts: tuple[str, ...] = ()
    query: type[Serializer] | None = None
    dry_run: bool = False
    tagged: bool = False
    media: tuple[str, ...] = ("application/json",)
    example: Mapping[str, Any] | None = None
    parameters: frozenset[str] = frozenset()


def describe(summary: str, **said: Any) -> Callable[[Handler], Handler]:
    """The action has a description. Every routed action needs one; a test fails without.

    - `request=` the Shape of the body; `self.body()` reads it. Left out: the action takes no body (`self.no_body()`).
    - `response=` the Shape of `data`, or `{"job": JobOut}` when the row stands under a name; `self.show(row)` follows it.
    - `status=` the status of success, 200 unless told; `also=(200,)` other ones with the same answer. `errors=` the refusals
      beyond 400, 401, 403, 404 and 429.
    - `page=True` the answer is a list `{items, nextCursor}` of `response`; takes `limit` and `cursor`, the parameters of
      `filters=` (a Filters class) and, with `sorts=("new", "budget")`, `sort`. `beside={"counts": CountsOut}` stands beside the items.
    - `query=` a Shape of other query parameters, read by `self.query()`. `dry_run=True` takes `?dryRun=`.
    - `tagged=True` the answer has an ETag, and is a 304 for a caller who holds it: it is shown by `self.show_tagged`.
    - `media=` the kinds of answer, where it is not only the envelope.
    - `detail=` more words for the documentation, `example=` an example body of the request.

    A query parameter that is not declared here is refused with 400.
    """
    parameters: set[str] = set()
    if said.get("page"):
        parameters |= {"limit", "cursor"}
    if filters := said.get("filters"):
        parameters |= set(filters.base_filters)
    if said.get("sorts"):
        parameters |= {"sort"}
    if query := said.get("query"):
        parameters |= set(query().fields)
    if said.get("dry_run"):
        parameters |= {"dryRun"}
    said |= {"errors": tuple(said.get("errors", ())), "sorts": tuple(said.get("sorts", ())), "parameters": frozenset(parameters)}
    description = Description(summary, **said)

    def attach(handler: Handler) -> Handler:
        handler.description = description  # type: ignore[attr-defined]
        return handler

    return attach
