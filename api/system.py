"""Whether the marketplace is alive, and what it is."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request

from api.base import Shape, Viewset, describe, route
from api.permissions import Anyone
from core.base import clock


class HealthOut(Shape):
    status = serializers.CharField()
    version = serializers.CharField()
    time = serializers.DateTimeField()


class HealthViewset(Viewset):
    permission_classes = [Anyone]
    authentication_classes = []

    @describe("The version and the time", response=HealthOut)
    def health(self, request: Request) -> HttpResponse:
        return self.show({"status": "ok", "version": release(), "time": clock.now()})

    @describe("The process answers", response=HealthOut)
    def live(self, request: Request) -> HttpResponse:
        return self.show({"status": "ok", "version": release(), "time": clock.now()})


def release() -> str:
    """The version of the package, as installed; of the source tree when it is not."""
    try:
        return version("ugc-marketplace")
    except PackageNotFoundError:
        return "1.0.0"


urls = [
    route("health", HealthViewset, get="health"),
    route("health/live", HealthViewset, get="live"),
]
