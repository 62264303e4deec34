"""The application does not start with a route that says nothing about itself."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from api.checks import check_routes


def test_the_routes_there_are_say_everything():
    assert check_routes() == []


@pytest.mark.urls("tests.api.floor")
def test_a_route_that_leaves_something_open_is_named():
    found = sorted((error.id, error.msg.partition(":")[0]) for error in check_routes())
    found = [fault for fault in found if fault[1].endswith(("/forgotten", "/half"))]

    assert found == [
        ("api.E001", "GET /api/forgotten"),
        ("api.E001", "POST /api/half"),
        ("api.E002", "POST /api/half"),
        ("api.E003", "GET /api/half"),
        ("api.E003", "POST /api/half"),
    ]


@pytest.mark.urls("tests.api.floor")
def test_manage_check_refuses_to_go_on():
    with pytest.raises(SystemCheckError, match="GET /api/forgotten: the view does not say who may knock"):
        call_command("check", "--tag", "urls")
