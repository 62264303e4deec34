"""Parts of verbs that change what a profile says of its owner's deals."""

import dataclasses
from collections.abc import Iterable
from uuid import UUID

from django.db import connection

COUNT_COMPLETED = """
    WITH brand AS (UPDATE core_brandprofile SET jobs_completed = jobs_completed + 1 WHERE user_id = %s)
    UPDATE core_creatorprofile SET jobs_completed = jobs_completed + 1 WHERE user_id = %s
"""


def count_completed_job(*, brand_id, creator_id) -> None:
    """Both profiles count one more completed job, by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_COMPLETED, [brand_id, creator_id])


@dataclasses.dataclass(frozen=True)
class Stars:
    """So many more stars and reviews of a person; less than none when something goes out of sight."""

    user_id: UUID
    stars: int
    reviews: int


COUNT_STARS = """
    WITH change AS (
        SELECT * FROM unnest(%s::uuid[], %s::int[], %s::int[]) AS change (user_id, stars, reviews)
    ), brand AS (
        UPDATE core_brandprofile profile
        SET rating_sum = rating_sum + change.stars, rating_count = rating_count + change.reviews
        FROM change WHERE profile.user_id = change.user_id
    )
    UPDATE core_creatorprofile profile
    SET rating_sum = rating_sum + change.stars, rating_count = rating_count + change.reviews
    FROM change WHERE profile.user_id = change.user_id
"""


def count_stars(changes: Iterable[Stars]) -> None:
    """The profiles of these people count this much more, by one statement: a brand and a creator at most, each named once."""
    rows = list(changes)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(COUNT_STARS, [[row.user_id for row in rows], [row.stars for row in rows], [row.reviews for row in rows]])
