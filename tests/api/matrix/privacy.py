"""Who takes the own data along, and who leaves."""

from tests.api.matrix import line
from tests.world import PASSWORD

LEAVE = {"password": PASSWORD, "confirm": True}

LINES = [
    line("GET /api/me/export", people=200),
    line("POST /api/me/delete", body=LEAVE, brands=200, creators=200, staff=403),
]
