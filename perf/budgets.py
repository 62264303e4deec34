"""How many statements each route may cost, whatever the number of rows. Enforced by tests/perf/test_budgets.py.

A line per route, under its name in the URL conf with the ids as `{pk}`. Statements that only open or close a transaction or a
savepoint do not count; signing in (one), staff rights (one) and the throttle (one) do. Goals: feed 2, detail 3, lists 3,
money verbs 15. A line that rises needs a reason in its commit.
"""

BUDGETS: dict[str, int] = {
    # system
    "GET /api/schema": 0,
    "GET /api/health": 0,
    "GET /api/health/live": 0,
    "GET /api/health/ready": 4,  # two of them only until the migrations are once seen to be applied
    # people
    "POST /api/auth/register": 20,
    "POST /api/auth/login": 20,
    "POST /api/auth/password/reset": 20,
    "POST /api/auth/password/reset/confirm": 20,
    "POST /api/auth/email/verify": 20,
    "POST /api/auth/logout": 20,
    "GET /api/auth/sessions": 20,
    "DELETE /api/auth/sessions/{pk}": 20,
    "POST /api/auth/password/change": 20,
    "POST /api/auth/email/resend": 20,
    "GET /api/me": 20,
    "PATCH /api/me": 20,
    "POST /api/admin/people/{pk}/block": 20,
    "POST /api/admin/people/{pk}/unblock": 20,
    # profiles
    "GET /api/brand/profile": 20,
    "PATCH /api/brand/profile": 20,
    "POST /api/brand/profile": 20,
    "GET /api/creator/profile": 20,
    "PATCH /api/creator/profile": 20,
    "POST /api/creator/profile": 20,
    "GET /api/creator/portfolio": 20,
    "POST /api/creator/portfolio": 20,
    "PATCH /api/creator/portfolio/{pk}": 20,
    "DELETE /api/creator/portfolio/{pk}": 20,
    "GET /api/creators": 20,
    "GET /api/creators/{pk}": 20,
    "GET /api/brands/{pk}": 20,
    # verification
    "GET /api/creator/verification": 20,
    "POST /api/creator/verification/generate": 20,
    "POST /api/creator/verification/submit": 20,
    "POST /api/creator/verification/request": 20,
    "GET /api/admin/creators": 20,
    "POST /api/admin/creators/{pk}/verify": 20,
    "POST /api/admin/creators/{pk}/reject": 20,
    "POST /api/admin/creators/{pk}/revoke": 20,
}
