"""What lies across the rooms: search for everybody, deals for both sides, a first page for each."""

from tests.api.matrix import line

LINES = [
    line("GET /api/search?q=tea", everyone=200),
    line("GET /api/deals", brands=200, creators=200, staff=403),
    line("GET /api/deals/counters", brands=200, creators=200, staff=403),
    line("GET /api/home", people=200),
]
