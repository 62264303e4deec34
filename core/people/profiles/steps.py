"""Parts of verbs that change what a profile says of its owner's deals."""

from django.db import connection

COUNT_COMPLETED = """
    WITH brand AS (UPDATE core_brandprofile SET jobs_completed = jobs_completed + 1 WHERE user_id = %s)
    UPDATE core_creatorprofile SET jobs_completed = jobs_completed + 1 WHERE user_id = %s
"""


def count_completed_job(*, brand_id, creator_id) -> None:
    """Both profiles count one more completed job, by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_COMPLETED, [brand_id, creator_id])
