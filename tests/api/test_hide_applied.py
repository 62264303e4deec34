"""The feed without what one has applied to."""

from tests.api.callers import Caller


def test_a_creator_may_leave_out_what_they_applied_to(world):
    applied, open_job = world.live_job(), world.live_job()
    creator = world.application(job=applied).creator

    def shown(caller: Caller, query: str) -> list[str]:
        return [job["id"] for job in caller.get(f"/api/jobs{query}").data["items"]]

    both = [str(open_job.id), str(applied.id)]
    assert shown(Caller(creator), "?hideApplied=true") == shown(Caller(creator), "?hideApplied=1&niche=FOOD") == both[:1]
    assert shown(Caller(creator), "?hideApplied=true&niche=HOME") == []
    assert shown(Caller(creator), "?hideApplied=false") == shown(Caller(creator), "") == both
    for other in (None, world.creator(), applied.brand):
        assert shown(Caller(other), "?hideApplied=true") == both
