"""What was under way before there were clocks gets one, so that nothing stays without an end.

Everybody has the whole time from now on, whatever has passed; only a job whose own date is over is closed at once. The lengths are
the first ones of `core.rules.limits`: nobody can have set others before this migration.
"""

from django.db import migrations

START = """
    INSERT INTO core_timer (id, created_at, updated_at, kind, subject_id, job_id, started_at, due_at, remind_at, outcome)
    SELECT gen_random_uuid(), now(), now(), kind, subject_id, job_id, now(), due_at,
           CASE WHEN due_at - remind_before > now() THEN due_at - remind_before END, ''
    FROM (
        SELECT 'PUBLISH_DRAFT' AS kind, id AS subject_id, id AS job_id, now() + interval '180 days' AS due_at,
               NULL::interval AS remind_before
        FROM core_job WHERE status = 'DRAFT'
        UNION ALL
        SELECT 'HIRE_CREATOR', id, id,
               greatest(now(), least(now() + interval '60 days', CASE
                   WHEN deadline_date = date_trunc('day', deadline_date, 'UTC') THEN deadline_date + interval '1 day - 1 microsecond'
                   ELSE deadline_date END)),
               interval '2 days'
        FROM core_job WHERE status IN ('PUBLISHED', 'PAUSED')
        UNION ALL
        SELECT 'FUND_ESCROW', job.id, job.id, now() + interval '3 days', interval '1 day'
        FROM core_job job JOIN core_escrow escrow ON escrow.job_id = job.id
        WHERE job.status = 'IN_PROGRESS' AND escrow.status = 'UNFUNDED'
        UNION ALL
        SELECT 'DELIVER_WORK', job.id, job.id, greatest(now(), job.due_at) + interval '3 days', interval '1 day'
        FROM core_job job JOIN core_escrow escrow ON escrow.job_id = job.id
        WHERE job.status = 'IN_PROGRESS' AND escrow.status = 'FUNDED'
        UNION ALL
        SELECT 'REVIEW_WORK', id, id, now() + interval '5 days', interval '1 day'
        FROM core_job WHERE status = 'IN_REVIEW'
        UNION ALL
        SELECT 'WRITE_REVIEWS', id, id, completed_at + interval '7 days', interval '2 days'
        FROM core_job WHERE status = 'COMPLETED' AND completed_at > now() - interval '7 days'
        UNION ALL
        SELECT 'DECIDE_PAYOUT', id, NULL, now() + interval '30 days', interval '2 days'
        FROM core_payout WHERE status = 'PENDING'
        UNION ALL
        SELECT 'SEND_PAYOUT', id, NULL, now() + interval '30 days', interval '2 days'
        FROM core_payout WHERE status = 'APPROVED'
        UNION ALL
        SELECT 'RECEIVE_TOP_UP', id, NULL, now() + interval '30 days', NULL
        FROM core_topup WHERE status = 'PENDING'
    ) AS wanted
    ON CONFLICT (subject_id, kind) WHERE ended_at IS NULL DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0006_marketplace")]

    operations = [migrations.RunSQL(START, migrations.RunSQL.noop)]
