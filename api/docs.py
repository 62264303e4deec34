"""The description of this API: a document for tools, and pages for people, both from here alone."""

from functools import lru_cache
from typing import Any

import orjson
from django.http import HttpResponse
from django.urls import path
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request

from api.base import Viewset, describe, route
from api.permissions import Anyone


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI document, in English, made once per process."""
    with translation.override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


@lru_cache(maxsize=1)
def document_text() -> bytes:
    """The document as JSON."""
    return orjson.dumps(document(), default=str)


class SchemaViewset(Viewset):
    """The description of this API, for tools. The document itself stands outside the envelope, so that tools can read it."""

    permission_classes = [Anyone]
    authentication_classes = []

    @describe("The OpenAPI document of this API")
    def schema_document(self, request: Request) -> HttpResponse:
        return HttpResponse(document_text(), content_type="application/vnd.oai.openapi+json")


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own static files: nothing is fetched from elsewhere, and no script stands in the page."""

    http_method_names = ["get", "head"]
    permission_classes = [Anyone]
    authentication_classes = []
    url = "/api/schema"
    title = "API"


urls = [
    route("schema", SchemaViewset, get="schema_document"),
    path("docs", DocsView.as_view()),
]
