"""Reports."""

from core.reports import services as reports
from tests.core.notifications.scenarios import Scene, scenario

NOTE = "It names a private address."


@scenario("REPORT_OPENED")
def somebody_reports(world):
    assert world.moderator
    job, creator = world.live_job(), world.creator()
    return Scene(lambda: reports.open_report(by=creator, subject_type="JOB", subject_id=job.id, reason="SPAM"))


@scenario("REPORT_UPHELD")
def a_moderator_upholds_a_report(world):
    report = world.report()
    return Scene(lambda: reports.uphold_report(report.id, by=world.moderator, note=NOTE), people={"REPORTER": [report.reporter_id]})


@scenario("REPORT_DISMISSED")
def a_moderator_dismisses_a_report(world):
    report = world.report()
    return Scene(lambda: reports.dismiss_report(report.id, by=world.moderator, note=NOTE), people={"REPORTER": [report.reporter_id]})
